import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Application } from '../actors/application/application.js';
import type { State } from '../src/core/aggregate.js';
import { replay } from '../src/core/fold.js';
import { isRefusal } from '../src/core/refusal.js';
import { createTimeTravel } from '../src/read/time/create-time-travel.js';
import { sqliteViews } from '../src/read/views/sqlite.js';
import { fromSnapshot } from '../src/write/runtime/load.js';
import type { EventStore } from '../src/write/store/event-store.js';
import { applicationPortfolio } from '../streams/application-portfolio/application-portfolio.js';
import { createApplication, envelope } from './support/commands.js';
import { startTestServer, type TestServer } from './support/nats.js';
import { startTestNode, type TestNode } from './support/node.js';
import { until } from './support/projecting.js';

const EVENTS = 450;
const SNAPSHOT_EVERY = 50;
const ID = 'app-1';

describe('time travel on JetStream', () => {
  let server: TestServer;
  let node: TestNode;
  let states: State[];
  let times: string[];

  const accepted = async (command: object): Promise<void> => {
    const result = await node.runtime.dispatch(command, 'test');
    if (isRefusal(result)) throw new Error(result.message);
  };
  /** How many events were read while something was asked. */
  const counting = (store: EventStore) => {
    const counted = { events: 0, scans: 0 };
    const read: EventStore['read'] = async (...args) => {
      const events = await store.read(...args);
      counted.events += events.length;
      return events;
    };
    const scan: EventStore['scan'] = (kind, from) => {
      counted.scans++;
      return store.scan(kind, from);
    };
    return { counted, store: { ...store, read, scan } };
  };
  const travel = (store: EventStore) =>
    createTimeTravel({ store, ephemeral: () => sqliteViews(':memory:') });

  beforeAll(async () => {
    server = await startTestServer({ sync: 'lazy' });
    node = await startTestNode(server.url, { limits: { snapshotEvery: SNAPSHOT_EVERY } });
    await accepted(createApplication(ID));
    for (let n = 2; n <= EVENTS; n++)
      await accepted(envelope('Application', ID, 'SetOwner', { owner: `Team ${n}` }));
    const events = await node.store.read(Application, ID, 1);
    let state = Application.initial;
    states = events.map((event) => {
      state = replay(Application, state, event);
      return state;
    });
    times = events.map(({ event_timestamp }) => event_timestamp);
    const kept = async (): Promise<number> => {
      let count = 0;
      for await (const one of node.store.snapshots(Application, ID)) if (one) count++;
      return count;
    };
    await until(kept, (count) => count === EVENTS / SNAPSHOT_EVERY);
  });
  afterAll(async () => {
    await node.close();
    await server.stop();
  });

  it('tells one aggregate at any version from the snapshot before it and a few events', async () => {
    const { store, counted } = counting(node.store);
    const time = travel(store);
    for (const version of [1, 49, 50, 51, 149, 299, 300, 301, 449, 450]) {
      counted.events = 0;
      expect(await time.aggregate(Application, ID, { version })).toMatchObject({
        state: states[version - 1],
        version,
      });
      expect(counted.events).toBeLessThanOrEqual(SNAPSHOT_EVERY);
    }
    expect(counted.scans).toBe(0);
  });

  it('tells one aggregate at any time and position the same way', async () => {
    const { store, counted } = counting(node.store);
    const time = travel(store);
    for (const version of [1, 120, 250, 449]) {
      const asOf = times[version - 1]!;
      const last = times.lastIndexOf(asOf); // some are of the same millisecond
      expect(await time.aggregate(Application, ID, { asOf, effectiveAt: null })).toMatchObject({
        state: states[last],
        version: last + 1,
      });
      const [event] = (await node.store.read(Application, ID, 1)).slice(version - 1);
      const position = new Map([['application', event!.sequence]]);
      counted.events = 0;
      expect(
        await time.aggregate(Application, ID, { asOf: position, effectiveAt: null }),
      ).toMatchObject({ version });
      expect(counted.events).toBeLessThanOrEqual(200);
    }
    expect(counted.scans).toBe(0);
  });

  it('passes over snapshots of another definition, and reads the events', async () => {
    const [newest] = [await node.store.snapshot(Application, ID)];
    expect(fromSnapshot(Application, newest!)).toBeDefined();
    const strange: EventStore = {
      ...node.store,
      async *snapshots(kind, id) {
        for await (const one of node.store.snapshots(kind, id))
          yield { ...one, definition: 'another' };
      },
    };
    expect(await travel(strange).aggregate(Application, ID, { version: 333 })).toMatchObject({
      state: states[332],
    });
  });

  it('shows the documents of a projection as they were at a position', async () => {
    const time = travel(node.store);
    const [event] = (await node.store.read(Application, ID, 1)).slice(199);
    const asOf = new Map([['application', event!.sequence]]);
    const reading = await time.reading(applicationPortfolio, { asOf, effectiveAt: null });
    if (isRefusal(reading)) throw new Error(reading.message);
    const documents = await reading.store.documents(reading.slot, [ID]);
    expect(documents.get(ID)).toMatchObject({ owner: 'Team 200', version: 200 });
    await time.close();
  });
});
