import { jetstream } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { Application } from '../actors/application/application.js';
import { actors } from '../actors/index.js';
import type { EventRecord } from '../src/core/event.js';
import { isRefusal } from '../src/core/refusal.js';
import { eventStream } from '../src/core/subjects.js';
import type { Log } from '../src/write/runtime/log.js';
import type { Runtime } from '../src/write/runtime/runtime.js';
import { isConflict, type Kind } from '../src/write/store/event-log.js';
import type { EventStore } from '../src/write/store/event-store.js';
import { textOf } from '../src/write/store/nats/headers.js';
import { type NatsStore, natsStore } from '../src/write/store/nats/nats-store.js';
import { defaultTopology } from '../src/write/store/topology.js';
import { ownerEvents, typicalHistory } from './samples.js';

/** A stream like those of the actors, for appends that nobody decided. */
export const RAW: Kind = { name: 'RawAppends', slug: 'raw-appends' };

/** Appends of a preparation that are under way at a time. */
const PREPARING_AT_ONCE = 400;
/** Messages that the raw consumer asks for at once. */
const RAW_MESSAGES = 10_000;
/** Loads under way at a time. */
const LOADING_AT_ONCE = 64;

export type Opened = { readonly nc: NatsConnection; readonly store: NatsStore };

export const openStore = async (url: string): Promise<Opened> => {
  const nc = await connect({ servers: [url] });
  return {
    nc,
    store: await natsStore(nc, { kinds: [...actors, RAW], topology: defaultTopology, replicas: 1 }),
  };
};

/** What the runtime says goes to the terminal: nothing is expected. */
export const log: Log = {
  warn: (what, message) => console.error(message, what),
  error: (what, message) => console.error(message, what),
};

/** Work on many things, a bounded number at a time. */
export const eachOf = async <T>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<void>,
  atOnce = PREPARING_AT_ONCE,
): Promise<void> => {
  const left = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of left) await work(item, index);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
};

/** Append to one application, which nobody else writes. Returns the sequence of the last event. */
export const appendTo = async (
  store: EventStore,
  events: readonly EventRecord[],
  expected: number,
): Promise<number> => {
  const [{ aggregate_id }] = events as [EventRecord];
  const append = { kind: Application, aggregate_id, expected, events, claims: [] };
  const result = await store.append(append);
  if (isConflict(result)) throw new Error('somebody else writes the applications of the benchmark');
  return result.first + events.length - 1;
};

/**
 * Applications with a history of 6 to 105 events each, so that the snapshots they cause are spread
 * evenly over the commands that follow, as they are over a landscape; with `most`, of fewer.
 */
export const seedApplications = (
  store: EventStore,
  ids: readonly string[],
  most = 100,
): Promise<void> =>
  eachOf(ids, async (id, index) => {
    const typical = typicalHistory(id);
    const more = ownerEvents(typical[typical.length - 1]!, 2, index % most);
    await appendTo(store, [...typical, ...more], 0);
  });

/** Have applications in memory before they are sent commands. */
export const loadAll = (runtime: Runtime, ids: readonly string[]): Promise<void> =>
  eachOf(ids, async (id) => void (await runtime.state(Application, id)), LOADING_AT_ONCE);

/** Send a command that must be accepted. */
export const accept = async (runtime: Runtime, command: object): Promise<void> => {
  const result = await runtime.dispatch(command, 'bench');
  if (isRefusal(result)) throw new Error(`${result.refused}: ${result.message}`);
};

/** Events per second from a consumer to a callback that parses their data, and no more. */
export const consumed = async (nc: NatsConnection, upTo: number): Promise<number> => {
  const consumer = await jetstream(nc).consumers.get(eventStream(Application.slug));
  const start = performance.now();
  const messages = await consumer.consume({ max_messages: RAW_MESSAGES });
  for await (const msg of messages) {
    JSON.parse(textOf(msg));
    if (msg.seq >= upTo) break;
  }
  const rate = (upTo / (performance.now() - start)) * 1000;
  await messages.close();
  return rate;
};
