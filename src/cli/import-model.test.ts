import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { importers, models } from '../../imports/index.js';
import { EXIT, type Stop } from './exit.js';
import { importCommand } from './import-command.js';
import type { Io } from './io.js';
import { stopOf } from './stop-of.js';

const plain = (_: unknown, words: string) => words;

type Reply = { readonly status?: number; readonly body?: unknown; readonly raw?: string };
type Asked = { readonly what: string; readonly body: string };

const ID = 'archimate-11111111-222222222222';
const status = (more: object = {}) => ({
  import_id: ID,
  correlation_id: ID,
  operation: 'import',
  dry_run: false,
  state: 'finished',
  reason: null,
  code: null,
  done: 3,
  total: 3,
  sent: { accepted: 3, replayed: 0, refused: 0, left_out: 0 },
  found: { Node: 2 },
  commands: { CreateServer: 2 },
  notes: {},
  refusals: {},
  ...more,
});
const planned = {
  about: 'planned',
  what: 'Server "a"',
  command_type: 'CreateServer',
  data: { hostname: 'a' },
};
const note = (n: number) => ({
  about: 'note',
  kind: 'skipped',
  where: `m.archimate:${n}`,
  message: 'it has no place',
});
const refused = {
  about: 'refused',
  code: 'NAME_TAKEN',
  message: 'somebody has it',
  what: 'Server "b"',
  command_type: 'CreateServer',
};
const lines = (...all: object[]): Reply => ({
  raw: all.map((one) => `${JSON.stringify(one)}\n`).join(''),
});

let server: Server;
let dir: string;
let model: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'stele-import-'));
  model = join(dir, 'm.archimate');
  writeFileSync(model, '<model/>');
});
afterEach(async () => {
  await new Promise((closed) => server?.close(closed) ?? closed(undefined));
  rmSync(dir, { recursive: true, force: true });
});

/** A server that answers as told, by "METHOD /path", and the command line before it. */
const world = async (reply: (what: string, nth: number) => Reply | undefined | Promise<Reply>) => {
  const asked: Asked[] = [];
  const times = new Map<string, number>();
  server = createServer(async (request, response) => {
    const what = `${request.method} ${request.url}`;
    asked.push({ what, body: await text(request) });
    const nth = times.get(what) ?? 0;
    times.set(what, nth + 1);
    const told = (await reply(what, nth)) ?? {
      status: 404,
      body: { code: 'NOT_FOUND', message: `nothing at ${what}` },
    };
    response.writeHead(told.status ?? 200, { 'content-type': 'application/json' });
    response.end(told.raw ?? JSON.stringify(told.body));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const run = async (...args: string[]) => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const said = Promise.all([text(stdout), text(stderr)]);
    const io = { env: { NO_COLOR: '1' }, stdin: process.stdin, stdout, stderr } as unknown as Io;
    let exit: number | undefined;
    let stop: Stop | undefined;
    try {
      await importCommand({ importers, formats: models.formats }, io, (code) => {
        exit = code;
      }).parseAsync([...args, '--server', url], { from: 'user' });
    } catch (error) {
      stop = stopOf(error, plain);
      if (!stop) throw error;
    }
    stdout.end();
    stderr.end();
    const [out, err] = await said;
    return { exit: stop?.exit ?? exit, message: stop?.message ?? '', out, err };
  };
  return { asked, run };
};

/** What the command line does at Ctrl-C. */
const pressCtrlC = (): void => process.listeners('SIGINT').at(-1)?.('SIGINT');

/** A server on which an import ends at once. */
const ending = (told: object, ...report: object[]) =>
  world((what) => {
    if (what.startsWith('POST /imports/')) return { status: 202, body: told };
    if (what === `GET /imports/${ID}`) return { body: told };
    return what.endsWith('/report') ? lines(...report) : undefined;
  });

describe('stele import <model>', () => {
  it('shows every command and every note of a dry run', async () => {
    const dry = status({ dry_run: true, sent: { ...status().sent, accepted: 0 } });
    const { run, asked } = await ending(dry, planned, note(1), note(2));
    const { exit, out, err } = await run('archimate', model, '--dry-run');
    expect(exit).toBe(EXIT.ok);
    expect(asked[0]!.what).toBe('POST /imports/archimate?dry_run=true');
    expect(asked[0]!.body).toContain('filename="m.archimate"');
    expect(out).toBe(
      [
        `${ID}: 3 commands would be sent`,
        'Found:',
        '  Node  2',
        'Commands:',
        '  CreateServer  2',
        '  CreateServer of Server "a" {"hostname":"a"}',
        'Notes:',
        '  skipped  m.archimate:1: it has no place',
        '  skipped  m.archimate:2: it has no place',
        '',
      ].join('\n'),
    );
    expect(err).toContain(`correlation id ${ID}`);
  });

  it('says what was refused, with examples, and ends with 1', async () => {
    const notes = Array.from({ length: 5 }, (_, n) => note(n));
    const sent = { accepted: 2, replayed: 0, refused: 1, left_out: 0 };
    const { run } = await ending(status({ sent }), refused, ...notes);
    const report = join(dir, 'report.jsonl');
    const { exit, out } = await run('archimate', model, '--report', report);
    expect(exit).toBe(EXIT.failed);
    expect(out).toContain('  NAME_TAKEN  1\n    CreateServer of Server "b": somebody has it');
    expect(out).toContain('  skipped  5\n');
    expect(out).toContain('… and 2 more');
    expect(readFileSync(report, 'utf8').trim().split('\n')).toHaveLength(6);
    const json = await run('archimate', model, '--json');
    expect(JSON.parse(json.out)).toEqual(status({ sent }));
    const unwritable = await run('archimate', model, '--report', join(dir, 'no', 'report'));
    expect(unwritable.message).toContain('cannot be written (ENOENT)');
  });

  it('follows it with progress, and begins again on a server that knows it no more', async () => {
    const { run, asked } = await world((what, nth) => {
      if (what.startsWith('POST')) return { status: 202, body: status({ state: 'planning' }) };
      if (what.endsWith('/report')) return { status: 404, body: { code: 'NOT_FOUND' } };
      const states = [status({ state: 'running', done: 1 }), undefined, status()];
      return states[nth] && { body: states[nth] };
    });
    const { exit, err } = await run('archimate', model);
    expect(exit).toBe(EXIT.ok);
    expect(asked.filter(({ what }) => what.startsWith('POST'))).toHaveLength(2);
    expect(err).toContain('is gone');
  });

  it('says why it failed', async () => {
    const failed = status({ state: 'failed', code: 'INTERNAL', reason: 'odd' });
    const { run } = await ending(failed);
    const { exit, out } = await run('archimate', model);
    expect([exit, out]).toEqual([EXIT.failed, expect.stringContaining('failed: INTERNAL: odd')]);
  });

  it.each([
    [413, 'PAYLOAD_TOO_LARGE', EXIT.failed],
    [422, 'IMPORT_UNREADABLE', EXIT.failed],
    [403, 'FORBIDDEN', EXIT.failed],
  ])('ends with the problem that a server says: %i %s', async (code, name, exit) => {
    const { run } = await world(() => ({
      status: code,
      body: { code: name, message: 'because of that' },
    }));
    const told = await run('archimate', model);
    expect(told).toMatchObject({ exit, message: expect.stringContaining(name) });
    expect(told.message).toContain('because of that');
  });

  it.each([
    [['csv', 'x.csv'], EXIT.usage, 'needs --mapping'],
    [['archimate', '/no/such/file'], EXIT.notFound, 'no such file'],
    [['archimate'], EXIT.usage, 'name the importer and the file'],
    [['nothing', 'x'], EXIT.notFound, 'there is no importer "nothing"'],
    [['govuk-history', 'x', '--dry-run'], EXIT.usage, 'are for models'],
  ])('%j ends with %i', async (args, exit, message) => {
    const { run, asked } = await world(() => undefined);
    expect(await run(...args)).toMatchObject({ exit, message: expect.stringContaining(message) });
    expect(asked).toEqual([]);
  });

  it('sends the mapping of a table along', async () => {
    const { run, asked } = await ending(status());
    const [table, mapping] = [join(dir, 'a.csv'), join(dir, 'a.yaml')];
    writeFileSync(table, 'a');
    writeFileSync(mapping, 'b');
    expect((await run('csv', table, '--mapping', mapping)).exit).toBe(EXIT.ok);
    expect(asked[0]!.body).toMatch(/name="mapping"; filename="a.yaml"/);
  });
});

describe('an import at which somebody presses Ctrl-C', () => {
  const stopped = status({ state: 'stopped', code: 'STOPPED', reason: 'stopped by ada', done: 1 });
  const isListened = process.listenerCount('SIGINT');

  it('is stopped on the server, and told what became of it', async () => {
    const { run, asked } = await world((what) => {
      if (what.startsWith('POST')) return { status: 202, body: status({ state: 'planning' }) };
      if (what.startsWith('DELETE')) return { status: 202, body: status({ state: 'running' }) };
      if (what.endsWith('/report')) return lines();
      if (asked.some((one) => one.what.startsWith('DELETE'))) return { body: stopped };
      pressCtrlC();
      return { body: status({ state: 'running', done: 1 }) };
    });
    const { exit, out, err } = await run('archimate', model);
    expect([exit, out]).toEqual([EXIT.failed, expect.stringContaining(`${ID}: stopped: STOPPED`)]);
    expect(err).toContain('stopping it; Ctrl-C again leaves it to the server');
    expect(asked.map(({ what }) => what)).toEqual([
      'POST /imports/archimate',
      `GET /imports/${ID}`,
      `DELETE /imports/${ID}`,
      `GET /imports/${ID}`,
      `GET /imports/${ID}/report`,
    ]);
    expect(process.listenerCount('SIGINT')).toBe(isListened);
  });

  it('is not begun where the server still reads it', async () => {
    const { run } = await world(() => {
      pressCtrlC();
      return new Promise<Reply>(() => {});
    });
    expect(await run('archimate', model)).toMatchObject({
      exit: EXIT.failed,
      message: 'stopped before the server had begun: nothing was written',
    });
  });

  it('is stopped from elsewhere by its id', async () => {
    const { run, asked } = await world((what) => {
      if (what.endsWith('/report')) return lines();
      return what.includes('nobody') ? undefined : { body: stopped };
    });
    expect(await run('stop', ID)).toMatchObject({
      exit: EXIT.ok,
      out: expect.stringContaining('stopped by ada'),
    });
    expect(asked[0]!.what).toBe(`DELETE /imports/${ID}`);
    expect(await run('stop', 'nobody')).toMatchObject({ exit: EXIT.notFound });
  });
});

describe('stele import list and revert', () => {
  it('lists what was imported', async () => {
    const item = {
      import_id: ID,
      events: 7,
      first_at: '2026-11-21T10:00:00Z',
      actor: 'ada',
      because: 'import of m',
      reverted: true,
    };
    const { run } = await world(() => ({ body: { items: [item], formats: [] } }));
    const { out } = await run('list');
    expect(out).toMatch(new RegExp(`${ID} .* 7 .* ada .* yes .* import of m`));
    expect(JSON.parse((await run('list', '--json')).out)).toEqual(item);
    expect((await run('--list')).out).toContain('archimate');
    expect(JSON.parse((await run('--list', '--json')).out.split('\n')[0]!)).toHaveProperty('name');
  });

  it('reverts with an approval', async () => {
    const { run, asked } = await ending(status({ operation: 'revert' }));
    expect((await run('revert', ID, '--approval', 'chg-7')).exit).toBe(EXIT.ok);
    expect(asked[0]).toEqual({
      what: `POST /imports/${ID}/revert`,
      body: '{"approval_id":"chg-7"}',
    });
  });
});
