import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { govukHistory } from '../imports/govuk-history/index.js';
import { runImport, type Sent } from '../src/cli/run-import.js';
import { isRefusal } from '../src/core/refusal.js';
import { freePort } from './support/free-port.js';
import { expectLifecycles } from './support/govuk-lifecycles.js';
import {
  GOVUK_FILE,
  GOVUK_ROWS,
  govukVersions,
  type Portfolio,
  type Row,
  told,
  toldDifference,
} from './support/govuk-oracle.js';
import { startTestServer, type TestServer } from './support/nats.js';
import { startTestNode } from './support/node.js';
import { AS_ADMIN, exited, ready, stele } from './support/stele.js';

const LONG_MS = 120_000;
const PAGE = 200;
const FAR_PAIRS = 60;

type Item = {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly lifecycle: string;
  readonly capability_id: string | null;
  readonly capability_name?: string | null;
  readonly deployments: readonly { readonly server_id: string; readonly hostname?: string }[];
};
type Change = {
  readonly change: 'added' | 'removed' | 'changed';
  readonly document: Item;
  readonly fields?: readonly { readonly field: string; readonly from: unknown }[];
};
type Paged<T> = { readonly items: readonly T[]; readonly next_cursor: string | null };

const versions = govukVersions();
const portfolios = versions.map(told);

/** A page after another, through the cursors that the answers name. */
const all = async <T>(url: string): Promise<T[]> => {
  const items: T[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const next = cursor === '' ? url : `${url}&cursor=${encodeURIComponent(cursor)}`;
    const response = await fetch(next, { headers: AS_ADMIN });
    const page = (await response.json()) as Paged<T>;
    if (!response.ok) throw new Error(`${next}: ${JSON.stringify(page)}`);
    items.push(...page.items);
    cursor = page.next_cursor;
  }
  return items;
};

/** What ids stand for, as the lists showed it. */
const names = { capability: new Map<string, string>(), server: new Map<string, string>() };

const rowOf = ({ owner, lifecycle, capability_id, deployments }: Item): Row => ({
  owner: owner === 'unassigned' ? null : owner,
  type: capability_id === null ? null : (names.capability.get(capability_id) ?? capability_id),
  hosting: deployments.map(({ server_id }) => names.server.get(server_id) ?? server_id),
  retired: lifecycle === 'retired',
});

const shown = (items: readonly Item[]): Portfolio => {
  for (const { capability_id, capability_name, deployments } of items) {
    if (capability_id !== null && capability_name)
      names.capability.set(capability_id, capability_name);
    for (const { server_id, hostname } of deployments)
      if (hostname) names.server.set(server_id, hostname);
  }
  return new Map(items.map((item) => [item.name, rowOf(item)]));
};

const before = ({ document, fields = [] }: Change): Item => ({
  ...document,
  ...Object.fromEntries(fields.map(({ field, from }) => [field, from])),
});

/** What a difference says of the rows it names: those that were, and those that are. */
const sides = (changes: readonly Change[]): { from: Portfolio; to: Portfolio } => {
  const was = changes.filter(({ change }) => change !== 'added').map(before);
  const is = changes.filter(({ change }) => change !== 'removed').map(({ document }) => document);
  const rows = (items: readonly Item[]): Portfolio =>
    new Map(items.map((item) => [item.name, rowOf(item)]));
  return { from: rows(was), to: rows(is) };
};

/** Pairs far from each other, the same in every run. */
const farPairs = (): [number, number][] => {
  let seed = 20_161_214;
  const next = (): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed % versions.length;
  };
  return Array.from({ length: FAR_PAIRS }, () => [next(), next()]);
};

/** The history goes in before anything is served: what is tried here is how it is asked for. */
const imported = async (natsUrl: string): Promise<void> => {
  const node = await startTestNode(natsUrl);
  const summary = await runImport({
    opened: await govukHistory.open(GOVUK_FILE),
    send: async (command): Promise<Sent> => {
      const result = await node.runtime.dispatch(command, 'import');
      return isRefusal(result)
        ? { kind: 'refused', code: result.refused, message: result.message }
        : { kind: 'accepted', replayed: result.replayed };
    },
  });
  expect(summary).toMatchObject({ steps: 319, accepted: 1_638 });
  await node.close();
};

describe('the portfolio of GOV.UK, asked for over HTTP', () => {
  let server: TestServer;
  let url: string;
  let serving: ReturnType<typeof stele>;
  const data = mkdtempSync(join(tmpdir(), 'stele-govuk-'));
  const at = (index: number): string =>
    encodeURIComponent(new Date(versions[index]!.committed_at).toISOString());

  beforeAll(async () => {
    server = await startTestServer({ sync: 'lazy' });
    await imported(server.url);
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    serving = stele(['serve'], { NATS_URL: server.url, PORT: String(port), STELE_DATA: data });
    await ready(url, serving);
  }, LONG_MS);
  afterAll(async () => {
    serving.kill('SIGTERM');
    await exited(serving);
    await server.stop();
    rmSync(data, { recursive: true, force: true });
  });

  it(
    'is at each of the 319 commits what the YAML of that commit says',
    async () => {
      let compared = 0;
      for (const [index, version] of versions.entries()) {
        const items = await all<Item>(
          `${url}/applications?effective_at=${at(index)}&limit=${PAGE}`,
        );
        expect(shown(items), version.commit).toEqual(portfolios[index]);
        compared += items.length;
      }
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
      for (const [from, to] of [...neighbours, ...farPairs()]) {
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
      }
      expect(changes).toBeGreaterThan(1_000);
    },
    LONG_MS,
  );

  it(
    'has been through the lifecycles that its events tell of',
    async () => {
      const node = await startTestNode(server.url);
      await expectLifecycles(node.store);
      await node.close();
      const path = '/views/lifecycles/statistics?aggregate_type=Application';
      const response = await fetch(`${url}${path}`, { headers: AS_ADMIN });
      const { answer } = (await response.json()) as { answer: { aggregates: number } };
      expect(answer.aggregates).toBeGreaterThan(100);
    },
    LONG_MS,
  );
});
