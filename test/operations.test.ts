import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { connect } from '@nats-io/transport-node';
import { parser } from '@prometheus-io/lezer-promql';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { commandLine } from './support/command-line.js';
import { createApplication, envelope, uuid } from './support/commands.js';
import { jetStreamOf } from './support/jet-stream-of.js';
import { startTestServer, type TestServer } from './support/nats.js';
import { PATIENCE_MS, PATIENTLY } from './support/patience.js';
import { startWholeNode, type WholeNode } from './support/whole-node.js';

const read = (file: string): string =>
  readFileSync(new URL(`../docs/${file}`, import.meta.url), 'utf8');

type Rule = {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity?: string };
  readonly annotations: Readonly<Record<string, string>>;
};
type Panel = {
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number };
  readonly targets?: readonly { readonly expr: string }[];
};
const rules = (
  parse(read('operations/prometheus-rules.yml')) as {
    readonly groups: readonly { readonly rules: readonly Rule[] }[];
  }
).groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(read('operations/grafana-dashboard.json')) as {
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly type: string }[];
  };
};

/** What Grafana puts in before it asks. */
const interpolated = (expr: string): string =>
  expr.replaceAll('$__rate_interval', '1m').replaceAll(/\$(job|instance)/g, '.*');
const expressions: [string, string][] = [
  ...rules.map(({ alert, expr }): [string, string] => [alert, expr]),
  ...dashboard.panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }): [string, string] => [title, interpolated(expr)]),
  ),
];

/** Places where an expression breaks, and the metrics and labels in it. */
const look = (expr: string) => {
  const broken: string[] = [];
  const metrics = new Set<string>();
  const labels = new Set<string>();
  parser.parse(expr).iterate({
    enter: ({ type, from, to, node }) => {
      const text = expr.slice(from, to);
      if (type.isError) broken.push(`at ${from}: ${expr.slice(Math.max(0, from - 20), to + 20)}`);
      if (type.name === 'Identifier' && node.parent?.name === 'VectorSelector') metrics.add(text);
      if (type.name === 'LabelName') labels.add(text);
    },
  });
  return { broken, metrics, labels };
};

/** More than the server keeps for who does not read (64 MiB). */
const FLOOD = 90;
const FLOOD_BYTES = 1024 * 1024;

/** Only where somebody tells how much room there is: a server of another does not. */
const ROOM = ['store', 'stream'].flatMap((of) =>
  ['free', 'size'].map((what) => `stele_${of}_${what}_bytes`),
);

describe('dashboard and alert rules', () => {
  it('parse', () => {
    expect(expressions.length).toBeGreaterThan(60);
    const broken = expressions.flatMap(([where, expr]) =>
      look(expr).broken.map((at) => `${where} ${at}`),
    );
    expect(broken).toEqual([]);
    expect(look('sum(rate(x[5m])').broken).not.toEqual([]); // the parser sees mistakes
  });

  it('have what Grafana and Prometheus ask for', () => {
    expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(36);
    expect(dashboard.templating.list[0]).toMatchObject({ name: 'datasource', type: 'datasource' });
    const rows = dashboard.panels.filter(({ type }) => type === 'row').map(({ title }) => title);
    expect(rows).toEqual([
      'Overview',
      'Commands',
      'Event store',
      'Actors',
      'Projections',
      'Live and alerts',
      'HTTP',
      'Process',
    ]);
    for (const { gridPos } of dashboard.panels)
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    for (const { labels, annotations } of rules) {
      expect(['critical', 'warning']).toContain(labels.severity);
      expect(Object.keys(annotations).sort()).toEqual(['description', 'runbook_url', 'summary']);
    }
  });

  it('lead to a chapter of the runbook for each alert, and to no others', () => {
    const chapters = [...read('operations/runbook.md').matchAll(/^## (Stele\w+)$/gm)];
    expect(chapters.map(([, name]) => name).sort()).toEqual(rules.map(({ alert }) => alert).sort());
    for (const { alert, annotations } of rules)
      expect(annotations.runbook_url).toMatch(new RegExp(`#${alert.toLowerCase()}$`));
  });
});

/** Metrics of garbage collection are there once there was one. */
const collectGarbage = (): void => {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
};

describe('a node', () => {
  let server: TestServer;
  let node: WholeNode;
  const samples = async (): Promise<string[]> => {
    const response = await fetch(`${node.url}/metrics`);
    return (await response.text()).split('\n').filter((line) => line && !line.startsWith('#'));
  };
  beforeAll(async () => {
    server = await startTestServer({ sync: 'lazy' });
    node = await startWholeNode(server.url);
    const id = uuid();
    await node.send(createApplication(id));
    await node.send(envelope('Application', id, 'SetOwner', { owner: 'Team Ledger' }));
    await node.send(envelope('Application', uuid(), 'SetOwner', { owner: 'nobody' }));
    await node.caughtUp();
  });
  afterAll(async () => {
    await node?.close();
    await server?.stop();
  });

  it('has every number that they ask for', async () => {
    await samples(); // the process is watched from the first scrape on
    collectGarbage();
    await node.projections.rebuild('audit-log', { switchWhenReady: false });
    const lines = await vi.waitFor(async () => {
      const found = await samples();
      expect(found.some((line) => line.startsWith('nodejs_gc_duration_seconds_sum'))).toBe(true);
      expect(found.some((line) => line.startsWith('stele_projection_build_prog'))).toBe(true);
      return found;
    }, PATIENTLY);
    await node.projections.cancelBuild('audit-log');
    const known = new Set(lines.map((line) => /^\w+/.exec(line)![0]));
    known.add('stele_projection_build_eta_seconds'); // only while there is something to wait for
    const asked = new Set(expressions.flatMap(([, expr]) => [...look(expr).metrics]));
    asked.delete('up'); // Prometheus says that itself
    for (const told of ROOM) known.add(told);
    const missing = [...asked].filter((name) => !known.has(name));
    expect(missing).toEqual([]);
  });

  it('has every label that they ask for', async () => {
    const lines = await samples();
    const known = new Set(
      lines.flatMap((line) => [...line.matchAll(/[{,](\w+)="/g)].map(([, name]) => name)),
    );
    const asked = new Set(expressions.flatMap(([, expr]) => [...look(expr).labels]));
    for (const given of ['job', 'instance']) asked.delete(given); // by Prometheus
    expect([...asked].filter((name) => !known.has(name))).toEqual([]);
  });

  it('documents every number of its own', async () => {
    const document = read('reference/metrics.md');
    const lines = await samples();
    const names = new Set(
      lines
        .map((line) => /^\w+/.exec(line)![0].replace(/_(bucket|sum|count)$/, ''))
        .filter((name) => name.startsWith('stele_')),
    );
    const listed = new Set([...document.matchAll(/^\| `(stele_\w+)`/gm)].map(([, name]) => name));
    expect([...names].filter((name) => !listed.has(name))).toEqual([]);
    const building = /^stele_projection_build_/;
    for (const told of ROOM) names.add(told);
    expect([...listed].filter((name) => !names.has(name!) && !building.test(name!))).toEqual([]);
  });

  it('is looked after from the command line', async () => {
    const projection = (...args: string[]) =>
      commandLine(['projection', ...args, '--server', node.url], {});
    const status = async (name: string) => {
      const { out } = await projection('list', '--json');
      const { projections } = JSON.parse(out) as { projections: { name: string; state: string }[] };
      return projections.find((one) => one.name === name);
    };
    expect((await projection('list')).out).toMatch(/^application-portfolio +running /m);
    expect(await projection('status', 'audit-lok')).toMatchObject({ exit: 3, out: '' });
    await projection('stop', 'audit-log');
    expect(await status('audit-log')).toMatchObject({ state: 'stopped' });
    await projection('start', 'audit-log');
    await vi.waitFor(
      async () =>
        expect(await status('audit-log')).toMatchObject({ state: 'running', generation: 1 }),
      PATIENTLY,
    );
    const rebuilt = await projection('rebuild', 'audit-log');
    expect([rebuilt.exit, rebuilt.err]).toEqual([0, '']);
    const { generation } = (await status('audit-log')) as unknown as { generation: number };
    expect(generation).toBeGreaterThan(1);
    const built = await projection('rebuild', 'audit-log', '--no-switch');
    expect(built.out).toContain('stele projection switch audit-log');
    expect(await projection('compare', 'audit-log')).toMatchObject({ exit: 0 });
    expect(await projection('switch', 'audit-log')).toMatchObject({ exit: 0 });
    expect(await projection('switch-back', 'audit-log')).toMatchObject({ exit: 0 });
    expect(await status('audit-log')).toMatchObject({ generation });
    const verified = await projection('verify', 'application-portfolio');
    expect([verified.exit, verified.out]).toEqual([
      0,
      expect.stringMatching(/^✓ equal {2}1 document at application:\d+/),
    ]);
    expect((await projection('parked', 'audit-log')).out).toContain('nothing is parked');
    const nothing = ['audit-log', 'application', 'nobody', '--reason', 'a test'];
    expect((await projection('discard', ...nothing)).exit).not.toBe(0);
  });

  it('measures what really happened', async () => {
    const documents = 'stele_projection_documents{projection="application-portfolio"} 1';
    await vi.waitFor(async () => expect(await samples()).toContain(documents), PATIENTLY);
    const lines = await samples();
    const value = (start: string): number =>
      Number(
        lines
          .find((line) => line.startsWith(start))
          ?.split(' ')
          .at(-1),
      );
    const of = 'aggregate_type="Application",command_type="SetOwner"';
    expect(value(`stele_commands_total{${of},outcome="accepted"`)).toBe(1);
    expect(value(`stele_commands_total{${of},outcome="refused",code="NOT_FOUND"`)).toBe(1);
    expect(value('stele_append_duration_seconds_count{aggregate_type="application"')).toBe(2);
    expect(value('stele_nats_connected')).toBe(1);
    expect(value('stele_nats_round_trip_seconds')).toBeGreaterThan(0);
    expect(value('stele_ready')).toBe(1);
    const portfolio = '{projection="application-portfolio"';
    expect(value(`stele_projection_lag_events${portfolio},source="application"`)).toBe(0);
    expect(value(`stele_projection_state${portfolio},state="running"`)).toBe(1);
  });

  it('keeps its connection to the log when more commands come over NATS than it reads', async () => {
    const flood = `
      import { connect } from '@nats-io/transport-node';
      const nc = await connect({ servers: '${server.url}' });
      const bytes = new Uint8Array(${FLOOD_BYTES}).fill(32);
      for (let n = 0; n < ${FLOOD}; n++) {
        nc.publish('cmd.application.SetOwner', bytes, { reply: '_INBOX.flood' });
        await nc.flush();
      }
      await nc.close();`;
    const sent = promisify(execFile)(process.execPath, ['--input-type=module', '-e', flood]);
    const cutOff = () =>
      readFileSync(join(server.dir, 'nats-server.log'), 'utf8')
        .split('\n')
        .filter((line) => line.includes('Slow Consumer'));
    // Nothing in this process reads now.
    const held = new Int32Array(new SharedArrayBuffer(4));
    const until = performance.now() + PATIENCE_MS;
    while (cutOff().length === 0 && performance.now() < until) Atomics.wait(held, 0, 0, 50);
    await sent;
    expect(cutOff()).not.toEqual([]);
    expect(cutOff().filter((line) => !/"[^"]*:stele [^"]* commands"/.test(line))).toEqual([]);
    expect((await node.send(createApplication(uuid(), { name: 'After' }))).status).toBe(201);
  });

  it('writes nothing more where somebody gave a stream a limit and little is left, and says so', async () => {
    const nc = await connect({ servers: server.url });
    const { streams } = await jetStreamOf(nc);
    const { state } = await streams.info('EVT_APPLICATION');
    const max_bytes = state.bytes + 1;
    await streams.update('EVT_APPLICATION', { max_bytes });
    await nc.close();
    const ready = async () => (await fetch(`${node.url}/readyz?for=commands`)).text();
    await vi.waitFor(async () => expect(await ready()).toContain('STORE_FULL'), PATIENTLY);
    expect(await ready()).toMatch(/are left in the stream EVT_APPLICATION, by its max_bytes/);
    const refused = await node.send(createApplication(uuid(), { name: 'Too much' }));
    expect(await refused.json()).toMatchObject({ code: 'STORE_FULL' });
    expect(await samples()).toContain(
      `stele_stream_size_bytes{stream="EVT_APPLICATION"} ${max_bytes}`,
    );
    const { out } = await commandLine(['doctor'], node.env);
    expect(out).toMatch(
      /STORE_FULL {2}EVT_APPLICATION[^✗]*nats stream edit EVT_APPLICATION --max-bytes=-1/,
    );
  });
});
