import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineAggregate } from '../src/core/define-aggregate.js';
import { command } from '../src/core/message.js';
import { isRefusal } from '../src/core/refusal.js';
import { Runtime } from '../src/write/runtime/runtime.js';
import type { LogEntry } from '../src/write/store/event-log.js';
import type { NatsStore } from '../src/write/store/nats/nats-store.js';
import { envelope } from './support/commands.js';
import { startTestServer, type TestServer } from './support/nats.js';
import { openTestStore } from './support/test-store.js';

/** The server cuts an answer at 64 MiB (`max_pending`): this is more. */
const NOTES = 80;
const NOTE_BYTES = 950_000;

const Noted = z.object({ level: z.int(), text: z.string() });
const Note = defineAggregate({
  name: 'Note',
  summary: 'A long text that is written again and again.',
  events: { NoteSet: Noted },
  commands: { SetNote: command({ data: Noted, emits: ['NoteSet'], roles: ['writer'] }) },
  data: z.object({ level: z.int().default(0) }),
  chart: {
    initial: 'absent',
    states: { absent: { on: { NoteSet: 'there' } }, there: { on: { NoteSet: {} } } },
  },
  evolve: { NoteSet: (_, { level }) => ({ level }) },
  decide: {
    SetNote: ({ data }, next) =>
      data.level === next.level ? [] : [{ type: 'NoteSet', data: next }],
  },
});
const log = { warn: () => {}, error: () => {} };

describe('a history of more bytes than the server gives at once', () => {
  let server: TestServer;
  let nc: NatsConnection;
  let store: NatsStore;
  let runtime: Runtime;
  const setNote = async (level: number): Promise<string> => {
    const text = 'x'.repeat(NOTE_BYTES);
    const result = await runtime.dispatch(
      envelope('Note', 'n', 'SetNote', { level, text }),
      'test',
    );
    return isRefusal(result) ? result.refused : 'accepted';
  };
  beforeAll(async () => {
    server = await startTestServer({ sync: 'lazy' });
    nc = await connect({ servers: server.url });
    store = await openTestStore(nc, { kinds: [Note] });
    runtime = new Runtime({
      definitions: [Note],
      store,
      log,
      limits: { snapshotEvery: Number.MAX_SAFE_INTEGER },
    });
    for (let level = 1; level <= NOTES; level++) expect(await setNote(level)).toBe('accepted');
  });
  afterAll(async () => {
    await runtime.drain();
    await store.close();
    await nc.close();
    await server.stop();
  });

  it('is read and scanned to its end', async () => {
    const versions = (await store.read(Note, 'n', 1)).map((event) => event.aggregate_version);
    expect(versions).toEqual(Array.from({ length: NOTES }, (_, index) => index + 1));
    const scanned: LogEntry[] = [];
    for await (const entry of store.scan(Note, 1)) scanned.push(entry);
    expect(scanned).toHaveLength(NOTES);
  });

  it('is what commands are decided on after the actor left memory', async () => {
    runtime.passivate();
    expect((await runtime.state(Note, 'n')).version).toBe(NOTES);
    runtime.passivate();
    expect(await setNote(NOTES)).toBe('NO_CHANGE');
    expect(await setNote(NOTES - 9)).toBe('accepted');
  });
});
