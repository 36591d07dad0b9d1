import { setTimeout as pause } from 'node:timers/promises';
import { Application } from '../../../actors/application/application.js';
import { actors } from '../../../actors/index.js';
import { Integration } from '../../../actors/integration/integration.js';
import { roles } from '../../../actors/roles.js';
import type { Aggregate } from '../../../src/core/aggregate.js';
import type { StoredEvent } from '../../../src/core/event.js';
import { KeyBucket } from '../../../src/edge/access/key-bucket.js';
import { makeKey } from '../../../src/edge/access/make-key.js';
import type { TestCluster } from '../cluster.js';
import { PATIENCE_MS } from '../patience.js';
import { openTestStore } from '../test-store.js';
import { startWholeNode, type WholeNode } from '../whole-node.js';
import type { Person } from './crowd.js';
import type { Logged } from './truth.js';

const REPLICAS = 3;
const ADMIN_KEY = 'correct-horse-battery';
const LOOK_EVERY_MS = 50;

const PEOPLE = {
  architect: { roles: ['architect'], teams: null },
  a: { roles: ['owner'], teams: ['team-a'] },
  b: { roles: ['owner'], teams: ['team-b'] },
  auditor: { roles: ['auditor'], teams: null },
} as const;
type Name = keyof typeof PEOPLE;

/** Two whole nodes, each at a server of its own, and people whom both know. */
export type TwoNodes = {
  readonly nodes: readonly WholeNode[];
  readonly urls: readonly string[];
  readonly people: { readonly [name in Name]: Person };
  close(): Promise<void>;
};

const makePeople = async (cluster: TestCluster): Promise<TwoNodes['people']> => {
  const nc = await cluster.connect();
  const bucket = await KeyBucket.open(nc, REPLICAS);
  const known = Object.entries(PEOPLE).map(async ([name, { roles: own, teams }]) => {
    const wanted = { actor: name, roles: [...own], teams: [...(teams ?? [])], created_by: 'test' };
    const { key, text } = makeKey(wanted, { now: Date.now() });
    await bucket.create(key);
    return [name, { key: text, teams }] as const;
  });
  const people = Object.fromEntries(await Promise.all(known)) as TwoNodes['people'];
  await nc.close();
  return people;
};

/** A node hears of a new key a moment after it was made. */
const untilKnown = async ({ url }: WholeNode, { key }: Person): Promise<void> => {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const { status } = await fetch(`${url}/session`, { headers: { 'x-api-key': key } });
    if (status === 200) return;
    if (performance.now() > deadline) throw new Error(`${url} does not know a key: ${status}`);
    await pause(LOOK_EVERY_MS);
  }
};

export const startTwoNodes = async (cluster: TestCluster): Promise<TwoNodes> => {
  const start = (server: number): Promise<WholeNode> =>
    startWholeNode(
      cluster.urls[server]!,
      { ...cluster.env, STELE_ADMIN_KEY: ADMIN_KEY },
      { roles, limits: { failuresPerMinute: 0 } },
    );
  // One after the other: the first one makes the streams.
  const nodes = [await start(0), await start(1)];
  const people = await makePeople(cluster);
  await Promise.all(
    nodes.flatMap((node) => Object.values(people).map((person) => untilKnown(node, person))),
  );
  return {
    nodes,
    people,
    urls: nodes.map(({ url }) => url),
    close: async () => {
      await Promise.all(nodes.map((node) => node.close()));
    },
  };
};

/** The whole log as it is once everything is quiet, read by a connection of its own. */
export const readLog = async (
  cluster: TestCluster,
): Promise<Readonly<Record<'application' | 'integration', Logged>>> => {
  const nc = await cluster.connect();
  const store = await openTestStore(nc, { kinds: actors, replicas: REPLICAS });
  const whole = async (kind: Aggregate): Promise<Logged> => {
    const events: StoredEvent[] = [];
    let last = 0;
    for await (const entry of store.scan(kind, 1)) {
      if ('unreadable' in entry) throw new Error(`${entry.unreadable} cannot be read`);
      if ('event' in entry) events.push({ ...entry.event, sequence: entry.sequence });
      last = entry.sequence;
    }
    return { events, last };
  };
  const log = { application: await whole(Application), integration: await whole(Integration) };
  await store.close();
  await nc.close();
  return log;
};
