import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { afterEach, describe, expect, it } from 'vitest';
import type { Comparison, ProjectionStatus } from '../read/projector/projections.js';
import { EXIT, type Stop } from './exit.js';
import type { Io } from './io.js';
import { projectionCommand } from './projection-command.js';
import { comparisonText, durationText } from './status-text.js';
import { stopOf } from './stop-of.js';

const plain = (_: unknown, words: string) => words;

const status = (more: Partial<ProjectionStatus> = {}): ProjectionStatus => ({
  name: 'lamp-list',
  summary: 'All lamps.',
  state: 'running',
  reason: null,
  version: 2,
  generation: 3,
  documents: 1_234,
  sources: [{ source: 'lamp', sequence: 90, end: 100, lag_events: 10, lag_seconds: 4.2 }],
  lag_events: 10,
  lag_seconds: 4.2,
  parked_aggregates: 0,
  parked_events: 0,
  discarded_events: 0,
  build: null,
  previous: null,
  ...more,
});
const build = (more: Partial<NonNullable<ProjectionStatus['build']>> = {}) => ({
  generation: 4,
  version: 2,
  started_at: '2026-01-06T10:00:00Z',
  done: 50,
  total: 100,
  events_per_second: 1_000,
  eta_seconds: 0.1,
  caught_up: false,
  switch_when_ready: true,
  ...more,
});
const different: Comparison = {
  equal: false,
  documents: 3,
  only_in_first: 1,
  only_in_second: 1,
  different: 1,
  differences: [
    { key: 'a', first: { name: 'Desk', on: true }, second: { name: 'Desk', on: false } },
    { key: 'b', first: { name: 'Old' }, second: null },
    { key: 'c', first: undefined, second: { name: 'New' } },
  ],
  position: 'lamp:100',
};

type Reply = { readonly status?: number; readonly body: unknown; readonly raw?: string };
type Asked = { readonly path: string; readonly body: unknown; readonly actor: unknown };
let server: Server | undefined;
afterEach(() => server?.close());

/** Something that answers as a node does, and the command line that asks it. */
const world = async (reply: (path: string, nth: number) => Reply | undefined) => {
  const asked: Asked[] = [];
  const counts = new Map<string, number>();
  const answer = async (request: IncomingMessage): Promise<Reply> => {
    const path = `${request.method} ${request.url}`;
    const sent = await text(request);
    asked.push({ path, body: sent && JSON.parse(sent), actor: request.headers['x-actor'] });
    const nth = counts.get(path) ?? 0;
    counts.set(path, nth + 1);
    const own = reply(path, nth);
    if (own) return own;
    if (path === 'GET /projections') return { body: { projections: [status()] } };
    return { status: 404, body: { code: 'ROUTE_NOT_FOUND', message: path } };
  };
  server = createServer(async (request, response) => {
    const { status = 200, body, raw } = await answer(request);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(raw ?? JSON.stringify(body));
  });
  await new Promise<void>((done) => server!.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const run = async (...args: string[]) => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const io = { env: {}, stdin: process.stdin, stdout, stderr } as unknown as Io;
    let exit: number = EXIT.ok;
    const program = new Command('stele').exitOverride();
    const command = projectionCommand(io, (code) => {
      exit = code;
    });
    program.addCommand(command);
    let stop: Stop | undefined;
    try {
      await program.parseAsync(['projection', ...args, '--server', url], { from: 'user' });
    } catch (error) {
      stop = stopOf(error, plain);
      if (!stop) throw error;
    }
    stdout.end();
    stderr.end();
    return { exit: stop?.exit ?? exit, out: await text(stdout), err: await text(stderr), stop };
  };
  return { run, asked };
};

describe('stele projection', () => {
  it('lists all as a table, or as JSON', async () => {
    const { run } = await world(() => undefined);
    const { out, exit } = await run('list');
    expect(exit).toBe(EXIT.ok);
    expect(out).toMatch(/^NAME +STATE +VERSION +DOCUMENTS +LAG +PARKED +BUILD\n/);
    expect(out).toMatch(/lamp-list +running +2 +1,234 +10 \(4\.2 s\) +0/);
    expect(JSON.parse((await run('list', '--json')).out)).toEqual({ projections: [status()] });
  });

  it('suggests the nearest name', async () => {
    const { run, asked } = await world(() => undefined);
    const { stop } = await run('stop', 'lamp-lits');
    expect(stop?.exit).toBe(EXIT.notFound);
    expect(stop?.message).toContain('did you mean "lamp-list"?');
    expect(asked.map(({ path }) => path)).toEqual(['GET /projections']);
  });

  it.each([
    ['stop', 'stop'],
    ['start', 'start'],
    ['cancel', 'cancel-build'],
    ['switch', 'switch'],
    ['switch-back', 'switch-back'],
  ])('%s does POST …/%s and shows what became of it', async (command, operation) => {
    const path = `POST /projections/lamp-list/${operation}`;
    const { run, asked } = await world((one) =>
      one === path ? { body: status({ state: 'stopped', reason: 'so it was told' }) } : undefined,
    );
    const { out } = await run(command, 'lamp-list');
    expect(asked.at(-1)?.path).toBe(path);
    expect(out).toContain('lamp-list  stopped  so it was told');
    expect(out).toContain('stele projection start lamp-list');
  });

  it('waits for a rebuild until it is live', async () => {
    const { run, asked } = await world((path, nth) => {
      if (path.endsWith('/rebuild')) return { body: status({ build: build() }) };
      if (path !== 'GET /projections' || nth === 0) return undefined;
      const now = nth < 3 ? status({ build: build({ done: 90 }) }) : status({ generation: 4 });
      return { body: { projections: [now] } };
    });
    const { out, exit } = await run('rebuild', 'lamp-list');
    expect(exit).toBe(EXIT.ok);
    expect(out).toContain('generation 4,');
    expect(asked[1]?.body).toEqual({ switch_when_ready: true });
    expect(asked.filter(({ path }) => path === 'GET /projections')).toHaveLength(4);
  });

  it('only builds with --no-switch, and returns at once with --no-wait', async () => {
    const { run, asked } = await world((path, nth) => {
      const one = build({ switch_when_ready: false, caught_up: nth > 0 });
      if (path.endsWith('/rebuild')) return { body: status({ build: one }) };
      return nth === 0 ? undefined : { body: { projections: [status({ build: one })] } };
    });
    const built = await run('rebuild', 'lamp-list', '--no-switch');
    expect(asked[1]?.body).toEqual({ switch_when_ready: false });
    expect(built.out).toContain('generation 4: caught up');
    expect(built.out).toContain('stele projection switch lamp-list');
    const before = asked.length;
    await run('rebuild', 'lamp-list', '--no-wait');
    expect(asked.slice(before)).toHaveLength(2);
  });

  it('says so when a build was given up while it was watched', async () => {
    const { run } = await world((path) =>
      path.endsWith('/rebuild') ? { body: status({ build: build() }) } : undefined,
    );
    const { stop } = await run('rebuild', 'lamp-list');
    expect(stop?.message).toContain('the build of generation 4 of lamp-list was ended');
    expect(stop?.exit).toBe(EXIT.failed);
  });

  it('verifies with progress and ends with 1 when documents differ', async () => {
    const lines = [{ done: 1, total: 2 }, { done: 2, total: 2 }, { comparison: different }];
    const { run } = await world((path) =>
      path.endsWith('/verify')
        ? { body: null, raw: lines.map((line) => `${JSON.stringify(line)}\n`).join('') }
        : undefined,
    );
    const { out, exit } = await run('verify', 'lamp-list');
    expect(exit).toBe(EXIT.failed);
    expect(out).toContain('3 documents differ');
    expect(JSON.parse((await run('verify', 'lamp-list', '--json')).out)).toMatchObject({
      equal: false,
      position: 'lamp:100',
    });
  });

  it('does not take a verification that was cut off for a yes', async () => {
    const { run } = await world((path) =>
      path.endsWith('/verify') ? { body: null, raw: '{"done":1,"total":2}\n' } : undefined,
    );
    expect((await run('verify', 'lamp-list')).stop?.exit).toBe(EXIT.failed);
  });

  it('ends with 0 when compared documents are equal', async () => {
    const equal = { ...different, equal: true, different: 0, differences: [] };
    const { run } = await world((path) =>
      path.endsWith('/compare') ? { body: equal } : undefined,
    );
    expect(await run('compare', 'lamp-list')).toMatchObject({ exit: EXIT.ok });
  });

  it('shows what is parked, retries it and discards it with a reason and a name', async () => {
    const parked = {
      source: 'lamp',
      aggregate_id: 'l-1',
      sequence: 42,
      event_type: 'Lit',
      error: 'no such bulb',
      attempts: 3,
      waiting: 7,
      parked_at: '2026-01-06T10:00:00Z',
      last_tried_at: '2026-01-06T10:00:01Z',
    };
    const { run, asked } = await world((path) => {
      if (path.endsWith('/parked')) return { body: { parked: [parked] } };
      if (path.endsWith('/retry')) return { body: { drained: 0, still_parked: 1 } };
      return path.endsWith('/discard') ? { body: { drained: 6, still_parked: 0 } } : undefined;
    });
    expect((await run('parked', 'lamp-list')).out).toMatch(/lamp l-1 +Lit +42 +7 events +3×/);
    expect((await run('retry', 'lamp-list', 'lamp', 'l-1')).exit).toBe(EXIT.failed);
    expect(asked.at(-1)?.path).toBe('POST /projections/lamp-list/parked/lamp/l-1/retry');
    await run('retry', 'lamp-list', '--all');
    expect(asked.at(-1)?.path).toBe('POST /projections/lamp-list/parked/retry');
    expect((await run('retry', 'lamp-list')).stop?.exit).toBe(EXIT.usage);
    expect((await run('retry', 'lamp-list', 'lamp', 'l-1', '--all')).stop?.exit).toBe(EXIT.usage);
    const why = ['--reason', 'faulty import', '--actor', 'Zoë'];
    expect((await run('discard', 'lamp-list', 'lamp', 'l-1', ...why)).out).toContain('6 events');
    expect(asked.at(-1)).toEqual({
      path: 'POST /projections/lamp-list/parked/lamp/l-1/discard',
      body: { reason: 'faulty import' },
      actor: Buffer.from('Zoë').toString('latin1'),
    });
    expect((await run('discard', 'lamp-list', 'lamp', 'l-1', '--reason', ' ')).stop?.exit).toBe(
      EXIT.usage,
    );
  });

  it('shows the problem that a server answered', async () => {
    const { run } = await world((path) =>
      path.endsWith('/switch')
        ? { status: 409, body: { code: 'BUILD_NOT_READY', message: 'not caught up' } }
        : undefined,
    );
    const { stop } = await run('switch', 'lamp-list');
    expect(stop?.exit).toBe(EXIT.conflict);
    expect(stop?.message).toContain('BUILD_NOT_READY  not caught up');
  });
});

it('shows differences field by field', () => {
  expect(comparisonText(different, { first: 'live', second: 'built' }, plain)).toBe(
    [
      '✗ 3 documents differ of 3 at lamp:100',
      '  1 different, 1 only in live, 1 only in built',
      '  live ≠ built:',
      '  a',
      '    on: true ≠ false',
      '  b  only in live',
      '  c  only in built',
    ].join('\n'),
  );
});

it.each([
  [0.04, '0 s'],
  [4.25, '4.3 s'],
  [12.4, '12 s'],
  [59.6, '1 min 0 s'],
  [3_725, '1 h 2 min'],
])('%d seconds are %s', (seconds, words) => {
  expect(durationText(seconds)).toBe(words);
});
