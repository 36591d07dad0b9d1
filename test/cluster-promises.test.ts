import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Application } from '../actors/application/application.js';
import { actors } from '../actors/index.js';
import { isRefusal } from '../src/core/refusal.js';
import type { Accepted } from '../src/write/runtime/outcome.js';
import { Runtime } from '../src/write/runtime/runtime.js';
import { startTestCluster, type TestCluster } from './support/cluster.js';
import { createApplication, envelope, uuid } from './support/commands.js';
import { PATIENCE_MS } from './support/patience.js';
import { openTestStore } from './support/test-store.js';

const STREAM = 'EVT_APPLICATION';
const SERVERS = [0, 1, 2];
/** What was written, now or before. */
const WRITTEN = ['accepted', 'replayed'];
const SILENT = { warn: () => {}, error: () => {} };
/** Longer than an answer is waited for, shorter than an outcome is looked into. */
const STALL_MS = 5_000;
const TOGETHER = 60;
const LANES = 8;
const ROUNDS = 12;

let cluster: TestCluster;
const closing: (() => Promise<void>)[] = [];
beforeAll(async () => {
  cluster = await startTestCluster();
  // Whoever comes first makes the streams.
  const { close } = await nodeAt(0);
  await close();
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});
afterAll(() => cluster.stop());

const nodeAt = async (server: number) => {
  const nc = await cluster.connect(server);
  const store = await openTestStore(nc, { kinds: actors, replicas: 3 });
  const runtime = new Runtime({ definitions: actors, store, log: SILENT });
  const close = async (): Promise<void> => {
    await runtime.drain();
    await store.close();
    await nc.close();
  };
  return { runtime, store, close };
};
/** A node on one of the servers, until the test is over. */
const node = async (server: number) => {
  const one = await nodeAt(server);
  closing.push(one.close);
  return one;
};

/** What a command came to: its acceptance, or a code. */
const told = async (runtime: Runtime, command: object): Promise<Accepted | string> => {
  try {
    const result = await runtime.dispatch(command, 'test');
    return isRefusal(result) ? result.refused : result;
  } catch (error) {
    return (error as { code: string }).code;
  }
};
/** The same in one word. */
const wordOf = (answer: Accepted | string): string =>
  typeof answer === 'string' ? answer : answer.replayed ? 'replayed' : 'accepted';
const word = async (runtime: Runtime, command: object): Promise<string> =>
  wordOf(await told(runtime, command));

/**
 * The same, once the store can be reached and says: a server that goes on has to find the others
 * first. What was written before it could be said is replayed.
 */
const whenReached = async (runtime: Runtime, command: object): Promise<string> => {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = await word(runtime, command);
    const isOpen = answer === 'STORE_UNAVAILABLE' || answer === 'OUTCOME_UNKNOWN';
    if (!isOpen || performance.now() > until) return answer;
    await pause(50);
  }
};

describe('both followers stand still for 5 s', () => {
  it('nobody is told that nothing was written of what is written when they go on', async () => {
    const leader = await cluster.leaderOf(STREAM);
    const { runtime, store } = await node(leader);
    const ids = [uuid(), uuid(), uuid()];
    for (const id of ids) expect(await word(runtime, createApplication(id))).toBe('accepted');
    const commands = ids.map((id) => envelope('Application', id, 'SetOwner', { owner: 'late' }));
    const followers = SERVERS.filter((server) => server !== leader);
    for (const server of followers) cluster.signal(server, 'SIGSTOP');
    const answers = commands.map((command) => word(runtime, command));
    await pause(STALL_MS);
    for (const server of followers) cluster.signal(server, 'SIGCONT');
    for (const [index, answer] of (await Promise.all(answers)).entries()) {
      expect(['accepted', 'OUTCOME_UNKNOWN']).toContain(answer);
      expect(await whenReached(runtime, commands[index]!)).toBeOneOf(WRITTEN);
      const events = await store.read(Application, ids[index]!, 1);
      expect(events.map(({ event_type }) => event_type)).toEqual([
        'ApplicationCreated',
        'OwnerSet',
      ]);
    }
  });
});

describe('one command sent to two nodes at once', () => {
  it('is accepted by one, and the other gives the same answer', async () => {
    const [a, b] = [await node(0), await node(1)];
    for (let round = 0; round < TOGETHER; round++) {
      const command = createApplication(uuid());
      const [one, other] = await Promise.all([told(a.runtime, command), told(b.runtime, command)]);
      // Both may have made the very same event, and then both wrote it.
      for (const answer of [one, other]) expect(['accepted', 'replayed']).toContain(wordOf(answer));
      expect([wordOf(one), wordOf(other)]).toContain('accepted');
      const first = { ...(one as Accepted), replayed: false };
      expect({ ...(other as Accepted), replayed: false }).toEqual(first);
      expect(await a.store.read(Application, command.aggregate_id, 1)).toHaveLength(1);
    }
  });
});

describe('what one node acknowledged', () => {
  it('the other knows at once: what was created is there, and a name that was released is free', async () => {
    const leader = await cluster.leaderOf(STREAM);
    const a = await node(leader);
    const b = await node((leader + 1) % SERVERS.length);
    const counts: Record<string, number> = {};
    const count = (what: string, answer: string): void => {
      counts[`${what}: ${answer}`] = (counts[`${what}: ${answer}`] ?? 0) + 1;
    };
    const lane = async (_: unknown, lane: number): Promise<void> => {
      for (let round = 0; round < ROUNDS; round++) {
        const [id, name] = [uuid(), `Name ${lane} ${round}`];
        await told(a.runtime, createApplication(id, { name }));
        const renamed = envelope('Application', id, 'RenameApplication', { name: id });
        count('renamed there', await word(b.runtime, renamed));
        count('retried here', await word(a.runtime, renamed));
        count('its name taken here', await word(a.runtime, createApplication(uuid(), { name })));
        // And written by one, released by the same at once: its own claim is seen.
        const own = uuid();
        await told(b.runtime, createApplication(own, { name: own }));
        const away = envelope('Application', own, 'RenameApplication', { name: `${own}.` });
        count('renamed at once', await word(b.runtime, away));
        count('taken at once', await word(a.runtime, createApplication(uuid(), { name: own })));
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    expect(counts).toEqual({
      'renamed there: accepted': LANES * ROUNDS,
      'retried here: replayed': LANES * ROUNDS,
      'its name taken here: accepted': LANES * ROUNDS,
      'renamed at once: accepted': LANES * ROUNDS,
      'taken at once: accepted': LANES * ROUNDS,
    });
  });
});

describe('a server that stands still, and goes on far behind', () => {
  it('tells its node of nothing that was long otherwise', async () => {
    const leader = await cluster.leaderOf(STREAM);
    const follower = (leader + 1) % SERVERS.length;
    const [a, b] = [await node(leader), await node(follower)];
    expect(await word(b.runtime, createApplication(uuid()))).toBe('accepted');
    cluster.signal(follower, 'SIGSTOP');
    const ids: string[] = [];
    const until = performance.now() + STALL_MS;
    const writers = Array.from({ length: LANES * 2 }, async () => {
      while (performance.now() < until) {
        const id = uuid();
        if ((await word(a.runtime, createApplication(id))) === 'accepted') ids.push(id);
      }
    });
    await Promise.all(writers);
    cluster.signal(follower, 'SIGCONT');
    const late = ids.slice(-LANES * ROUNDS).reverse();
    const words = await Promise.all(
      late.map((id) =>
        whenReached(b.runtime, envelope('Application', id, 'SetOwner', { owner: 'somebody' })),
      ),
    );
    for (const one of words) expect(one).toBeOneOf(WRITTEN);
  });
});

describe('following events, while a server is gone', () => {
  it('goes on by itself, without gap or duplicate', async () => {
    const leader = await cluster.leaderOf(STREAM);
    const a = await node(leader);
    const followers = SERVERS.filter((server) => server !== leader);
    const from = (await a.store.last(Application)) + 1;
    const stop = new AbortController();
    const written: string[] = [];
    const follow = async (seen: string[]): Promise<void> => {
      for (let next = from; !stop.signal.aborted; ) {
        try {
          for await (const event of a.store.follow(Application, next, stop.signal)) {
            seen.push(event.aggregate_id);
            next = event.sequence + 1;
          }
        } catch {
          await pause(100); // nobody leads the stream
        }
      }
    };
    // A consumer has one server: with so many, one of them is at the server that goes.
    const all = SERVERS.flatMap(() => [[], []] as string[][]);
    const following = all.map(follow);
    const write = async (): Promise<void> => {
      const id = uuid();
      expect(await whenReached(a.runtime, createApplication(id))).toBeOneOf(WRITTEN);
      written.push(id);
    };
    const caughtUp = async (): Promise<void> => {
      const deadline = performance.now() + PATIENCE_MS;
      while (all.some((seen) => seen.length < written.length)) {
        if (performance.now() > deadline) break;
        await pause(50);
      }
      for (const seen of all) expect(seen).toEqual(written);
    };
    await write();
    await caughtUp();
    for (const server of followers) {
      await cluster.kill9(server);
      await write();
      await caughtUp();
      await cluster.restart(server);
      await cluster.leaderOf(STREAM);
    }
    stop.abort();
    await Promise.all(following);
  });
});
