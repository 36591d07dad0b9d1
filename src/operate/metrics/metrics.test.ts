import { parser } from '@prometheus-io/lezer-promql';
import { describe, expect, it } from 'vitest';
import { actors } from '../../../actors/index.js';
import { createHttp } from '../../edge/http/index.js';
import type { ProjectionStatus, Projections } from '../../read/projector/projections.js';
import { Runtime } from '../../write/runtime/runtime.js';
import { memoryStore } from '../../write/store/memory-store.js';

const log = { warn: () => {}, error: () => {} };
const AS_ME = { 'content-type': 'application/json', 'x-actor': 'user-123' };
const SERVER = { hostname: 'db-1.example.org', environment: 'prod', criticality: 'high' };

const status: ProjectionStatus = {
  name: 'lamp-list',
  summary: 'All lamps.',
  state: 'stalled',
  reason: 'it hangs',
  version: 2,
  generation: 3,
  documents: 5,
  lag_events: 10,
  lag_seconds: 4.5,
  sources: [{ source: 'lamp', sequence: 90, end: 100, lag_events: 10, lag_seconds: 4.5 }],
  parked_aggregates: 1,
  parked_events: 7,
  discarded_events: 2,
  previous: null,
  build: {
    generation: 4,
    version: 2,
    started_at: '',
    done: 25,
    total: 100,
    events_per_second: 50,
    eta_seconds: null,
    caught_up: false,
    switch_when_ready: true,
  },
};

type Options = { readonly statuses?: () => readonly ProjectionStatus[] };
const world = ({ statuses }: Options = {}) => {
  const store = memoryStore();
  const runtime = new Runtime({ definitions: actors, store, log });
  const projections = statuses && ({ status: statuses, definitions: [] } as unknown as Projections);
  const app = createHttp({
    runtime,
    store,
    log,
    info: { name: 'stele', version: '1.2.3' },
    ...(projections && { projections }),
  });
  const scrape = async (accept = '*/*') => {
    const response = await app.request('/metrics', { headers: { accept } });
    const body = await response.text();
    const lines = body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    const samples = new Map(
      lines.map((line): [string, number] => {
        const at = line.lastIndexOf(' ');
        return [line.slice(0, at), Number(line.slice(at + 1))];
      }),
    );
    return { type: response.headers.get('content-type'), body, samples };
  };
  const tell = (path: string, body: unknown) =>
    app.request(path, { method: 'POST', headers: AS_ME, body: JSON.stringify(body) });
  return { app, scrape, tell };
};

describe('GET /metrics', () => {
  it('counts commands by type, outcome and code, and how long they took', async () => {
    const { tell, scrape } = world();
    await tell('/servers/s1/commands/create-server', SERVER);
    await tell('/servers/s1/commands/create-server', SERVER);
    await tell('/servers/s1/commands/fly', {});
    await tell('/commands', { aggregate_type: 'Ship', command_type: 'Sail' });
    const { samples } = await scrape();
    const counted = [...samples].filter(([name]) => name.startsWith('stele_commands_total'));
    const labels = (type: string, command: string, outcome: string, code: string) =>
      `stele_commands_total{aggregate_type="${type}",command_type="${command}",outcome="${outcome}",code="${code}"}`;
    expect(Object.fromEntries(counted)).toEqual({
      [labels('Server', 'CreateServer', 'accepted', '')]: 1,
      [labels('Server', 'CreateServer', 'refused', 'ALREADY_EXISTS')]: 1,
      [labels('Server', 'unknown', 'refused', 'UNKNOWN_COMMAND')]: 1,
      [labels('unknown', 'unknown', 'refused', 'MALFORMED_COMMAND')]: 1,
    });
    const of = '{aggregate_type="Server",command_type="CreateServer"}';
    expect(samples.get(`stele_command_duration_seconds_count${of}`)).toBe(2);
    const buckets = [...samples].filter(([name]) =>
      name.startsWith(`stele_command_duration_seconds_bucket${of.slice(0, -1)}`),
    );
    expect(buckets.at(-1)).toEqual([
      'stele_command_duration_seconds_bucket{aggregate_type="Server",command_type="CreateServer",le="+Inf"}',
      2,
    ]);
    const counts = buckets.map(([, count]) => count);
    expect(counts).toEqual([...counts].sort((a, b) => a - b)); // cumulative
  });

  it('counts requests by the template of their route', async () => {
    const { app, tell, scrape } = world();
    await tell('/servers/s1/commands/create-server', SERVER);
    for (const id of ['s1', 's2', 's3']) await app.request(`/servers/${id}/events`);
    await app.request('/nowhere');
    await app.request('/healthz', { method: 'HEAD' });
    await app.request('/healthz', { method: 'BREW' });
    const { samples } = await scrape();
    const requests = [...samples].filter(([name]) => name.startsWith('stele_http_requests_total'));
    const of = (method: string, route: string, code: number) =>
      `stele_http_requests_total{method="${method}",route="${route}",status="${code}"}`;
    expect(Object.fromEntries(requests)).toEqual({
      [of('POST', '/servers/{id}/commands/{command}', 201)]: 1,
      [of('GET', '/servers/{id}/events', 200)]: 1,
      [of('GET', '/servers/{id}/events', 404)]: 2,
      [of('GET', 'unmatched', 404)]: 1,
      [of('HEAD', '/healthz', 200)]: 1,
      [of('OTHER', 'unmatched', 405)]: 1,
    });
    const took = 'stele_http_request_duration_seconds_count{route="/servers/{id}/events"}';
    expect(samples.get(took)).toBe(3);
  });

  it('says how projections are, one gauge per state', async () => {
    const { samples } = await world({ statuses: () => [status] }).scrape();
    const at = (name: string, more = '') => samples.get(`${name}{projection="lamp-list"${more}}`);
    expect(at('stele_projection_state', ',state="stalled"')).toBe(1);
    expect(at('stele_projection_state', ',state="running"')).toBe(0);
    expect(at('stele_projection_lag_events', ',source="lamp"')).toBe(10);
    expect(at('stele_projection_lag_seconds', ',source="lamp"')).toBe(4.5);
    expect(at('stele_projection_parked_events')).toBe(7);
    expect(at('stele_projection_discarded_events')).toBe(2);
    expect(at('stele_projection_build_progress_ratio')).toBe(0.25);
    expect(at('stele_projection_build_eta_seconds')).toBeUndefined();
    expect(samples.get('stele_ready')).toBe(0);
    expect(samples.get('stele_part_ready{part="projection:lamp-list"}')).toBe(0);
    expect(samples.get('stele_part_ready{part="event_store"}')).toBe(1);
  });

  it('shows all other numbers when a part fails, and counts that', async () => {
    const { scrape } = world({
      statuses: () => {
        throw new Error('gone');
      },
    });
    const { samples } = await scrape();
    expect(samples.get('stele_scrape_failures_total')).toBeGreaterThanOrEqual(1);
    expect(samples.get('stele_actors_resident')).toBe(0);
  });

  it('is OpenMetrics where that is asked for', async () => {
    const { scrape } = world();
    const plain = await scrape('text/plain');
    const open = await scrape('application/openmetrics-text;version=1.0.0,text/plain;q=0.5');
    expect(plain.type).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(open.type).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(open.body.endsWith('# EOF\n')).toBe(true);
    expect(open.body).toContain('# TYPE stele_commands counter\n');
    expect(open.body).toContain('# TYPE process_cpu_seconds counter\n');
    expect(open.samples.has('stele_command_conflicts_total')).toBe(true);
    // One format leaves no traces in the other.
    const names = (samples: ReadonlyMap<string, number>) =>
      [...samples.keys()].filter((name) => name.startsWith('stele_') && !/http/.test(name));
    expect(names((await scrape('text/plain')).samples)).toEqual(names(plain.samples));
    expect((await scrape('text/plain')).body).toContain('# TYPE process_cpu_seconds_total counter');
  });

  it('names and labels every sample so that it can be asked for', async () => {
    const { tell, scrape } = world({ statuses: () => [status] });
    await tell('/servers/s1/commands/create-server', SERVER);
    const { samples, body } = await scrape();
    for (const name of samples.keys()) {
      const broken: string[] = [];
      parser.parse(name).iterate({
        enter: ({ type }) => {
          if (type.isError) broken.push(name);
        },
      });
      expect(broken).toEqual([]);
    }
    const helps = [...body.matchAll(/^# HELP (stele_\S+) (.*)$/gm)];
    expect(helps.filter(([, , help]) => !help)).toEqual([]);
    const counters = [...body.matchAll(/^# TYPE (stele_\S+) counter$/gm)];
    expect(counters.filter(([, name]) => !name?.endsWith('_total'))).toEqual([]);
  });
});
