import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { roles } from '../../../actors/roles.js';
import { models } from '../../../imports/index.js';
import { importing } from '../../../test/support/imports-in-memory.js';
import { refuse } from '../../core/refusal.js';
import { ImportError, type ModelFormat } from '../../operate/importing/importer.js';
import { Job } from '../../operate/importing/job.js';
import type { Access } from '../access/index.js';
import { createHttp } from './create-http.js';
import { serveHttp } from './serve-http.js';

const MODEL = `<archimate:model xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:archimate="http://www.archimatetool.com/archimate" name="M" id="m1" version="5.0.0">
<folder name="F" id="f1" type="application">
<element xsi:type="archimate:ApplicationComponent" id="a" name="Payroll"/>
<element xsi:type="archimate:ApplicationComponent" id="b" name="Ledger"/>
<element xsi:type="archimate:FlowRelationship" id="r" source="a" target="b"/>
</folder></archimate:model>`;
const DOCTYPE = `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>${MODEL}`;
const MAX = 20_000;
const PIECE_BYTES = 512 * 1024;
const PIECES = 10;
const PAUSE_MS = 120;
const AS_JSON = { 'content-type': 'application/json' };

/** Whoever sends a list of roles as key is in these roles. */
const access: Access = {
  roles,
  authenticate: async ({ apiKey }) =>
    apiKey === undefined
      ? refuse('UNAUTHENTICATED', 'send a "key"')
      : { actor: 'ada', actor_type: 'user', roles: apiKey.split(','), teams: [], credential: 'k' },
};

/** A model of which nobody knows what it comes to before it is compared. */
const endless: ModelFormat = {
  name: 'endless',
  summary: 'Endless.',
  format: 'any',
  isPart: () => true,
  read: async () => ({
    source: 'endless',
    found: {},
    notes: [],
    compare: async () => {
      const problem = { code: 'PLAN_TOO_LARGE', wrong: 'is endless', expected: 'an end' };
      throw new ImportError({ file: 'endless', ...problem });
    },
  }),
};

/** What a test waits for, and what tells it. */
const gate = () => {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
};
let reading = gate();
let planning = gate();

/** A model that is read, or compared, for as long as nobody stops it: its file says which. */
const slow: ModelFormat = {
  name: 'slow',
  summary: 'Slow.',
  format: 'any',
  isPart: () => true,
  read: async ([file], { signal }) => {
    const said = Buffer.from(file!.bytes).toString();
    if (said === 'read') {
      reading.open();
      await once(signal!, 'abort');
      throw new Error('left');
    }
    return {
      source: 'slow',
      found: {},
      notes: [],
      compare: async (landscape) => {
        for (planning.open(); ; await pause(1)) await landscape.state('Application', 'x');
      },
    };
  },
};

let world: Awaited<ReturnType<typeof importing>>;
beforeAll(async () => {
  world = await importing(
    { ...models, formats: [...models.formats, endless, slow] },
    { importMax: MAX },
  );
});
afterAll(() => world.close());

const post = (path: string, body: string | FormData, headers: Record<string, string> = {}) =>
  world.ask(path, { method: 'POST', body, headers });
const form = (...parts: readonly (readonly [name: string, text: string, file?: string])[]) => {
  const made = new FormData();
  for (const [name, text, file] of parts)
    if (file === undefined) made.append(name, text);
    else made.append(name, new Blob([text]), file);
  return made;
};

describe('POST /imports/{format}', () => {
  it('takes one file as the body, and tells how far it is and what it did', async () => {
    const { status, headers, json } = await post('/imports/archimate?file=m.archimate', MODEL);
    const self = `/imports/${String(json.correlation_id)}`;
    expect([status, headers.get('location')]).toEqual([202, self]);
    expect(json.links).toEqual({ self, report: `${self}/report` });
    expect(await world.ended(self)).toMatchObject({
      state: 'finished',
      total: 3,
      done: 3,
      refusals: {},
      commands: { CreateApplication: 2, CreateRelation: 1 },
    });
    const again = await post('/imports/archimate?file=m.archimate', MODEL);
    expect(await world.ended(`/imports/${String(again.json.correlation_id)}`)).toMatchObject({
      correlation_id: json.correlation_id,
      total: 0,
    });
    const report = await world.ask(`${self}/report`);
    expect(report.headers.get('content-type')).toContain('application/x-ndjson');
    expect(JSON.parse(report.text.split('\n')[0]!)).toMatchObject({ about: 'note' });
    const list = await world.ask('/imports');
    expect(list.json.items).toMatchObject([{ import_id: json.import_id, reverted: false }]);
  });

  it('sends a long report in pieces', async () => {
    const rows = Array.from({ length: 80 }, (_, at) => `${at},Application ${at}`);
    const mapping = 'source: long\nkind: application\nkey: ID\nname: Name\n';
    const some = Array.from({ length: 50 }, (_, at) => `t${at}`.padEnd(60, 'x'));
    const tags = `fields: { tags: { default: [${some.join()}] } }\n`;
    const { json } = await post(
      '/imports/csv?dry_run=true',
      form(
        ['files', `ID,Name\n${rows.join('\n')}`, 'apps.csv'],
        ['mapping', `${mapping}${tags}`, 'm.yaml'],
      ),
    );
    const self = `/imports/${String(json.correlation_id)}`;
    await world.ended(self);
    const { body } = await world.app.request(`${self}/report`);
    const pieces: number[] = [];
    for await (const piece of body!) pieces.push(piece.byteLength);
    const lines = (await world.ask(`${self}/report`)).text.split('\n').filter((one) => one !== '');
    expect(lines).toHaveLength(160);
    expect(pieces.length).toBeGreaterThan(3);
    expect(Math.max(...pieces)).toBeLessThan(80_000);
  });

  it('fails with what is wrong with the model when that is found while it is compared', async () => {
    const { json } = await post('/imports/endless', 'x');
    expect(await world.ended(`/imports/${String(json.correlation_id)}`)).toMatchObject({
      state: 'failed',
      code: 'PLAN_TOO_LARGE',
      total: 0,
      reason: 'endless: is endless; expected an end',
    });
  });

  it('takes many as a form, with a mapping', async () => {
    const table = ['files', 'ID,Name\n1,Scanner\n', 'apps.csv'] as const;
    const mapping = 'source: cmdb\nkind: application\nkey: ID\nname: Name\n';
    const { status, json } = await post(
      '/imports/csv?dry_run=true',
      form(table, ['mapping', mapping, 'm.yaml']),
    );
    expect(status).toBe(202);
    expect(await world.ended(`/imports/${String(json.correlation_id)}`)).toMatchObject({
      state: 'finished',
      dry_run: true,
      total: 1,
      done: 0,
    });
  });

  it('says that a model is too large while it is still being sent, and not with a broken line', async () => {
    const { port, close } = await serveHttp({ app: world.app, host: '127.0.0.1', port: 0 });
    const socket = connect(port, '127.0.0.1');
    // Who sends everything before reading, over a line that takes a while.
    const broken = once(socket, 'error').then(([error]) => String(error));
    socket.write(
      `POST /imports/archimate HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: ${PIECE_BYTES * PIECES}\r\n\r\n`,
    );
    for (let piece = 0; piece < PIECES; piece++) {
      socket.write(Buffer.alloc(PIECE_BYTES));
      await pause(PAUSE_MS);
    }
    const told = await Promise.race([broken, text(socket)]);
    await close();
    expect(told).toMatch(/^HTTP\/1\.1 413 .*PAYLOAD_TOO_LARGE/s);
  });

  const refusals: readonly (readonly [
    what: string,
    path: string,
    body: string | FormData,
    headers: Record<string, string>,
    status: number,
    code: string,
  ])[] = [
    [
      ...(['a form that is none', '/imports/archimate', 'hello'] as const),
      ...([{ 'content-type': 'multipart/form-data; boundary=x' }, 422] as const),
      'IMPORT_UNREADABLE',
    ],
    [
      'a field without a file',
      '/imports/archimate',
      form(['a', 'b']),
      {},
      422,
      'IMPORT_UNREADABLE',
    ],
    ['a form without files', '/imports/archimate', form(), {}, 422, 'IMPORT_UNREADABLE'],
    [
      ...(['a mapping alone', '/imports/csv', form(['mapping', 'a: 1', 'm.yaml']), {}] as const),
      ...([422, 'IMPORT_UNREADABLE'] as const),
    ],
    ['nothing', '/imports/archimate', '', {}, 422, 'IMPORT_UNREADABLE'],
    ['too much', '/imports/archimate', 'x'.repeat(MAX + 1), {}, 413, 'PAYLOAD_TOO_LARGE'],
    ['a format that is none', '/imports/visio', 'x', {}, 404, 'NOT_FOUND'],
    ['entities', '/imports/archimate', DOCTYPE, {}, 422, 'IMPORT_UNREADABLE'],
    ['no XML', '/imports/archimate', 'hello', {}, 422, 'IMPORT_UNREADABLE'],
    ['other XML', '/imports/archimate', '<html/>', {}, 422, 'IMPORT_UNREADABLE'],
    ['no YAML', '/imports/compose', 'a: [', {}, 422, 'IMPORT_UNREADABLE'],
    ['an odd dry_run', '/imports/archimate?dry_run=1', MODEL, {}, 422, 'VALIDATION_ERROR'],
    ['an unknown parameter', '/imports/archimate?dryrun=true', MODEL, {}, 422, 'VALIDATION_ERROR'],
  ];
  it.each(refusals)('refuses %s', async (_, path, body, headers, status, code) => {
    const told = await post(path, body, headers);
    expect([told.status, told.code]).toEqual([status, code]);
    expect(told.headers.get('content-type')).toContain('problem+json');
  });

  it('names the file, the line and what was expected', async () => {
    const { json } = await post('/imports/archimate?file=m.xml', DOCTYPE);
    expect(json).toMatchObject({
      message: expect.stringContaining('m.xml, line 1: declares a document type'),
      details: { reason: 'DOCTYPE_REFUSED', file: 'm.xml', line: 1 },
    });
  });
});

describe('an import that is asked for', () => {
  it('is 404 when nobody knows it', async () => {
    for (const path of ['/imports/x', '/imports/x/report'])
      expect((await world.ask(path)).code).toBe('NOT_FOUND');
    for (const id of ['x', 'archimate-00000000-000000000000'])
      expect((await post(`/imports/${id}/revert`, '{}', AS_JSON)).code).toBe('NOT_FOUND');
  });

  it('is not taken back without an approval, nor with a body that is something else', async () => {
    const { json } = await post('/imports/archimate?file=m.archimate', MODEL);
    const path = `/imports/${String(json.import_id)}/revert`;
    await world.ended(`/imports/${String(json.import_id)}`);
    for (const body of ['{"approval_id":7}', '{"odd":1}'])
      expect((await post(path, body, AS_JSON)).code).toBe('VALIDATION_ERROR');
    const { status, json: begun } = await post(path, '{}', AS_JSON);
    expect(status).toBe(202);
    expect(await world.ended(`/imports/${String(begun.correlation_id)}`)).toMatchObject({
      state: 'failed',
      code: 'APPROVAL_REQUIRED',
      done: 0,
      reason: expect.stringContaining('2 × DeleteApplication'),
    });
    const dry = await post(`${path}?dry_run=true`, '{}', AS_JSON);
    expect(await world.ended(`/imports/${String(dry.json.correlation_id)}`)).toMatchObject({
      state: 'finished',
      dry_run: true,
      total: 3,
    });
  });
});

describe('an import that somebody stops', () => {
  const stop = (path: string) => world.ask(path, { method: 'DELETE' });
  const rows = Array.from({ length: 200 }, (_, at) => `${at},Stopped ${at}\n`).join('');
  const table = () =>
    form(
      ['files', `ID,Name\n${rows}`, 'apps.csv'],
      ['mapping', 'source: stopped\nkind: application\nkey: ID\nname: Name\n', 'm.yaml'],
    );
  const stops = async () => {
    const found = [];
    for await (const entry of world.store.readJournal(1))
      if (entry.command_type === 'StopImport') found.push(entry);
    return found;
  };

  it('stops where it stands, may be stopped again, goes on, and is taken back', async () => {
    const dispatch = world.runtime.dispatch.bind(world.runtime);
    const third = gate();
    const release = gate();
    let sent = 0;
    const spy = vi.spyOn(world.runtime, 'dispatch').mockImplementation(async (...given) => {
      if (++sent >= 3) {
        third.open();
        await release.opened;
      }
      return dispatch(...given);
    });
    const begun = await post('/imports/csv', table());
    const self = `/imports/${String(begun.json.correlation_id)}`;
    await third.opened;
    const asked = stop(self);
    while ((await world.ask(self)).json.stopped_by === null) await pause(1);
    expect((await world.ask(self)).json).toMatchObject({ state: 'running', ended_at: null });
    // Not joined to what is about to end.
    expect((await post('/imports/csv', table())).code).toBe('BUSY');
    expect((await post(`${self}/revert`, '{}', AS_JSON)).json).toMatchObject({
      code: 'BUSY',
      message: expect.stringMatching(/^the import csv-.* of the same model is under way: stop it/),
    });
    release.open();
    const { status, json } = await asked;
    const { done, total } = json as { done: number; total: number };
    expect([status, json]).toMatchObject([
      200,
      { state: 'stopped', code: 'STOPPED', stopped_by: 'import', total: 200, refusals: {} },
    ]);
    expect(json.reason).toMatch(
      /^stopped before CreateApplication of .*, by import; what was written stays: the same import again goes on, a revert takes it back$/,
    );
    expect(done).toBeLessThanOrEqual(64);
    expect(await stop(self)).toMatchObject({ status: 200, json });
    expect(await stops()).toMatchObject([
      { via: 'http', outcome: 'accepted', actor: 'import', correlation_id: json.correlation_id },
    ]);
    spy.mockRestore();
    const again = await post('/imports/csv', table());
    expect(await world.ended(self)).toMatchObject({ state: 'finished', total: total - done });
    expect(again.json.import_id).toBe(json.import_id);
    const dry = await post(`${self}/revert?dry_run=true`, '{}', AS_JSON);
    const back = await world.ended(`/imports/${String(dry.json.correlation_id)}`);
    expect(back.commands).toEqual({ DeleteApplication: 200 });
    expect(await stop(self)).toMatchObject({
      status: 200,
      json: { state: 'finished', stopped_by: null },
    });
    expect(await stops()).toHaveLength(1);
  });

  it('stops while it is planned: nothing was written', async () => {
    planning = gate();
    const { json } = await post('/imports/slow?dry_run=true', 'plan');
    const self = `/imports/${String(json.correlation_id)}`;
    await planning.opened;
    const over = vi.spyOn(Job.prototype, 'over').mockResolvedValueOnce();
    expect(await stop(self)).toMatchObject({ status: 202, json: { ended_at: null } });
    over.mockRestore();
    expect((await stop(self)).json).toMatchObject({
      state: 'stopped',
      total: 0,
      reason: 'stopped before anything was sent, by import',
    });
    expect((await stops()).at(-1)).toMatchObject({
      message: expect.stringMatching(/^the dry run of the import slow-.* while it is planned$/),
    });
  });

  it('is not begun when whoever sent it goes while it is read', async () => {
    reading = gate();
    const { port, close } = await serveHttp({ app: world.app, host: '127.0.0.1', port: 0 });
    const url = `http://127.0.0.1:${port}/imports/slow`;
    const leaving = new AbortController();
    const sent = fetch(url, { method: 'POST', body: 'read', signal: leaving.signal });
    await reading.opened;
    leaving.abort();
    await expect(sent).rejects.toThrow();
    // The place is free again: nothing is being read any more.
    planning = gate();
    while ((await post('/imports/slow', 'plan')).code === 'RATE_LIMITED') await pause(1);
    await planning.opened;
    const [job] = (await world.ask('/imports')).json.items as { import_id: string }[];
    expect(job!.import_id).not.toMatch(/^slow/);
    await close();
  });

  it('is 404 when nobody knows it', async () => {
    expect(await stop('/imports/x')).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });
});

describe('who may import', () => {
  const asked = (path: string, method: string, key?: string) =>
    createHttp({
      runtime: world.runtime,
      store: world.store,
      access,
      imports: world.imports,
      log: { warn: () => {}, error: () => {} },
      info: { name: 'stele', version: '0' },
    }).request(path, { method, headers: key === undefined ? {} : { 'x-api-key': key } });

  it.each([
    ['GET', '/imports'],
    ['GET', '/imports/x'],
    ['DELETE', '/imports/x'],
    ['POST', '/imports/archimate'],
    ['POST', '/imports/x/revert'],
  ])('%s %s needs the permission import', async (method, path) => {
    expect((await asked(path, method)).status).toBe(401);
    expect((await asked(path, method, 'viewer')).status).toBe(403);
    expect([401, 403]).not.toContain((await asked(path, method, 'importer')).status);
  });

  it('is 404 where nothing is imported', async () => {
    const app = createHttp({
      runtime: world.runtime,
      store: world.store,
      log: { warn: () => {}, error: () => {} },
      info: { name: 'stele', version: '0' },
    });
    for (const [method, path] of [
      ['GET', '/imports'],
      ['GET', '/imports/x/report'],
      ['DELETE', '/imports/x'],
      ['POST', '/imports/archimate'],
      ['POST', '/imports/x/revert'],
    ] as const)
      expect((await app.request(path, { method })).status).toBe(404);
  });
});
