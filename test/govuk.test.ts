import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { govukHistory } from '../imports/govuk-history/index.js';
import { runImport, type Sent } from '../src/cli/run-import.js';
import type { State } from '../src/core/aggregate.js';
import { CHAIN_START, chainBreak, type StoredEvent } from '../src/core/event.js';
import { replay } from '../src/core/fold.js';
import { isRefusal } from '../src/core/refusal.js';
import { freePort } from './support/free-port.js';
import {
  GOVUK_FILE,
  GOVUK_ROWS,
  govukVersions,
  type Portfolio,
  type Row,
  told,
} from './support/govuk-oracle.js';
import { startTestServer, type TestServer } from './support/nats.js';
import { startTestNode, type TestNode } from './support/node.js';
import { exited, kill9, outputOf, ready, stele } from './support/stele.js';

const KILLS = 3;
const LONG_MS = 180_000;

const versions = govukVersions();

/** Folds everything in the log in the order of `effective_at`, and shows the portfolio at each. */
class World {
  readonly #states = new Map<string, State>();
  readonly #node: TestNode;
  constructor(node: TestNode) {
    this.#node = node;
  }
  take(event: StoredEvent): void {
    const definition = this.#node.runtime.registry.aggregate(event.aggregate_type)!;
    const key = `${definition.slug}/${event.aggregate_id}`;
    this.#states.set(key, replay(definition, this.#states.get(key) ?? definition.initial, event));
  }
  portfolio(): Portfolio {
    const rows = new Map<string, Row>();
    for (const [key, { status, data }] of this.#states) {
      if (!key.startsWith('application/') || status === 'deleted') continue;
      const capability = data.capability_id as string | null;
      const deployments = data.deployments as readonly { server_id: string }[];
      rows.set(data.name as string, {
        owner: data.owner === 'unassigned' ? null : (data.owner as string),
        type: capability === null ? null : this.#text('business-capability', capability, 'name'),
        hosting: deployments.map(({ server_id }) => this.#text('server', server_id, 'hostname')),
        retired: status === 'retired',
      });
    }
    return rows;
  }
  #text(slug: string, id: string, field: string): string {
    return this.#states.get(`${slug}/${id}`)?.data[field] as string;
  }
}

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

describe("seven years of GOV.UK's applications", () => {
  let server: TestServer;
  let node: TestNode;
  let events: StoredEvent[];
  const importAll = async (signal?: AbortSignal) =>
    runImport({
      opened: await govukHistory.open(GOVUK_FILE),
      ...(signal && { signal }),
      send: async (command): Promise<Sent> => {
        const result = await node.runtime.dispatch(command, 'import');
        return isRefusal(result)
          ? { kind: 'refused', code: result.refused, message: result.message }
          : { kind: 'accepted', replayed: result.replayed };
      },
    });

  beforeAll(async () => {
    server = await startTestServer();
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

  it('equal, at each of the 319 commits, what the YAML of that commit says', () => {
    const world = new World(node);
    const inOrder = [...events].sort((a, b) =>
      (a.effective_at ?? '').localeCompare(b.effective_at ?? ''),
    );
    let next = 0;
    let compared = 0;
    for (const version of versions) {
      const at = new Date(version.committed_at).toISOString();
      while (next < inOrder.length && new Date(inOrder[next]!.effective_at!).toISOString() <= at)
        world.take(inOrder[next++]!);
      const expected = told(version);
      expect(world.portfolio(), version.commit).toEqual(expected);
      compared += expected.size;
    }
    expect(next).toBe(events.length);
    expect(compared).toBe(GOVUK_ROWS);
  });

  it('carry the commit: actor, correlation, effective time, a whole chain', () => {
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

  it('change nothing when they are imported again', async () => {
    const summary = await importAll();
    expect(summary).toMatchObject({ accepted: 0, replayed: 1_638 });
    expect((await everything(node)).map(lasting)).toEqual(events.map(lasting));
  });

  it(
    'give the same log when the import and the node are killed at random and started again',
    async () => {
      const other = await startTestServer();
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
