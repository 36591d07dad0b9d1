import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHAIN_START, chainBreak } from '../src/core/event.js';
import { isConflict } from '../src/write/store/event-log.js';
import { startTestCluster, type TestCluster } from './support/cluster.js';
import { chain, KIND, OTHER_KIND } from './support/events.js';
import { jetStreamOf } from './support/jet-stream-of.js';
import { openTestStore } from './support/test-store.js';

const WRITERS = 16;
const KILL_AFTER_MS = 1_000;
/** Written by each writer after the leader was killed: they go on. */
const WRITTEN_AFTER = 20;

describe('three replicas, and the leader is killed under load', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startTestCluster();
  });
  afterAll(() => cluster.stop());

  it('every acknowledged append is there once, and the writers go on', async () => {
    const nc = await cluster.connect();
    const store = await openTestStore(nc, { kinds: [KIND, OTHER_KIND], replicas: 3 });
    const jsm = await jetStreamOf(nc);
    const { cluster: where } = await jsm.streams.info('EVT_LAMP');
    const leader = Number(where!.leader!.split('-')[1]) - 1;
    let isKilled = false;
    const killed = pause(KILL_AFTER_MS)
      .then(() => cluster.kill9(leader))
      .then(() => {
        isKilled = true;
      });
    let unknown = 0;
    const writer = async (n: number): Promise<{ id: string; hashes: string[] }> => {
      const id = `lamp-${n}`;
      const hashes: string[] = [];
      let expected = 0;
      let after = 0;
      while (after < WRITTEN_AFTER) {
        const [event] = chain(id, 1, { from: hashes.length + 1, head: hashes.at(-1) ?? null });
        const append = { kind: KIND, aggregate_id: id, expected, events: [event!], claims: [] };
        const wasKilled = isKilled;
        for (;;) {
          const result = await store.append(append).catch((fault: { code: string }) => {
            // Or it waited too long to be sent at all.
            expect(fault.code).toBeOneOf(['OUTCOME_UNKNOWN', 'STORE_UNAVAILABLE']);
            unknown++;
            return undefined;
          });
          if (!result) continue; // sent again as it is: the expected sequence keeps it single
          if (isConflict(result)) {
            // Only an earlier attempt of the same append can have taken the place.
            const last = (await store.read(KIND, id, expected + 1)).at(-1);
            expect(last?.hash).toBe(event!.hash);
            expected = last!.sequence;
          } else expected = result.first;
          break;
        }
        hashes.push(event!.hash);
        if (wasKilled) after++;
      }
      return { id, hashes };
    };
    const written = await Promise.all(Array.from({ length: WRITERS }, (_, n) => writer(n)));
    await killed;
    for (const { id, hashes } of written) {
      const events = await store.read(KIND, id, 1);
      expect(events.map(({ hash }) => hash)).toEqual(hashes);
      let head = CHAIN_START;
      for (const event of events) {
        expect(chainBreak(head, event)).toBeUndefined();
        head = { version: event.aggregate_version, hash: event.hash };
      }
    }
    const total = written.reduce((sum, { hashes }) => sum + hashes.length, 0);
    process.stderr.write(
      `cluster: leader killed, ${total} acknowledged, ${store.appendStats().uncertain} doubts, ${unknown} unknown, 0 lost, 0 twice\n`,
    );
    await store.close();
    await nc.close();
  });
});
