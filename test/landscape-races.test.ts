import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { watches } from '../actors/watches.js';
import { isRefusal } from '../src/core/refusal.js';
import { startWatches, type Watches } from '../src/operate/watch/start-watches.js';
import { createApplication, envelope } from './support/commands.js';
import { startTestServer, type TestServer } from './support/nats.js';
import { startTestNode, type TestNode } from './support/node.js';
import { PATIENCE_MS } from './support/patience.js';

/** Pairs of commands that race; `npm run test:long` asks for 1,000. */
const RACES = Number(process.env.STELE_TEST_RACES ?? 100);
const AT_ONCE = 10;
const LONG_MS = 2 * PATIENCE_MS + RACES * 600;

/** What a race came to, by the answers of both sides. */
type Outcomes = { deleted: number; referenced: number; neither: number; both: string[] };

describe('one deletes what another refers to, at the same time on two nodes', () => {
  let server: TestServer;
  let a: TestNode;
  let b: TestNode;
  let watching: Watches;
  /** References that were made while their target was deleted. */
  let late: readonly string[] = [];
  beforeAll(async () => {
    server = await startTestServer({ sync: 'lazy' });
    a = await startTestNode(server.url, { onAppended: () => watching?.wrote() });
    b = await startTestNode(server.url);
    const log = { warn: () => {}, error: () => {} };
    watching = startWatches({ watches, runtime: a.runtime, store: a.store, log });
  });
  afterAll(async () => {
    await watching.close();
    await a.close();
    await b.close();
    await server.stop();
  });

  const say = async (node: TestNode, command: object): Promise<string> => {
    const result = await node.runtime.dispatch(command, 'test');
    return isRefusal(result) ? result.refused : 'accepted';
  };
  const must = async (command: object): Promise<void> => {
    const result = await a.runtime.dispatch(command, 'test');
    if (isRefusal(result)) throw new Error(`${result.refused}: ${result.message}`);
  };
  const justified = { metadata: { business_justification: 'nobody needs it' } };

  /** Run all races, some at once; each answers how it ended. */
  const race = async (
    one: (index: number) => Promise<readonly [deletion: string, reference: string, about: string]>,
  ): Promise<Outcomes> => {
    const outcomes: Outcomes = { deleted: 0, referenced: 0, neither: 0, both: [] };
    for (let from = 0; from < RACES; from += AT_ONCE)
      await Promise.all(
        Array.from({ length: Math.min(AT_ONCE, RACES - from) }, async (_, n) => {
          const [deletion, reference, about] = await one(from + n);
          if (deletion === 'accepted' && reference === 'accepted') outcomes.both.push(about);
          else if (deletion === 'accepted') outcomes.deleted++;
          else if (reference === 'accepted') outcomes.referenced++;
          else outcomes.neither++;
        }),
      );
    return outcomes;
  };
  /** Open dangling-reference items by what they are about. */
  const reported = async (): Promise<ReadonlySet<string>> => {
    const about = new Set<string>();
    const item = a.runtime.registry.aggregate('WorkItem')!;
    for await (const entry of a.store.scan(item, 1))
      if ('event' in entry && entry.event.event_type === 'WorkItemOpened')
        about.add(String(entry.event.data.about_id));
    return about;
  };
  const reportsAll = async (wanted: readonly string[]): Promise<void> => {
    const start = performance.now();
    for (;;) {
      const about = await reported();
      const missing = wanted.filter((one) => !about.has(one));
      if (missing.length === 0) return;
      if (performance.now() - start > PATIENCE_MS)
        throw new Error(`${missing.length} of ${wanted.length} late references were not reported`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const told = ({ deleted, referenced, neither, both }: Outcomes, what: string): void =>
    console.log(
      `${what}: ${RACES} races, ${deleted} deleted, ${referenced} referenced, ${neither} neither, ${both.length} both and reported`,
    );

  it(
    'either is refused, or the late reference is reported: data and who reads it',
    async () => {
      await must(createApplication('reader'));
      const outcomes = await race(async (n) => {
        const id = `data-${n}`;
        await must(
          envelope('DataEntity', id, 'CreateDataEntity', {
            name: `Data ${n}`,
            classification: 'internal',
          }),
        );
        const { aggregate_id: _, ...relate } = envelope('Relation', '', 'CreateRelation', {
          source_type: 'application',
          source_id: 'reader',
          relation_type: 'reads',
          target_type: 'data_entity',
          target_id: id,
        });
        const [first, second] = n % 2 === 0 ? [a, b] : [b, a];
        const deletion = envelope('DataEntity', id, 'DeleteDataEntity', { reason: 'unused' });
        const [deleted, related] = await Promise.all([
          say(first, { ...deletion, ...justified }),
          second.runtime.dispatch(relate, 'test'),
        ]);
        const about = isRefusal(related) ? '' : related.aggregate_id;
        return [deleted, isRefusal(related) ? related.refused : 'accepted', about] as const;
      });
      expect(outcomes.neither).toBeLessThan(RACES / 4);
      await reportsAll(outcomes.both);
      told(outcomes, 'data entities');
      late = outcomes.both;
      // And nothing is reported that is not so.
      expect((await reported()).size).toBe(outcomes.both.length);
    },
    LONG_MS,
  );

  it(
    'either is refused, or the late reference is reported: servers and what runs there',
    async () => {
      const outcomes = await race(async (n) => {
        const [id, app] = [`server-${n}`, `app-${n}`];
        await must(createApplication(app));
        await must(
          envelope('Server', id, 'CreateServer', {
            hostname: `host-${n}`,
            environment: 'prod',
            criticality: 'low',
          }),
        );
        const [first, second] = n % 2 === 0 ? [a, b] : [b, a];
        const deletion = envelope('Server', id, 'DeleteServer', { reason: 'unused' });
        const [deleted, deployed] = await Promise.all([
          say(first, { ...deletion, ...justified }),
          say(second, envelope('Application', app, 'AssignToServer', { server_id: id })),
        ]);
        return [deleted, deployed, app] as const;
      });
      await reportsAll(outcomes.both);
      told(outcomes, 'servers');
    },
    LONG_MS,
  );

  it('is resolved once the reference is removed', async () => {
    const [about] = late;
    if (about === undefined) throw new Error('no race was lost in the first test');
    const reason = 'its target is gone';
    await must({ ...envelope('Relation', about, 'DeleteRelation', { reason }), ...justified });
    const open = async (): Promise<boolean> => {
      const item = a.runtime.registry.aggregate('WorkItem')!;
      for await (const entry of a.store.scan(item, 1))
        if ('event' in entry && entry.event.data.about_id === about)
          return (await a.runtime.state(item, entry.event.aggregate_id)).status !== 'resolved';
      throw new Error('there is no item');
    };
    const start = performance.now();
    while (await open()) {
      if (performance.now() - start > PATIENCE_MS) throw new Error('still open');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  });
});
