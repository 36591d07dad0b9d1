import { afterEach, describe, expect, it, vi } from 'vitest';
import { chain, KIND } from '../../test/support/events.js';
import { memoryStore } from '../write/store/memory-store.js';
import type { Accepted, Head } from '../write/store/nats/heads.js';
import { WriteGate } from '../write/store/write-gate.js';
import { LogWatch } from './log-watch.js';

const { slug } = KIND;
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A log of ten events, of which a server shows so many; its head is kept apart from it. */
const watched = async ({ truncatedNow = false } = {}) => {
  const memory = memoryStore();
  const events = chain('a', 10);
  await memory.append({ kind: KIND, aggregate_id: 'a', expected: 0, events, claims: [] });
  const log = { last: 10, isAway: false };
  const store = {
    ...memory,
    journalHead: () => 0,
    ends: async () => {
      if (log.isAway) throw new Error('away');
      return { ...(await memory.ends(KIND)), last: log.last };
    },
  };
  let head: Head = { sequence: 0, event: null, accepted: null };
  const gate = new WriteGate();
  const say = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const watch = new LogWatch({
    gate,
    store,
    kinds: [KIND],
    log: say,
    truncatedNow: () => truncatedNow,
    waits: { everyMs: 60_000, againMs: 1 },
    heads: {
      read: async () => head,
      raise: async (name, seen) => {
        if (name === slug && seen.sequence > head.sequence) head = { ...head, ...seen };
      },
    },
  });
  closers.push(() => watch.close());
  const looked = async (): Promise<string> => {
    for (let look = 0; look < 3; look++) await watch.look();
    return gate.why?.code ?? 'open';
  };
  const accept = (at: string, more: Partial<Accepted> = {}) => {
    const accepted = { lost_to: log.last, end: log.last, by: 'ann', reason: 'gone', at, ...more };
    head = { sequence: log.last, event: null, accepted };
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
  };
};

describe('writing', () => {
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

  it('is shut where what was acknowledged is missing when it is to be noted', async () => {
    const { watch, log, looked, head } = await watched();
    await watch.begin();
    watch.appended(slug, 10);
    log.last = 9;
    expect(await looked()).toBe('LOG_TRUNCATED');
    expect(head()).toBe(0);
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

  it('is that of all this node knew, also where whoever accepted it knew of less', async () => {
    const { watch, log, looked, accept } = await watched({ truncatedNow: true });
    await watch.begin();
    watch.appended(slug, 10);
    log.last = 7;
    watch.truncated(slug, 9, 'shows what is gone');
    void watch.judgeAnew();
    expect(await looked()).toBe('LOG_TRUNCATED');
    accept('one', { lost_to: 8 });
    expect(await looked()).toBe('open');
    // What is found later, and nobody knew of, is another loss.
    watch.truncated(slug, 20, 'shows more that is gone');
    expect(await looked()).toBe('LOG_TRUNCATED');
  });
});
