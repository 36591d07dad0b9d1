import { afterEach, describe, expect, it, vi } from 'vitest';
import { chain, KIND } from '../../test/support/events.js';
import { Fault } from '../core/refusal.js';
import type { Checkpoint } from '../read/views/port.js';
import type { Append, Kind } from '../write/store/event-log.js';
import { memoryStore } from '../write/store/memory-store.js';
import { type Accepted, type Head, headIn } from '../write/store/nats/heads.js';
import { WriteGate } from '../write/store/write-gate.js';
import { LogWatch } from './log-watch.js';

const { slug } = KIND;
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** When the event at a sequence was written. */
const timeOf = (sequence: number): string => new Date(1_767_693_600_000 + sequence).toISOString();
const at = (sequence: number, time: string | null = timeOf(sequence), epoch = 0) => ({
  source: slug,
  sequence,
  at: time,
  epoch,
});
const append = { kind: KIND, aggregate_id: 'b', expected: 0, events: chain('b', 1), claims: [] };

/** A log of ten events, of which a server shows so many; its head is kept apart from it. */
const watched = async ({
  taken = async () => [],
  of = [KIND],
}: {
  taken?: () => Promise<readonly Checkpoint[]>;
  of?: readonly Kind[];
} = {}) => {
  const memory = memoryStore();
  const events = chain('a', 10);
  await memory.append({ kind: KIND, aggregate_id: 'a', expected: 0, events, claims: [] });
  const log: {
    last: number;
    isAway: boolean;
    created: string;
    lost?: Promise<void> | undefined;
    /** What happens while an answer that was true is on its way. */
    meanwhile?: () => Promise<unknown>;
  } = { last: 10, isAway: false, created: 'once' };
  const store = {
    ...memory,
    journalHead: () => 0,
    ends: async () => {
      if (log.isAway) throw new Error('away');
      await log.lost;
      const { last, created } = log;
      await log.meanwhile?.();
      return { ...(await memory.ends(KIND)), last, created };
    },
    append: async (append: Append) => {
      const { length } = append.events;
      log.last += length;
      return { first: log.last - length + 1 };
    },
  };
  let head: Head = { sequence: 0, event: null, accepted: null, given_up: [], lost: null };
  let text: string | undefined;
  const gate = new WriteGate();
  const say = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const forgotten: string[] = [];
  const watch = new LogWatch({
    gate,
    store,
    kinds: of,
    log: say,
    taken,
    waits: { everyMs: 60_000, againMs: 1 },
    heads: {
      read: async () => (text === undefined ? head : headIn(slug, text)),
      lost: async (_, lost) => {
        head = { ...head, lost };
      },
      found: async (_, found) => {
        if (head.lost?.sequence === found.sequence) head = { ...head, lost: null };
      },
      raise: async (name, seen) => {
        const { sequence, event } = seen;
        if (name === slug && sequence > head.sequence) head = { ...head, sequence, event };
      },
    },
  });
  watch.onGivenUp((of) => forgotten.push(`${of}: ${gate.why?.code ?? 'open'}`));
  closers.push(() => watch.close());
  const looked = async (): Promise<string> => {
    for (let look = 0; look < 3; look++) await watch.look();
    return gate.why?.code ?? 'open';
  };
  const accept = (id: string, more: Partial<Accepted> = {}) => {
    const { last: end, created } = log;
    const epoch = more.epoch ?? head.given_up.length + 1;
    const given = { epoch, end, kept: end, lost_to: end, journal: 0, ...more };
    // No clock counts: whoever accepts may have one that is ahead, or behind.
    const at = id === 'ahead' ? '2999-01-01T00:00:00.000Z' : '1999-01-01T00:00:00.000Z';
    const accepted = { ...given, id, created, by: 'ann', reason: 'gone', at };
    head = {
      sequence: end,
      event: null,
      accepted,
      given_up: [...head.given_up, given],
      lost: null,
    };
  };
  return {
    watch,
    log,
    gate,
    looked,
    accept,
    warned: () => say.warn.mock.calls.length,
    why: () => gate.why?.code ?? 'open',
    head: () => head.sequence,
    forgotten: () => forgotten,
    spoil: (entry: string | undefined) => {
      text = entry;
    },
    lost: () => head.lost,
    find: (lost: Head['lost']) => {
      head = { ...head, lost };
    },
    said: () => say.error.mock.calls.map(([message]) => String(message)),
  };
};

describe('writing', () => {
  it('is shut while what is kept of the log cannot be read, also once it was known', async () => {
    const { watch, why, gate, looked, spoil } = await watched();
    await watch.begin();
    expect(why()).toBe('open');
    spoil('not json');
    await looked();
    expect(gate.why?.message).toMatch(/HEADS holds of lamp cannot be read.*stele accept-loss lamp/);
    spoil(undefined);
    expect(await looked()).toBe('open');
  });

  it('says why it is not known whether the log is as it was', async () => {
    const { watch, log, gate } = await watched();
    log.isAway = true;
    await watch.begin();
    expect(gate.why?.message).toBe('it is not known yet whether the log is as it was: away');
    log.isAway = false;
    await watch.look();
    expect(gate.why).toBeUndefined();
  });

  it('is shut until it is known that the log is as it was', async () => {
    const { watch, why, looked } = await watched();
    const begun = watch.begin();
    expect(why()).toBe('STORE_UNAVAILABLE');
    await begun;
    expect(why()).toBe('open');
    watch.appended(slug, 10);
    watch.doubt();
    expect(why()).toBe('STORE_UNAVAILABLE');
    expect(await looked()).toBe('open');
  });

  it('stays shut while nobody tells, and for what was asked before a doubt', async () => {
    const { watch, why, log, looked, warned } = await watched();
    await watch.begin();
    watch.appended(slug, 10);
    log.isAway = true;
    await watch.judgeAnew();
    expect(why()).toBe('STORE_UNAVAILABLE');
    expect(await looked()).toBe('STORE_UNAVAILABLE');
    expect(warned()).toBe(1);
    log.isAway = false;
    const early = watch.look();
    watch.doubt();
    await early;
    expect(why()).toBe('STORE_UNAVAILABLE');
    log.last = 9;
    expect(await looked()).toBe('LOG_TRUNCATED');
  });

  it('is open again soon after a connection was lost with what was asked on it', async () => {
    const { watch, log, why, warned } = await watched();
    await watch.begin();
    let timeOut = (): void => {};
    log.lost = new Promise<void>((_, reject) => {
      timeOut = () => reject(new Error('timeout'));
    });
    const unanswered = watch.look();
    await new Promise(setImmediate); // it has asked
    watch.doubt();
    log.lost = undefined;
    await watch.judgeAnew();
    expect(why()).toBe('open');
    timeOut();
    await unanswered;
    expect([why(), warned()]).toEqual(['open', 0]);
  });

  it('is never open between a return of the log and that it is known to be shorter', async () => {
    const { watch, gate, log, looked } = await watched();
    await watch.begin();
    watch.appended(slug, 10);
    const opened = vi.spyOn(gate, 'open').mockClear();
    watch.doubt();
    log.last = 7;
    void watch.judgeAnew();
    expect(await looked()).toBe('LOG_TRUNCATED');
    expect(opened).not.toHaveBeenCalled();
    log.last = 10;
    expect(await looked()).toBe('open');
  });

  it('is never shut because the node itself writes on while it is looked', async () => {
    const { watch, log, looked, said } = await watched();
    await watch.begin();
    await watch.append(append);
    log.meanwhile = () => watch.append(append);
    for (let look = 0; look < 3; look++) {
      watch.suspect(slug);
      expect(await looked()).toBe('open');
    }
    expect(said()).toEqual([]);
  });

  it('tells nobody of a loss any more that it told of, once the log was restored', async () => {
    const { watch, log, looked, lost } = await watched();
    await watch.begin();
    watch.appended(slug, 10);
    log.last = 7;
    expect(await looked()).toBe('LOG_TRUNCATED');
    expect(lost()).toMatchObject({ sequence: 10 });
    log.last = 10;
    expect(await looked()).toBe('open');
    expect(lost()).toBeNull();
  });

  it('is shut where what was acknowledged is missing when it is to be noted', async () => {
    const { watch, log, looked, head } = await watched();
    await watch.begin();
    watch.appended(slug, 10);
    log.last = 9;
    expect(await looked()).toBe('LOG_TRUNCATED');
    expect(head()).toBe(0);
  });
});

describe('documents that were made from more than the log holds', () => {
  it.each([
    ['are ahead of it', at(12), 'held 12 messages and ends at 10'],
    ['stand at another event', at(8, timeOf(3)), 'holds something else at message 8'],
  ])('shut writing from the first moment: they %s', async (_, one, what) => {
    const { watch, why, said, lost } = await watched({ taken: async () => [one] });
    await watch.begin();
    expect(why()).toBe('LOG_TRUNCATED');
    expect(said()).toEqual([expect.stringContaining(`EVT_LAMP ${what}`)]);
    expect(lost()).toEqual({ sequence: one.sequence, at: one.at, epoch: 0 }); // for nodes without them
  });

  it('are looked at again while the node runs', async () => {
    const documents = [at(10)];
    const { watch, why, looked } = await watched({ taken: async () => documents });
    await watch.begin();
    expect(why()).toBe('open');
    documents.push(at(11));
    expect(await looked()).toBe('LOG_TRUNCATED');
  });

  it('are waited for at the start, and judged before anything is written', async () => {
    let taken = (): Promise<readonly Checkpoint[]> =>
      Promise.reject(new Fault('READ_STORE_UNAVAILABLE', 'away'));
    const { watch, gate, looked } = await watched({ taken: () => taken() });
    const open = gate.open.bind(gate);
    const wasOpen: boolean[] = [];
    vi.spyOn(gate, 'open').mockImplementation((by) => {
      open(by);
      wasOpen.push(gate.why === undefined);
    });
    await watch.begin();
    expect(await looked()).toBe('STORE_UNAVAILABLE');
    expect(gate.why?.message).toMatch(/not compared with the documents yet.*: away$/);
    taken = async () => [at(8, timeOf(3))]; // as long as it was, and another one
    expect(await looked()).toBe('LOG_TRUNCATED');
    expect(wasOpen).not.toContain(true);
  });

  it('are waited for however slow they are', async () => {
    let tell = (_: readonly Checkpoint[]): void => {};
    const asked = vi.fn(
      () =>
        new Promise<readonly Checkpoint[]>((resolve) => {
          tell = resolve;
        }),
    );
    const { watch, why, looked } = await watched({ taken: asked });
    await watch.begin();
    expect(why()).toBe('STORE_UNAVAILABLE');
    tell([at(10)]);
    expect(await looked()).toBe('open');
    expect(asked.mock.calls.length).toBeGreaterThan(0);
  });

  it('are not waited for by a node that has compared them, nor where nothing was ever written', async () => {
    let isAway = false;
    const away = () => Promise.reject(new Fault('READ_STORE_UNAVAILABLE', 'away'));
    const running = await watched({ taken: () => (isAway ? away() : Promise.resolve([at(10)])) });
    await running.watch.begin();
    isAway = true;
    void running.watch.judgeAnew();
    expect(await running.looked()).toBe('open');
    const first = await watched({ taken: away });
    first.log.last = 0;
    await first.watch.begin();
    expect(await first.looked()).toBe('open');
    first.log.last = 5; // what it has written itself since
    expect(await first.looked()).toBe('open');
  });

  it('of another log shut writing, and say nothing of this one', async () => {
    const away = new Fault('READ_STORE_FOREIGN', 'of another log');
    let isForeign = true;
    const { watch, why, looked, said, lost } = await watched({
      taken: () => (isForeign ? Promise.reject(away) : Promise.resolve([])),
    });
    await watch.begin();
    expect(await looked()).toBe('READ_STORE_FOREIGN');
    expect(said()).toEqual(['of another log; nothing is written until then']);
    expect(lost()).toBeNull();
    isForeign = false;
    await looked();
    expect(why()).toBe('open');
  });
});

describe('what another node found', () => {
  it.each([
    ['that the log was further', { sequence: 12, at: null, epoch: 0 }],
    ['that something else stands there', { sequence: 8, at: timeOf(3), epoch: 0 }],
  ])('shuts writing here too: %s', async (_, lost) => {
    const taken = async () => [{ ...lost, source: slug }]; // they stay so until they are rebuilt
    const { watch, why, find, accept, looked } = await watched({ taken });
    find(lost);
    await watch.begin();
    expect(why()).toBe('LOG_TRUNCATED');
    accept('one', { end: 7 });
    expect(await looked()).toBe('open');
  });

  it('reaches a node that runs', async () => {
    const { watch, find, looked } = await watched();
    await watch.begin();
    find({ sequence: 12, at: null, epoch: 0 });
    expect(await looked()).toBe('LOG_TRUNCATED');
  });

  it('is not told in the log of another installation', async () => {
    const { watch, log, looked, lost } = await watched();
    await watch.begin();
    log.last = 3;
    log.created = 'another time';
    expect(await looked()).toBe('LOG_TRUNCATED');
    expect(lost()).toBeNull();
  });
});

describe('an append that is acknowledged where others were', () => {
  it('is the proof of another log: writing is shut at once, and it counts as unknown', async () => {
    const { watch, why, log, looked } = await watched();
    await watch.begin();
    log.last = 0;
    await expect(watch.append(append)).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      message: expect.stringContaining('message 1 of EVT_LAMP, which held 10 messages before'),
    });
    expect(why()).toBe('STORE_UNAVAILABLE');
    expect(await looked()).toBe('LOG_TRUNCATED');
  });

  it('is none where it was sent before those were known', async () => {
    const { watch, why } = await watched();
    await watch.begin();
    const appending = watch.append(append);
    watch.appended(slug, 12); // a later one was answered first
    expect(await appending).toEqual({ first: 11 });
    expect(why()).toBe('open');
  });
});

describe('a loss that was accepted', () => {
  it('stays accepted: what was appended before it is noted no more', async () => {
    const { watch, log, looked, accept, head } = await watched();
    await watch.begin();
    watch.appended(slug, 10);
    log.last = 7;
    void watch.judgeAnew();
    expect(await looked()).toBe('LOG_TRUNCATED');
    accept('one', { lost_to: 10 });
    expect(await looked()).toBe('open');
    expect(await looked()).toBe('open');
    expect(head()).toBe(7);
    void watch.judgeAnew();
    expect(await looked()).toBe('open');
  });

  it('has all that was made of it dropped once, before anything is written again', async () => {
    const { watch, log, gate, looked, accept, forgotten } = await watched();
    await watch.begin();
    log.last = 7;
    void watch.judgeAnew();
    expect(await looked()).toBe('LOG_TRUNCATED');
    expect([forgotten(), gate.era]).toEqual([[], 0]);
    accept('one', { lost_to: 10 });
    expect(await looked()).toBe('open');
    expect(await looked()).toBe('open');
    expect([forgotten(), gate.era]).toEqual([['lamp: STORE_UNAVAILABLE'], 1]);
  });

  it('is noticed by a node that missed nothing, too, and writing is shut until all is dropped', async () => {
    const { watch, why, looked, accept, forgotten, log } = await watched();
    await watch.begin();
    expect(why()).toBe('open');
    accept('one');
    log.isAway = true; // nobody says what it is like now
    expect(await looked()).toBe('STORE_UNAVAILABLE');
    log.isAway = false;
    expect(await looked()).toBe('open');
    expect(forgotten()).toEqual(['lamp: STORE_UNAVAILABLE']);
  });

  it('is that of all there was by then, also where whoever accepted it knew of less', async () => {
    const documents = [at(9)];
    const { watch, log, looked, accept } = await watched({ taken: async () => documents });
    await watch.begin();
    watch.appended(slug, 10);
    log.last = 7;
    expect(await looked()).toBe('LOG_TRUNCATED');
    accept('one', { lost_to: 8 });
    expect(await looked()).toBe('open');
    // What was taken later is another loss, however short.
    documents.push(at(8, timeOf(8), 1));
    expect(await looked()).toBe('LOG_TRUNCATED');
  });

  it.each(['ahead', 'behind'])(
    'is judged by no clock: that of whoever accepted is %s',
    async (clock) => {
      const documents = [at(10)];
      const { watch, log, looked, accept } = await watched({ taken: async () => documents });
      await watch.begin();
      log.last = 7;
      void watch.judgeAnew();
      expect(await looked()).toBe('LOG_TRUNCATED');
      accept(clock);
      expect(await looked()).toBe('open');
      // Written and taken since, and lost again: it is not what was accepted.
      documents.push(at(9, timeOf(9), 1));
      expect(await looked()).toBe('LOG_TRUNCATED');
    },
  );

  it('is no news where the store of it was put back: what is known since counts on', async () => {
    const { watch, log, looked, accept, forgotten, lost } = await watched();
    await watch.begin();
    accept('one');
    accept('two');
    expect(await looked()).toBe('open');
    log.last = 7;
    accept('one', { epoch: 1 });
    expect(await looked()).toBe('LOG_TRUNCATED');
    expect([forgotten().length, lost()?.epoch]).toEqual([1, 2]);
  });
});
