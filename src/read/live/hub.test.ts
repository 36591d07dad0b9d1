import { setTimeout as pause } from 'node:timers/promises';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { chain, KIND, OTHER_KIND } from '../../../test/support/events.js';
import type { Aggregate } from '../../core/aggregate.js';
import type { StoredEvent } from '../../core/event.js';
import { Fault } from '../../core/refusal.js';
import type { Kind } from '../../write/store/event-log.js';
import type { EventStore } from '../../write/store/event-store.js';
import { memoryStore } from '../../write/store/memory-store.js';
import { Hub } from './hub.js';
import { HISTORY_READS_MAX, HISTORY_READS_OF_ONE_MAX } from './limits.js';
import { entryOf, Ring } from './ring.js';
import type { Tail, Taken, Wish } from './tail.js';

const KINDS = [KIND, OTHER_KIND] as unknown as readonly [Aggregate, Aggregate];
const TINY = { events: 4, bytes: 1024 * 1024 };
const IDS = ['a', 'b', 'c'] as const;

/** A log that can be written to, and a hub on it. */
const world = (change: (base: EventStore) => Partial<EventStore> = () => ({}), ring = TINY) => {
  const base = memoryStore();
  const store: EventStore = { ...base, ...change(base) };
  const hub = new Hub({ store, ring, log: { warn: () => {} } });
  const heads = new Map<string, number>();
  const write = async (kind: Kind, id: string, claims = false): Promise<void> => {
    const key = `${kind.slug}.${id}`;
    const version = (heads.get(key) ?? 0) + 1;
    heads.set(key, version);
    const [event] = chain(id, 1, { from: version });
    await base.append({
      kind,
      aggregate_id: id,
      events: [event!],
      expected: await base.head(kind, id),
      // A claim takes a place in the stream that is no event.
      claims: claims
        ? [{ scope: 's', key: `${key}${version}`, label: 'x', holder: id, expected: 0 }]
        : [],
    });
  };
  const log = async (kind: Kind): Promise<StoredEvent[]> => {
    const found: StoredEvent[] = [];
    for await (const entry of base.scan(kind, 1)) if ('event' in entry) found.push(entry.event);
    return found;
  };
  return { hub, write, log };
};

const zero = (): Wish['after'] => new Map(KINDS.map((kind) => [kind, 0]));
const place = ({ kind, entry }: Taken): string => `${kind.slug}:${entry.sequence}`;

type Step =
  | { readonly do: 'write'; readonly kind: 0 | 1; readonly id: number; readonly claims: boolean }
  | { readonly do: 'take' }
  | { readonly do: 'come again' }
  | { readonly do: 'breathe' };
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      kind: fc.constantFrom(0 as const, 1 as const),
      id: fc.nat({ max: IDS.length - 1 }),
      claims: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.constant({ do: 'take' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'come again' as const }) },
  { weight: 2, arbitrary: fc.constant({ do: 'breathe' as const }) },
);

describe('a client on the shared followers', () => {
  test.prop(
    [fc.array(step, { maxLength: 80 }), fc.option(fc.constantFrom(...IDS), { nil: undefined })],
    { numRuns: 60 },
  )('sees every event it wants once and in order, however slow it is', async (steps, id) => {
    const { hub, write, log } = world();
    const wish = (after: Wish['after']): Wish => ({
      after,
      wants: ({ aggregate_id }) => id === undefined || aggregate_id === id,
      ...(id !== undefined && { aggregate_id: id }),
    });
    let tail = hub.open(wish(zero()));
    const seen: string[] = [];
    const take = async (ms: number): Promise<number> => {
      const taken = (await tail.take(ms))!;
      seen.push(...taken.map(place));
      return taken.length;
    };
    for (const one of steps) {
      if (one.do === 'write') await write(KINDS[one.kind], IDS[one.id]!, one.claims);
      else if (one.do === 'take') await take(0);
      else if (one.do === 'breathe') await pause(0);
      else {
        const { after } = tail;
        tail.close();
        tail = hub.open(wish(after));
      }
    }
    const expected = await Promise.all(
      KINDS.map(async (kind) =>
        (await log(kind))
          .filter(({ aggregate_id }) => id === undefined || aggregate_id === id)
          .map(({ sequence }) => `${kind.slug}:${sequence}`),
      ),
    );
    const wanted = expected.flat().length;
    for (let tries = 0; seen.length < wanted && tries < 200; tries++) await take(20);
    expect(await take(0)).toBe(0);
    for (const [n, kind] of KINDS.entries())
      expect(seen.filter((one) => one.startsWith(`${kind.slug}:`))).toEqual(expected[n]);
    tail.close(true);
    expect(hub.following).toBe(0);
  });

  it('gets each event encoded once for all', async () => {
    const { hub, write } = world();
    const clients = [1, 2, 3].map(() => hub.open({ after: zero(), wants: () => true }));
    await clients[0]!.take(5);
    await write(KINDS[0], 'a');
    const taken = await Promise.all(clients.map(async (one) => (await one.take(1_000))![0]!));
    expect(new Set(taken.map(({ entry }) => entry.json)).size).toBe(1);
    for (const one of clients) one.close(true);
  });

  it('is shown what is readable of a history with something strange in it', async () => {
    const { hub, write } = world(() => ({
      read: async () => {
        throw new Fault('HISTORY_BROKEN', 'something else stands there');
      },
    }));
    for (let n = 0; n < 9; n++) await write(KINDS[0], n < 2 ? 'a' : 'b');
    const tail = hub.open({
      after: new Map([[KINDS[0], 0]]),
      wants: ({ aggregate_id }) => aggregate_id === 'a',
      aggregate_id: 'a',
    });
    const seen: Taken[] = [];
    for (let tries = 0; seen.length < 2 && tries < 50; tries++)
      seen.push(...(await tail.take(50))!);
    expect(seen.map(place)).toEqual(['lamp:1', 'lamp:2']);
    tail.close(true);
  });

  it('is one of many that read history at a time, and those of one leave room for others', async () => {
    const underWay = { now: 0, most: 0 };
    const { hub, write } = world((base) => ({
      async *scan(...given: Parameters<EventStore['scan']>) {
        underWay.now++;
        underWay.most = Math.max(underWay.most, underWay.now);
        await pause(5);
        yield* base.scan(...given);
        underWay.now--;
      },
    }));
    for (let n = 0; n < 9; n++) await write(KINDS[0], 'a');
    const opened = (who: string) =>
      hub.open({ after: new Map([[KINDS[0], 0]]), wants: () => true, who });
    const read = async (tails: readonly Tail[]): Promise<number> => {
      underWay.most = 0;
      const seen = await Promise.all(tails.map((one) => one.take(1_000)));
      expect(seen.every((taken) => taken?.[0]?.entry.sequence === 1)).toBe(true);
      for (const one of tails) one.close();
      return underWay.most;
    };
    const first = opened('z');
    await first.take(1_000); // the recent events are here from now on
    const ofOne = Array.from({ length: 12 }, () => opened('x'));
    expect(await read(ofOne)).toBe(HISTORY_READS_OF_ONE_MAX);
    const ofMany = Array.from({ length: 40 }, (_, n) => opened(`user/${n % 10}`));
    expect(await read(ofMany)).toBe(HISTORY_READS_MAX);
    first.close(true);
  });

  it('takes much in turns: of many clients one for each turn of the loop', async () => {
    const { hub, write } = world(() => ({}), { ...TINY, events: 100 });
    for (let n = 0; n < 30; n++) await write(KINDS[0], 'a');
    const clients = Array.from({ length: 30 }, () =>
      hub.open({ after: new Map([[KINDS[0], 0]]), wants: () => true }),
    );
    await clients[0]!.take(1_000);
    let turns = 0;
    let counting = true;
    const count = (): void => {
      turns++;
      if (counting) setImmediate(count);
    };
    setImmediate(count);
    const taken = await Promise.all(clients.slice(1).map((one) => one.take(1_000)));
    counting = false;
    expect(taken.map((events) => events?.length)).toEqual(Array(29).fill(30));
    expect(turns).toBeGreaterThanOrEqual(28);
    for (const one of clients) one.close(true);
  });

  it('asks where a log ends once for all who ask together, and never answers from before', async () => {
    let [asked, end] = [0, 7];
    const { hub } = world(() => ({
      last: async () => {
        asked++;
        const found = end;
        await pause(5);
        return found;
      },
    }));
    const first = hub.last(KINDS[0]);
    end = 8; // written while the first was under way
    const later = Array.from({ length: 50 }, () => hub.last(KINDS[0]));
    expect([await first, new Set(await Promise.all(later))]).toEqual([7, new Set([8])]);
    expect(asked).toBe(2);
    end = 9;
    expect(await hub.last(KINDS[0])).toBe(9);
  });

  it('comes again when the log is another one than it was', async () => {
    let end = 100;
    let fail = (): void => {};
    const { hub } = world(() => ({
      last: async () => end,
      async *follow(): AsyncGenerator<StoredEvent> {
        await new Promise<void>((_, reject) => {
          fail = () => reject(new Error('restored from a backup'));
        });
      },
    }));
    const tail = hub.open({ after: new Map([[KINDS[0], 100]]), wants: () => true });
    expect(await tail.take(20)).toEqual([]);
    end = 50;
    fail();
    expect(await tail.take(2_000)).toBeUndefined();
    tail.close(true);
  });
});

describe('the most recent events', () => {
  const entry = (sequence: number) =>
    entryOf(KINDS[0], { ...chain('a', 1)[0]!, sequence } as StoredEvent);

  it('are bounded by number and by bytes, and say behind what they are complete', () => {
    const ring = new Ring(7, { events: 3, bytes: 1e6 });
    for (const sequence of [9, 12, 13, 20]) ring.push(entry(sequence));
    expect([ring.after, ring.last, ring.size]).toEqual([9, 20, 3]);
    expect([...ring.behind(9)].map(({ sequence }) => sequence)).toEqual([12, 13, 20]);
    expect([...ring.behind(13)].map(({ sequence }) => sequence)).toEqual([20]);
    expect([...ring.behind(99)]).toEqual([]);
    const small = new Ring(0, { events: 3, bytes: 1 });
    small.push(entry(1));
    small.push(entry(2));
    expect([small.after, small.size]).toEqual([1, 1]);
  });

  it('stay bounded for ever', () => {
    const ring = new Ring(0, { events: 3, bytes: 1e6 });
    for (let sequence = 1; sequence <= 1_000; sequence++) ring.push(entry(sequence));
    expect([...ring.behind(997)].map(({ sequence }) => sequence)).toEqual([998, 999, 1_000]);
    expect(ring.size).toBe(3);
  });
});
