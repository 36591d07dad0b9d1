import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { AcceptedCommands, packedHash } from '../../src/core/accepted-commands.js';
import { event } from '../../src/core/message.js';
import {
  type Append,
  isConflict,
  type Kind,
  type LogEntry,
} from '../../src/write/store/event-log.js';
import type { EventStore } from '../../src/write/store/event-store.js';
import type { Snapshot } from '../../src/write/store/snapshots.js';
import { chain, KIND, OTHER_KIND } from './events.js';
import { PATIENCE_MS, PATIENTLY } from './patience.js';

const fresh = (): string => crypto.randomUUID();
const first = (result: Awaited<ReturnType<EventStore['append']>>): number => {
  if (isConflict(result)) throw new Error('unexpected conflict');
  return result.first;
};
const append = (id: string, more: Partial<Append> = {}): Append => ({
  kind: KIND,
  aggregate_id: id,
  expected: 0,
  events: chain(id, 1),
  claims: [],
  ...more,
});
const hold = (key: string, holder: string | null, expected: number) => ({
  scope: 'name',
  key,
  label: key,
  holder,
  expected,
});
const all = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
};

/** What everything that stands on a store relies on, the same for every adapter. */
export const storeContract = (
  name: string,
  open: () => Promise<{ store: EventStore; close: () => Promise<void> }>,
): void => {
  describe(`event store: ${name}`, () => {
    let store: EventStore;
    let close = async (): Promise<void> => {};
    beforeAll(async () => {
      ({ store, close } = await open());
    });
    afterAll(() => close());

    it('gives back what was appended, field by field, with sequences in order', async () => {
      const id = fresh();
      const events = chain(id, 3, {
        data: { text: 'ünï\ncode % "quoted"', none: null, deep: [{}] },
      });
      const [one, ...rest] = events;
      const strange = {
        ...one!,
        actor: ' Zoë\r\nO’Brien 100% ',
        business_justification: 'two\nlines, a tab\t, 漢字 and 🦉',
        correlation_id: 'c-1',
        approval_id: 'a:1',
        effective_at: '2016-12-14T13:28:12Z',
        traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
      };
      const at = first(await store.append(append(id, { events: [strange, ...rest] })));
      const read = await store.read(KIND, id, 1);
      expect(read).toEqual([strange, ...rest].map((event, i) => ({ ...event, sequence: at + i })));
    });

    it('reads from a sequence on, and at most as many as asked', async () => {
      const id = fresh();
      const at = first(await store.append(append(id, { events: chain(id, 5) })));
      const versions = async (from: number, most?: number) =>
        (await store.read(KIND, id, from, most)).map((event) => event.aggregate_version);
      expect(await versions(at + 2)).toEqual([3, 4, 5]);
      expect(await versions(1, 2)).toEqual([1, 2]);
      expect(await versions(at + 5)).toEqual([]);
      expect(await store.read(KIND, fresh(), 1)).toEqual([]);
      const entries = async (from: number, most?: number) =>
        (await store.entries(KIND, id, from, most)).map((one) => 'event' in one && one.event);
      expect(await entries(at + 2)).toEqual(await store.read(KIND, id, at + 2));
      expect(await entries(1, 2)).toEqual(await store.read(KIND, id, 1, 2));
    });

    it('reads more events than fit one answer of the server', async () => {
      const id = fresh();
      let expected = 0;
      let head: string | null = null;
      for (let from = 1; from <= 2_400; from += 400) {
        const events = chain(id, 400, { from, head });
        expected = first(await store.append(append(id, { events, expected }))) + 399;
        head = events.at(-1)!.hash;
      }
      const read = await store.read(KIND, id, 1);
      expect(read.map(({ aggregate_version }) => aggregate_version)).toEqual(
        Array.from({ length: 2_400 }, (_, i) => i + 1),
      );
    });

    it('shows what was acknowledged to whoever asks right after it, whichever copy answers', async () => {
      const [id, key] = [fresh(), fresh()];
      let expected = 0;
      let claimed = 0;
      for (let version = 1; version <= 100; version++) {
        const from = (await store.last(KIND)) + 1;
        const events = chain(id, 1, { from: version });
        const claims = [hold(key, version % 2 === 0 ? null : id, claimed)];
        expected = first(await store.append(append(id, { events, expected, claims })));
        claimed = expected + 1;
        const [read, scanned, [claim], ends] = await Promise.all([
          store.read(KIND, id, 1),
          all<LogEntry>(store.scan(KIND, from)),
          store.claims(KIND, [{ scope: 'name', key }]),
          store.ends(KIND),
        ]);
        expect(read).toHaveLength(version);
        expect(scanned.map(({ sequence }) => sequence)).toEqual([expected, claimed]);
        expect(claim).toEqual({ sequence: claimed, holder: claims[0]!.holder });
        expect(ends.last).toBe(claimed);
        expect(await store.head(KIND, id)).toBe(expected);
      }
    });

    it('refuses an append that expected another sequence, and writes nothing of it', async () => {
      const id = fresh();
      const at = first(await store.append(append(id)));
      expect(isConflict(await store.append(append(id)))).toBe(true);
      expect(isConflict(await store.append(append(id, { expected: at + 1 })))).toBe(true);
      expect(
        isConflict(
          await store.append(append(id, { expected: at, events: chain(id, 2, { from: 2 }) })),
        ),
      ).toBe(false);
      expect(await store.read(KIND, id, 1)).toHaveLength(3);
    });

    it('lets exactly one of many rivals win, round after round', async () => {
      const id = fresh();
      let expected = 0;
      for (let round = 1; round <= 10; round++) {
        const rivals = Array.from({ length: 50 }, () =>
          store.append(append(id, { expected, events: chain(id, 1, { from: round }) })),
        );
        const won = (await Promise.all(rivals)).filter((result) => !isConflict(result));
        expect(won).toHaveLength(1);
        expected = first(won[0]!);
      }
      expect(await store.read(KIND, id, 1)).toHaveLength(10);
    });

    it('lets the innocent through when one of a crowd conflicts', async () => {
      const taken = fresh();
      first(await store.append(append(taken)));
      const ids = Array.from({ length: 300 }, fresh);
      const crowd = ids.map((id) => store.append(append(id)));
      const guilty = [0, 1, 2].map(() => store.append(append(taken)));
      const results = await Promise.all([...crowd.slice(0, 150), ...guilty, ...crowd.slice(150)]);
      expect(results.filter(isConflict)).toHaveLength(3);
      for (const id of ids) expect(await store.read(KIND, id, 1)).toHaveLength(1);
    });

    it('numbers the appends of a crowd without gaps or overlap', async () => {
      const before = await store.last(KIND);
      const sizes = Array.from({ length: 120 }, (_, i) => (i % 3) + 1);
      const results = await Promise.all(
        sizes.map((size) => {
          const id = fresh();
          return store.append(append(id, { events: chain(id, size) }));
        }),
      );
      const taken = results.flatMap((result, i) =>
        Array.from({ length: sizes[i]! }, (_, k) => first(result) + k),
      );
      const total = sizes.reduce((sum, size) => sum + size, 0);
      expect(taken.sort((a, b) => a - b)).toEqual(
        Array.from({ length: total }, (_, i) => before + 1 + i),
      );
      expect(await store.last(KIND)).toBe(before + total);
    });

    it('holds a claim for one, and gives it free again', async () => {
      const [a, b, key] = [fresh(), fresh(), fresh()];
      expect(await store.claims(KIND, [{ scope: 'name', key }])).toEqual([
        { sequence: 0, holder: null },
      ]);
      const at = first(await store.append(append(a, { claims: [hold(key, a, 0)] })));
      expect(await store.claims(KIND, [{ scope: 'name', key }])).toEqual([
        { sequence: at + 1, holder: a },
      ]);
      expect(isConflict(await store.append(append(b, { claims: [hold(key, b, 0)] })))).toBe(true);
      expect(await store.read(KIND, b, 1)).toEqual([]);
      const events = chain(a, 1, { from: 2 });
      const freed = first(
        await store.append(append(a, { events, expected: at, claims: [hold(key, null, at + 1)] })),
      );
      const again = await store.append(append(b, { claims: [hold(key, b, freed + 1)] }));
      expect(isConflict(again)).toBe(false);
      expect((await store.claims(KIND, [{ scope: 'name', key }]))[0]?.holder).toBe(b);
    });

    it('gives one claim to exactly one of a hundred at once', async () => {
      const key = fresh();
      const results = await Promise.all(
        Array.from({ length: 100 }, () => {
          const id = fresh();
          return store.append(append(id, { claims: [hold(key, id, 0)] }));
        }),
      );
      expect(results.filter((result) => !isConflict(result))).toHaveLength(1);
    });

    it('keeps types apart', async () => {
      const id = fresh();
      first(await store.append(append(id)));
      expect(isConflict(await store.append({ ...append(id), kind: OTHER_KIND }))).toBe(false);
      expect(await store.read(OTHER_KIND, id, 1)).toHaveLength(1);
    });

    it('scans a type from a sequence on: events and touched claims in order', async () => {
      const from = (await store.last(KIND)) + 1;
      const [a, key] = [fresh(), fresh()];
      first(await store.append(append(a, { events: chain(a, 2), claims: [hold(key, a, 0)] })));
      const seen = await all<LogEntry>(store.scan(KIND, from));
      expect(seen.map(({ sequence }) => sequence)).toEqual([from, from + 1, from + 2]);
      expect(
        seen.map((one) => ('event' in one ? one.event.aggregate_id : 'claim' in one && one.claim)),
      ).toEqual([a, a, { scope: 'name', key }]);
      expect(await all(store.scan(KIND, from + 3))).toEqual([]);
      expect(await all(store.scan(KIND, from, 2))).toEqual(seen.slice(0, 2));
    });

    it('follows a type: history, then live, without gap or duplicate, until told to stop', async () => {
      const from = (await store.last(KIND)) + 1;
      const ids = Array.from({ length: 20 }, fresh);
      for (const id of ids.slice(0, 5))
        await store.append(append(id, { claims: [hold(fresh(), id, 0)] }));
      const stop = new AbortController();
      const seen: string[] = [];
      const done = (async () => {
        for await (const { aggregate_id } of store.follow(KIND, from, stop.signal)) {
          seen.push(aggregate_id);
          if (seen.length === ids.length) stop.abort();
        }
      })();
      for (const id of ids.slice(5)) await store.append(append(id));
      await Promise.race([done, pause(10_000, undefined, { ref: false })]);
      expect(seen).toEqual(ids);
      await done;
    });

    it('follows a definition in the form of today, and its name alone as stored', async () => {
      const from = (await store.last(KIND)) + 1;
      const id = fresh();
      first(await store.append(append(id, { events: chain(id, 1, { data: { level: 3 } }) })));
      const schema = z.object({ percent: z.number() });
      const upcast = { 1: ({ level }: { level?: unknown }) => ({ percent: Number(level) * 10 }) };
      const Lamp = { ...KIND, events: { LampDimmed: event(schema, { version: 2, upcast }) } };
      const next = async (kind: Kind) => {
        const stop = new AbortController();
        for await (const one of store.follow(kind, from, stop.signal)) {
          stop.abort();
          return one;
        }
        return undefined;
      };
      const stored = await next(KIND);
      expect(stored).toMatchObject({ aggregate_id: id, event_version: 1, data: { level: 3 } });
      expect(await next(Lamp)).toEqual({ ...stored, event_version: 2, data: { percent: 30 } });
    });

    it('says where a stream ends, and when it was made', async () => {
      const before = await store.ends(KIND);
      first(await store.append(append(fresh(), { events: chain(fresh(), 2) })));
      const after = await store.ends(KIND);
      expect(after).toMatchObject({ first: 1, last: before.last + 2, created: before.created });
      expect(Number.isNaN(Date.parse(after.last_at ?? ''))).toBe(false);
      expect((await store.ends('journal')).last).toBeGreaterThanOrEqual(0);
    });

    it('feeds events and claims in batches, from a sequence on and then live', async () => {
      const from = (await store.last(KIND)) + 1;
      const [a, key] = [fresh(), fresh()];
      first(await store.append(append(a, { events: chain(a, 2), claims: [hold(key, a, 0)] })));
      for (let i = 0; i < 20; i++) await store.append(append(fresh()));
      const stop = new AbortController();
      const name = `feed-${fresh()}`;
      const feed = store.feed(KIND, { name, from, signal: stop.signal, batch: 7 });
      const seen: LogEntry[] = [];
      let live = false;
      for await (const { entries, pending } of feed) {
        expect(entries.length).toBeGreaterThan(0);
        expect(entries.length).toBeLessThanOrEqual(7);
        seen.push(...entries);
        feed.ack(entries.at(-1)!.sequence);
        if (seen.length === 33) stop.abort();
        if (seen.length < 23 || live) continue;
        expect(pending).toBe(0);
        live = true;
        for (let i = 0; i < 10; i++) void store.append(append(fresh()));
      }
      expect(seen.map(({ sequence }) => sequence)).toEqual(
        Array.from({ length: 33 }, (_, i) => from + i),
      );
      expect(seen[2]).toEqual({ sequence: from + 2, claim: { scope: 'name', key } });
      await store.dropFeed(KIND, name);
      await store.dropFeed(KIND, name);
    });

    it('begins a feed where it is told, whatever was taken by that name before', async () => {
      const from = (await store.last(KIND)) + 1;
      for (let i = 0; i < 5; i++) await store.append(append(fresh()));
      const name = `feed-${fresh()}`;
      const firstOf = async (begin: number): Promise<number | undefined> => {
        const stop = new AbortController();
        const options = { name, from: begin, signal: stop.signal, batch: 2 };
        for await (const { entries } of store.feed(KIND, options)) {
          stop.abort();
          return entries[0]?.sequence;
        }
        return undefined;
      };
      for (const begin of [from, from + 3, from + 1]) expect(await firstOf(begin)).toBe(begin);
    });

    it('feeds the journal', async () => {
      const from = (await store.ends('journal')).last + 1;
      const stop = new AbortController();
      const codes: (string | undefined)[] = [];
      const entry = (code: string) => ({
        received_at: '2026-01-06T10:00:00.000Z',
        via: 'test',
        duration_ms: 1,
        outcome: 'refused' as const,
        code,
      });
      for (const code of ['A', 'B', 'C']) store.journal(entry(code));
      const options = { name: `feed-${fresh()}`, from, signal: stop.signal, batch: 10 };
      for await (const { entries } of store.feedJournal(options)) {
        codes.push(...entries.flatMap((message) => message.entries.map(({ code }) => code)));
        if (codes.length === 3) stop.abort();
      }
      expect(codes).toEqual(['A', 'B', 'C']);
    });

    const snapshotOf = (version: number, commands: number): Snapshot => {
      const accepted = new AcceptedCommands();
      for (let n = 0; n < commands; n++) accepted.add(fresh(), 2 ** 33 + n);
      return {
        state: { status: 'lit', data: { level: version } },
        version,
        sequence: version,
        head: 'h'.repeat(64),
        timestamp: '2026-01-06T10:00:00.000Z',
        accepted: Uint8Array.from(accepted.packed()),
        accepted_hash: accepted.hash(),
        definition: 'd',
        state_hash: 's',
      };
    };
    /** However the store holds the bytes. */
    const kept = async (id: string): Promise<Snapshot | undefined> => {
      const snapshot = await store.snapshot(KIND, id);
      return snapshot && { ...snapshot, accepted: Uint8Array.from(snapshot.accepted) };
    };

    it('keeps the latest snapshot, accepted commands and all', async () => {
      const id = fresh();
      const snapshot = snapshotOf(100, 500);
      expect(await kept(id)).toBeUndefined();
      await store.saveSnapshot(KIND, id, snapshotOf(50, 400));
      await store.saveSnapshot(KIND, id, snapshot);
      // Any copy gives it, perhaps an old one for a moment: it only saves time.
      await vi.waitFor(async () => expect(await kept(id)).toEqual(snapshot), PATIENTLY);
    });

    it('keeps a snapshot of more accepted commands than fit one message, as they grow', async () => {
      const id = fresh();
      const accepted = new AcceptedCommands();
      const whole = snapshotOf(1, 0);
      for (const commands of [9_999, 10_000, 10_001, 300_000]) {
        while (accepted.size < commands) accepted.add(fresh(), accepted.size + 1);
        const accepted_hash = accepted.hash();
        const snapshot = { ...whole, accepted: accepted.packed(), accepted_hash };
        await store.saveSnapshot(KIND, id, snapshot);
        await vi.waitFor(async () => {
          const { accepted: bytes, ...rest } = (await store.snapshot(KIND, id))!;
          expect([bytes.length, packedHash(bytes)]).toEqual([commands * 22, accepted_hash]);
          expect(rest).toMatchObject({ accepted_hash, version: 1 });
        }, PATIENTLY);
      }
    });

    it('keeps older snapshots too, newest first, and of this aggregate only', async () => {
      const [id, other] = [fresh(), fresh()];
      expect(await all(store.snapshots(KIND, id))).toEqual([]);
      const saved = [100, 200, 300, 400].map((version) => snapshotOf(version, 1));
      for (const one of saved) {
        await store.saveSnapshot(KIND, other, snapshotOf(1, 1));
        await store.saveSnapshot(KIND, id, one);
      }
      await store.saveSnapshot(KIND, other, snapshotOf(2, 1));
      const past = saved.map(({ accepted: _, accepted_hash: __, ...one }) => one);
      await vi.waitFor(async () => {
        expect(await all(store.snapshots(KIND, id))).toEqual(past.toReversed());
        expect(await kept(id)).toEqual(saved[3]);
      }, PATIENTLY);
    });

    it('keeps the journal in order', async () => {
      const entry = (n: number) => ({
        received_at: '2026-01-06T10:00:00.000Z',
        via: 'test',
        outcome: 'refused' as const,
        duration_ms: n,
        code: 'NO_CHANGE',
      });
      const { last: before } = await store.ends('journal');
      for (let n = 0; n < 1_000; n++) store.journal(entry(n));
      let read: { duration_ms: number }[] = [];
      for (const end = performance.now() + PATIENCE_MS; read.length < 1_000; ) {
        if (performance.now() > end) break;
        await pause(20);
        read = await all(store.readJournal(before + 1));
      }
      expect(read.map(({ duration_ms }) => duration_ms)).toEqual(
        Array.from({ length: 1_000 }, (_, n) => n),
      );
    });

    it('agrees with a model under random concurrent appends (property)', async () => {
      const step = fc.record({
        who: fc.nat(3),
        stale: fc.boolean(),
        size: fc.integer({ min: 1, max: 3 }),
        key: fc.option(fc.nat(2), { nil: undefined }),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
          const run = fresh();
          const heads = new Map<string, number>();
          const claims = new Map<string, number>();
          for (const { who, stale, size, key } of steps) {
            const id = `${run}-${who}`;
            const expected = heads.get(id) ?? 0;
            const label = key === undefined ? undefined : `${run}-k${key}`;
            const claim = label === undefined ? [] : [hold(label, id, claims.get(label) ?? 0)];
            const result = await store.append(
              append(id, {
                expected: stale ? expected + 1 : expected,
                events: chain(id, size),
                claims: claim,
              }),
            );
            expect(isConflict(result)).toBe(stale);
            if (isConflict(result)) continue;
            heads.set(id, result.first + size - 1);
            if (label !== undefined) claims.set(label, result.first + size);
          }
          for (const [id, head] of heads)
            expect((await store.read(KIND, id, 1)).at(-1)?.sequence).toBe(head);
        }),
        { numRuns: 15 },
      );
    });

    it('is ready', async () => expect(await store.ready()).toBe(true));
  });
};
