import { randomUUID } from 'node:crypto';
import { actors } from '../../actors/index.js';
import { eventSubject } from '../../src/core/subjects.js';
import { Runtime } from '../../src/write/runtime/runtime.js';
import { isConflict } from '../../src/write/store/event-log.js';
import { eventHeaders, headerBlock } from '../../src/write/store/nats/headers.js';
import { Mux } from '../../src/write/store/nats/mux.js';
import {
  accept,
  loadAll,
  log,
  type Opened,
  openStore,
  RAW,
  seedApplications,
} from '../fixtures.js';
import { closedLoop, type Rate, type Window } from '../measure.js';
import { AGGREGATES, create, idsOf, inTurn, ownerEvent, setOwner } from '../samples.js';
import { answerCalls } from '../worker.js';

type Cell = Window & { readonly callers: number };

let opened: Opened;
let mux: Mux;
let runtime: Runtime;
let ids: readonly string[] = [];
/** Above every number in the histories, so that each command changes the owner. */
let count = 1_000_000;

/** A sealed event that was written by a SetOwner command; only its id has to change. */
const template = ownerEvent(idsOf('template', 1)[0]!);

/** Appends on aggregates that nobody has used before, each with its expected sequence. */
const raw = (
  { callers, ...window }: Cell,
  append: (id: string, expected: number) => Promise<number>,
): Promise<Rate> => {
  const next = inTurn(callers, idsOf(`raw ${count++}`, AGGREGATES));
  const heads = new Map<string, number>();
  return closedLoop(callers, window, async (caller) => {
    const id = next(caller);
    heads.set(id, await append(id, heads.get(id) ?? 0));
  });
};

const publish = async (id: string, expected: number): Promise<number> => {
  const event = { ...template, event_id: randomUUID(), aggregate_id: id };
  const lines = `Nats-Expected-Last-Subject-Sequence: ${expected}\r\n${eventHeaders(event)}Nats-Msg-Id: ${event.event_id}\r\n`;
  const body = Buffer.from(JSON.stringify(event.data));
  const ack = await mux.request(eventSubject(RAW.slug, id), headerBlock(lines), body);
  const { seq } = JSON.parse(ack.string()) as { seq?: number };
  if (seq === undefined) throw new Error(`the server says ${ack.string()}`);
  return seq;
};

const append = async (id: string, expected: number): Promise<number> => {
  const event = { ...template, event_id: randomUUID(), aggregate_id: id };
  const result = await opened.store.append({
    kind: RAW,
    aggregate_id: id,
    expected,
    events: [event],
    claims: [],
  });
  if (isConflict(result)) throw new Error('a raw append met a conflict');
  return result.first;
};

const handlers = {
  open: async ({ url }: { url: string }): Promise<void> => {
    opened = await openStore(url);
    mux = new Mux(opened.nc);
    runtime = new Runtime({ definitions: actors, store: opened.store, log });
    ids = idsOf('inside', AGGREGATES);
    await seedApplications(opened.store, ids);
    await loadAll(runtime, ids);
  },
  /** One publish per event: what JetStream does without group commit. */
  single: (cell: Cell): Promise<Rate> => raw(cell, publish),
  /** The appender alone: group commit without commands. */
  group: (cell: Cell): Promise<Rate> => raw(cell, append),
  /** SetOwner commands through the actor system. */
  commands: ({ callers, ...window }: Cell): Promise<Rate> => {
    const next = inTurn(callers, ids);
    return closedLoop(callers, window, (caller) =>
      accept(runtime, setOwner(next(caller), count++)),
    );
  },
  /** All callers on one aggregate, a new one each time. */
  hot: async ({ callers, ...window }: Cell): Promise<Rate> => {
    const id = randomUUID();
    await accept(runtime, create(id));
    return closedLoop(callers, window, () => accept(runtime, setOwner(id, count++)));
  },
};
export type Inside = typeof handlers;

answerCalls(handlers, async () => {
  await runtime?.drain();
  await opened?.store.close();
  mux?.close();
  await opened?.nc.close();
});
