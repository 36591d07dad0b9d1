import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { govukHistory } from '../imports/govuk-history/index.js';
import { runImport, type Sent } from '../src/cli/run-import.js';
import { CHAIN_START, chainBreak, type StoredEvent } from '../src/core/event.js';
import { isRefusal } from '../src/core/refusal.js';
import { atOnce } from './support/at-once.js';
import { freePort } from './support/free-port.js';
import { expectLifecycles } from './support/govuk-lifecycles.js';
import {
  GOVUK_FILE,
  GOVUK_ROWS,
  govukVersions,
  told,
  toldDifference,
} from './support/govuk-oracle.js';
import {
  all,
  type Change,
  type Item,
  learnNames,
  PAGE,
  shown,
  sides,
} from './support/govuk-over-http.js';
import { GovukWorld } from './support/govuk-world.js';
import { startTestServer, type TestServer } from './support/nats.js';
import { startTestNode, type TestNode } from './support/node.js';
import { AS_ADMIN, exited, kill9, outputOf, ready, stele } from './support/stele.js';

const KILLS = 3;
const LONG_MS = 300_000;
const FAR_PAIRS = 24;
/** Questions under way at once. */
const AT_ONCE = 4;

const versions = govukVersions();
const portfolios = versions.map(told);

const everything = async (node: TestNode): Promise<StoredEvent[]> => {
  const events: StoredEvent[] = [];
  for (const definition of node.runtime.registry.definitions)
    for await (const entry of node.store.scan(definition, 1))
      if ('event' in entry) events.push(entry.event);
  return events;
};
/** What of an event is the same in every import of the same file. */
const lasting = (event: StoredEvent) => {
  const { event_timestamp: _, hash: __, previous_hash: ___, traceparent: ____, ...rest } = event;
  return rest;
};

// No nats-server is killed here: what one was given it still has, whoever else ends.
let server: TestServer;
let node: TestNode;
let events: StoredEvent[];
const importAll = async () =>
  runImport({
    opened: await govukHistory.open(GOVUK_FILE),
    send: async (command): Promise<Sent> => {
      const result = await node.runtime.dispatch(command, 'import');
      return isRefusal(result)
        ? { kind: 'refused', code: result.refused, message: result.message }
        : { kind: 'accepted', replayed: result.replayed };
    },
  });

beforeAll(async () => {
  server = await startTestServer({ sync: 'lazy' });
  node = await startTestNode(server.url);
  const summary = await importAll();
  expect(summary).toMatchObject({ steps: 319, accepted: 1_638, replayed: 0 });
  expect(summary.refused.size).toBe(0);
  events = await everything(node);
}, LONG_MS);
afterAll(async () => {
  await node.close();
  await server.stop();
});

describe.concurrent("seven years of GOV.UK's applications, imported over kills", () => {
  it(
    'give the same log when the import and the node are killed at random and started again',
    async () => {
      const other = await startTestServer({ sync: 'lazy' });
      const port = await freePort();
      const url = `http://127.0.0.1:${port}`;
      const env = { NATS_URL: other.url, PORT: String(port) };
      let serving = stele(['serve'], env);
      await ready(url, serving);
      for (let kill = 0; kill < KILLS; kill++) {
        const importing = stele(['import', 'govuk-history', GOVUK_FILE, '--server', url], {});
        await new Promise((wake) => setTimeout(wake, 800 + Math.random() * 1_200));
        await kill9(importing);
        if (kill % 2 === 0) continue;
        await kill9(serving);
        serving = stele(['serve'], env);
        await ready(url, serving);
      }
      const last = stele(['import', 'govuk-history', GOVUK_FILE, '--server', url], {});
      expect(await exited(last), outputOf(last)).toBe(0);
      const here = await startTestNode(other.url);
      expect((await everything(here)).map(lasting)).toEqual(events.map(lasting));
      await here.close();
      serving.kill('SIGTERM');
      expect(await exited(serving), outputOf(serving)).toBe(0);
      await other.stop();
    },
    LONG_MS,
  );
});

describe.concurrent("the portfolio of seven years of GOV.UK's applications, over HTTP", () => {
  let url: string;
  let serving: ReturnType<typeof stele>;
  const data = mkdtempSync(join(tmpdir(), 'stele-govuk-'));
  const at = (index: number): string =>
    encodeURIComponent(new Date(versions[index]!.committed_at).toISOString());
  /** Pairs far from each other, the same in every run. */
  const farPairs = (): [number, number][] => {
    let seed = 20_161_214;
    const next = (): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed % versions.length;
    };
    return Array.from({ length: FAR_PAIRS }, () => [next(), next()]);
  };

  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    serving = stele(['serve'], { NATS_URL: server.url, PORT: String(port), STELE_DATA: data });
    await ready(url, serving);
    await learnNames(url, at(versions.length - 1));
  }, LONG_MS);
  afterAll(async () => {
    serving.kill('SIGTERM');
    await exited(serving);
    rmSync(data, { recursive: true, force: true });
  });

  // This and the next go through the same moments in the same order: an answer serves both.
  it(
    'is at each of the 319 commits what the YAML of that commit says',
    async () => {
      let compared = 0;
      await atOnce(AT_ONCE, versions, async (version, index) => {
        const items = await all<Item>(
          `${url}/applications?effective_at=${at(index)}&limit=${PAGE}`,
        );
        expect(shown(items), version.commit).toEqual(portfolios[index]);
        compared += items.length;
      });
      expect(versions).toHaveLength(319);
      expect(compared).toBe(GOVUK_ROWS);
    },
    LONG_MS,
  );

  it(
    'differs between any two commits as their files do',
    async () => {
      const neighbours = versions.slice(1).map((_, index) => [index, index + 1] as const);
      let changes = 0;
      await atOnce(AT_ONCE, [...neighbours, ...farPairs()], async ([from, to]) => {
        const ends = `from=${at(from)}&to=${at(to)}`;
        const found = await all<Change>(
          `${url}/views/application-portfolio/diff?clock=effective&${ends}&limit=${PAGE}`,
        );
        const named = sides(found);
        const which = `${versions[from]!.commit} → ${versions[to]!.commit}`;
        const expected = toldDifference(portfolios[from]!, portfolios[to]!);
        expect(toldDifference(named.from, named.to), which).toEqual(expected);
        for (const [name, row] of named.from)
          expect(row, which).toEqual(portfolios[from]!.get(name));
        for (const [name, row] of named.to) expect(row, which).toEqual(portfolios[to]!.get(name));
        changes += expected.added.length + expected.removed.length + expected.changed.length;
      });
      expect(changes).toBeGreaterThan(1_000);
    },
    LONG_MS,
  );

  it('has been through the lifecycles that its events tell of', async ({ expect }) => {
    const path = '/views/lifecycles/statistics?aggregate_type=Application';
    const counted = async (): Promise<number> => {
      const response = await fetch(`${url}${path}`, { headers: AS_ADMIN });
      const { answer } = (await response.json()) as { answer: { aggregates: number } };
      return answer.aggregates;
    };
    // A node that is ready may still be taking in what was there before it.
    await expect.poll(counted).toBeGreaterThan(100);
  });
});

describe.concurrent("the log of seven years of GOV.UK's applications", () => {
  it(
    'gives, folded up to each of the 319 commits, what the YAML of that commit says',
    async () => {
      const world = new GovukWorld(node.runtime.registry);
      const inOrder = [...events].sort((a, b) =>
        (a.effective_at ?? '').localeCompare(b.effective_at ?? ''),
      );
      let next = 0;
      let compared = 0;
      for (const [index, version] of versions.entries()) {
        const at = new Date(version.committed_at).toISOString();
        while (next < inOrder.length && new Date(inOrder[next]!.effective_at!).toISOString() <= at)
          world.take(inOrder[next++]!);
        const expected = portfolios[index]!;
        expect(world.portfolio(), version.commit).toEqual(expected);
        compared += expected.size;
      }
      expect(next).toBe(events.length);
      expect(compared).toBe(GOVUK_ROWS);
    },
    LONG_MS,
  );

  it('carries the commit: actor, correlation, effective time, a whole chain', () => {
    const heads = new Map<string, typeof CHAIN_START>();
    const correlations = new Map<string, Set<string>>();
    for (const event of events) {
      expect(event).toMatchObject({
        source: 'import',
        actor: expect.stringMatching(/^dev-[0-9a-f]{8}$/),
      });
      correlations.set(
        event.effective_at!,
        (correlations.get(event.effective_at!) ?? new Set()).add(event.correlation_id!),
      );
      expect(chainBreak(heads.get(event.aggregate_id) ?? CHAIN_START, event)).toBeUndefined();
      heads.set(event.aggregate_id, { version: event.aggregate_version, hash: event.hash });
    }
    for (const [, of] of correlations) expect(of.size).toBe(1);
  });

  it(
    'does not change when they are imported again',
    async () => {
      const summary = await importAll();
      expect(summary).toMatchObject({ accepted: 0, replayed: 1_638 });
      expect((await everything(node)).map(lasting)).toEqual(events.map(lasting));
    },
    LONG_MS,
  );

  it(
    'tells of the lifecycles that its events tell of, in every read store',
    () => expectLifecycles(node.store),
    LONG_MS,
  );
});
