import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineAggregate } from '../../core/define-aggregate.js';
import { type StoredEvent, seal } from '../../core/event.js';
import { command } from '../../core/message.js';
import { Runtime } from '../../write/runtime/runtime.js';
import type { EventStore } from '../../write/store/event-store.js';
import { memoryStore } from '../../write/store/memory-store.js';
import { ShowsLess } from '../../write/store/prove-reads.js';
import { examineAggregate, examineStream } from './examine.js';
import type { Message, ReadingStore } from './reading-store.js';

const Lamp = defineAggregate({
  name: 'Lamp',
  summary: 'Gives light.',
  data: z.object({ name: z.string().nullable().default(null), level: z.int().default(0) }),
  events: {
    LampHung: z.object({ name: z.string() }),
    LampDimmed: z.object({ level: z.int() }),
    LampTaken: z.object({}),
  },
  commands: {
    HangLamp: command({
      data: z.object({ name: z.string() }),
      emits: ['LampHung'],
      roles: ['anyone'],
    }),
    DimLamp: command({
      data: z.object({ level: z.int() }),
      emits: ['LampDimmed'],
      roles: ['anyone'],
    }),
    TakeLamp: command({ data: z.object({}), emits: ['LampTaken'], roles: ['anyone'] }),
  },
  chart: {
    initial: 'absent',
    states: {
      absent: { on: { LampHung: 'hanging' } },
      hanging: { on: { LampDimmed: {}, LampTaken: 'gone' } },
      gone: { kind: 'deleted' },
    },
  },
  claims: {
    name: {
      key: ({ data: { name } }) => name,
      taken: 'NAME_TAKEN',
      what: 'the name',
    },
  },
  evolve: {
    LampHung: (_, { name }) => ({ name }),
    LampDimmed: (_, { level }) => ({ level }),
  },
  decide: {
    HangLamp: (_, { name }) => [{ type: 'LampHung', data: { name } }],
    DimLamp: (_, { level }) => [{ type: 'LampDimmed', data: { level } }],
    TakeLamp: () => [{ type: 'LampTaken', data: {} }],
  },
});

let store: EventStore;

const send = async (id: string, command_type: string, data: object): Promise<void> => {
  const runtime = new Runtime({
    definitions: [Lamp],
    store,
    log: { warn: () => {}, error: () => {} },
    limits: { snapshotEvery: 3, passivateAfterMs: 0 },
  });
  const result = await runtime.dispatch(
    {
      command_id: crypto.randomUUID(),
      command_type,
      aggregate_type: 'Lamp',
      aggregate_id: id,
      actor: 'ann',
      actor_type: 'user',
      source: 'api',
      command_timestamp: '2026-01-06T10:00:00Z',
      data,
    },
    'test',
  );
  expect(result).not.toHaveProperty('refused');
  await runtime.drain();
};

/** The store as the doctor reads it, after somebody tampered with its messages. */
const reading = (tamper: (messages: Message[]) => Message[] = (all) => all): ReadingStore => {
  const messages = async (): Promise<Message[]> => {
    const all: Message[] = [];
    for await (const entry of store.scan(Lamp, 1))
      if ('event' in entry) all.push({ ...entry, id: entry.event.aggregate_id });
      else if ('claim' in entry) all.push(entry);
    return tamper(all);
  };
  return {
    claims: (kind, keys) => store.claims(kind, keys),
    snapshot: (kind, id) => store.snapshot(kind, id),
    stream: async () => undefined,
    remembered: async () => ({ held: [], givenUp: [] }),
    alertsNotSent: async () => 0,
    snapshotIds: async () => [],
    read: async (_, id) =>
      (await messages()).flatMap((one) => ('event' in one && one.id === id ? [one.event] : [])),
    async *messages() {
      yield* await messages();
    },
    async *journal() {},
    close: () => {},
  };
};
const codes = async (from: ReadingStore): Promise<string[]> => {
  const { findings } = await examineStream(
    { store: from, definition: Lamp },
    await store.last(Lamp),
  );
  return findings.map(({ code, aggregate_id }) => `${code} ${aggregate_id}`);
};
const isEvent = (one: Message): one is Message & { event: StoredEvent } => 'event' in one;

describe('the doctor', () => {
  beforeEach(async () => {
    store = memoryStore();
    await send('a', 'HangLamp', { name: 'Hall' });
    await send('b', 'HangLamp', { name: 'Cellar' });
    await send('a', 'DimLamp', { level: 1 });
    await send('a', 'DimLamp', { level: 2 });
    await send('b', 'TakeLamp', {});
    await send('c', 'HangLamp', { name: 'Cellar' });
  });

  it('finds that a stream is not shown to its end, and ends there', async () => {
    const whole = reading();
    const cut: ReadingStore = {
      ...whole,
      async *messages(...asked) {
        for await (const message of whole.messages(...asked)) {
          if (message.sequence === 4) throw new ShowsLess(10, 4);
          yield message;
        }
      },
    };
    expect(await codes(cut)).toEqual(['STREAM_CUT null']);
  });

  it('finds nothing wrong with what Stele wrote', async () => {
    const report = await examineStream(
      { store: reading(), definition: Lamp },
      await store.last(Lamp),
    );
    expect(report).toEqual({
      stream: 'EVT_LAMP',
      aggregate_type: 'Lamp',
      messages: 10,
      events: 6,
      aggregates: 3,
      snapshots: 1,
      claims: 2,
      findings: [],
    });
    expect(await examineAggregate({ store: reading(), definition: Lamp }, 'a')).toMatchObject({
      events: 3,
      findings: [],
    });
    expect(await examineAggregate({ store: reading(), definition: Lamp }, 'z')).toBeUndefined();
  });

  it('finds an event that was altered, and does not blame the others', async () => {
    const altered = reading((all) =>
      all.map((one) =>
        isEvent(one) && one.event.data.level === 1
          ? { ...one, event: { ...one.event, data: { level: 9 } } }
          : one,
      ),
    );
    expect(await codes(altered)).toEqual(['CHAIN_BROKEN a']);
  });

  it('finds an event that is gone', async () => {
    const holed = reading((all) => all.filter((one) => !isEvent(one) || one.sequence !== 5));
    expect(await codes(holed)).toEqual(['MESSAGES_MISSING null', 'CHAIN_BROKEN a']);
    const given_up = { by: 'ann', reason: 'no backup', at: '2026-01-06T10:00:00.000Z' };
    const accepted: ReadingStore = {
      ...holed,
      remembered: async () => ({
        held: [],
        givenUp: [],
        missing: [{ sequence: 5, aggregate_id: 'a', event_type: 'LampDimmed', given_up }],
      }),
    };
    expect(await codes(accepted)).toEqual(['LOSS_ACCEPTED a', 'CHAIN_BROKEN a']);
    const cut = reading((all) => all.filter(({ sequence }) => sequence < 10));
    expect(await codes(cut)).toContain('MESSAGES_MISSING null');
  });

  it('finds a message that is no event, and looks at what follows', async () => {
    const garbled = reading((all) =>
      all.map((one) =>
        one.sequence === 1 ? { sequence: 1, id: 'a', unreadable: 'no envelope' } : one,
      ),
    );
    const found = await codes(garbled);
    expect(found).toEqual(['MESSAGE_UNREADABLE a']);
  });

  it('finds an event that stands on the subject of another aggregate', async () => {
    const moved = reading((all) =>
      all.map((one) => (isEvent(one) && one.sequence === 1 ? { ...one, id: 'x' } : one)),
    );
    expect(await codes(moved)).toContain('SUBJECT_MISMATCH x');
  });

  it('finds a well hashed event that the chart does not allow', async () => {
    const forged = reading((all) => {
      const last = all.findLast(isEvent)!;
      const { hash, sequence: _, ...event } = last.event;
      const next = seal({
        ...event,
        event_id: crypto.randomUUID(),
        aggregate_version: 2,
        previous_hash: hash,
        event_type: 'LampHung',
        data: { name: 'Loft' },
      });
      const sequence = all.length + 1;
      return [...all, { sequence, id: 'c', event: { ...next, sequence } }];
    });
    expect(await codes(forged)).toEqual(['HISTORY_MISFIT c']);
  });

  it('finds a snapshot that is not what the events say, or ahead of them', async () => {
    const snapshot = (await store.snapshot(Lamp, 'a'))!;
    await store.saveSnapshot(Lamp, 'a', {
      ...snapshot,
      state: { ...snapshot.state, data: { ...snapshot.state.data, level: 7 } },
    });
    expect(await codes(reading())).toEqual(['SNAPSHOT_WRONG a']);
    await store.saveSnapshot(Lamp, 'a', { ...snapshot, accepted: snapshot.accepted.slice(1) });
    expect(await codes(reading())).toEqual(['SNAPSHOT_WRONG a']);
    await store.saveSnapshot(Lamp, 'a', { ...snapshot, version: 9 });
    expect(await codes(reading())).toEqual(['SNAPSHOT_AHEAD a']);
    await store.saveSnapshot(Lamp, 'a', { ...snapshot, definition: 'of old', version: 9 });
    expect(await codes(reading())).toEqual([]);
  });

  it('finds a snapshot of one whose events are all gone', async () => {
    const gone = reading((all) => all.filter((one) => !('id' in one) || one.id !== 'a'));
    const found = await codes({ ...gone, snapshotIds: async () => ['a', 'b'] });
    expect(found).toContain('SNAPSHOT_AHEAD a');
    expect(found).not.toContain('SNAPSHOT_AHEAD b');
  });

  it('finds a claim that nobody, or somebody else, holds', async () => {
    const claims = { ...reading(), claims: async () => [{ sequence: 3, holder: null }] };
    expect((await codes(claims)).sort()).toEqual(['CLAIM_NOT_HELD a', 'CLAIM_NOT_HELD c']);
    await store.append({
      kind: Lamp,
      aggregate_id: 'q',
      expected: 0,
      events: [],
      claims: [{ scope: 'name', key: 'k', label: 'Attic', holder: 'b', expected: 0 }],
    });
    expect(await codes(reading())).toEqual(['CLAIM_ORPHANED b']);
  });
});
