import { closeSync, cpSync, mkdtempSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'libsql';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isRefusal } from '../src/core/refusal.js';
import { viewsFile } from '../src/views/index.js';
import { commandLine } from './support/command-line.js';
import { createApplication, envelope, uuid } from './support/commands.js';
import { startTestServer, type TestServer } from './support/nats.js';
import { startTestNode } from './support/node.js';
import { NO_POSTGRES, startTestPostgres, type TestPostgres } from './support/postgres.js';
import { startProxy, type TcpProxy } from './support/tcp-proxy.js';
import { startWholeNode, type WholeNode } from './support/whole-node.js';

/** Within this time an outage must be seen. */
const REPORTED_WITHIN_MS = 10_000;
const RECOVERED_WITHIN_MS = 20_000;
const FROZEN_MS = 10_000;
const LOOK_EVERY_MS = 100;
const WRITE_EVERY_MS = 20;
const JOURNAL_WRITTEN_MS = 300;
/** What takes events of applications, or the journal. */
const PROJECTION = 'application-portfolio';

type Part = { readonly name: string; readonly state: string; readonly reason: string | null };
type Problem = {
  readonly code: string;
  readonly parts?: readonly Part[];
  readonly details: { readonly not_ready: readonly string[]; readonly parts: readonly Part[] };
};

let server: TestServer;
let node: WholeNode | undefined;
beforeEach(async () => {
  server = await startTestServer({ sync: 'lazy' });
});
afterEach(async () => {
  await node?.close();
  node = undefined;
  await server.stop();
});

const running = (): WholeNode => {
  if (!node) throw new Error('no node');
  return node;
};
const get = async (path: string) => {
  const response = await fetch(`${running().url}${path}`);
  return { status: response.status, body: (await response.json()) as Problem };
};
/** Why the read store is not ready, as `/readyz` says; undefined when it is. */
const readStoreTrouble = async (): Promise<string | null | undefined> => {
  const { status, body } = await get('/readyz');
  if (status !== 503 || !body.details.not_ready.includes('read_store')) return undefined;
  return body.details.parts.find(({ name }) => name === 'read_store')?.reason;
};
const within = async (ms: number, what: string, so: () => Promise<boolean>): Promise<void> => {
  for (const until = performance.now() + ms; !(await so()); await pause(LOOK_EVERY_MS))
    if (performance.now() > until)
      throw new Error(
        `${what}: not within ${ms} ms: ${JSON.stringify((await get('/readyz')).body)}`,
      );
};
const reported = (what: string, so: () => Promise<boolean>) => within(REPORTED_WITHIN_MS, what, so);
const recovered = async () => {
  await within(RECOVERED_WITHIN_MS, 'ready', async () => (await get('/readyz')).status === 200);
  await running().caughtUp();
};
const create = async (count: number): Promise<string[]> => {
  const ids = Array.from({ length: count }, uuid);
  const sent = await Promise.all(ids.map((id) => running().send(createApplication(id))));
  expect(sent.map(({ status }) => status)).toEqual(ids.map(() => 201));
  return ids;
};
/** The journal, which is written a moment later, is taken too. */
const settled = async () => {
  await pause(JOURNAL_WRITTEN_MS);
  await running().caughtUp();
};
/** Every document of every projection is what the log says. */
const verified = async () => {
  const { definitions, verify } = running().projections;
  for (const { name } of definitions) {
    const compared = await verify(name);
    if (isRefusal(compared)) throw new Error(`${name}: ${compared.message}`);
    expect(compared, name).toMatchObject({ equal: true, differences: [] });
  }
};
const documents = async () => {
  const { store, slot } = await running().projections.reading(PROJECTION);
  return store.count(slot);
};
const states = () =>
  new Set(
    running()
      .projections.status()
      .map(({ state }) => state),
  );
const findings = async (env = running().env): Promise<string[]> => {
  const { out, err } = await commandLine(['doctor', '--read-side', '--json'], env);
  if (out === '') throw new Error(err);
  const { findings } = JSON.parse(out) as { findings: { code: string; stream: string }[] };
  return findings.map(({ code, stream }) => `${code} ${stream}`);
};

describe.skipIf(NO_POSTGRES)('PostgreSQL', () => {
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = (await startTestPostgres())!;
  });
  afterAll(() => postgres?.stop());

  const asAdmin = async (url: string, text: string): Promise<void> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(text).finally(() => client.end());
  };

  it('that is away at the start is waited for, and then what it lacks', async () => {
    const url = postgres.url.replace(/postgres$/, 'later');
    await postgres.kill9();
    node = await startWholeNode(server.url, { DATABASE_URL: url });
    await create(3);
    await reported('/readyz', async () =>
      /not reached: see/.test((await readStoreTrouble()) ?? ''),
    );
    expect((await get('/readyz?for=commands')).status).toBe(200);
    const asked = await get('/applications');
    expect(asked).toMatchObject({ status: 503, body: { code: 'READ_STORE_UNAVAILABLE' } });
    expect(states()).toEqual(new Set(['store_unavailable']));

    await postgres.restart();
    const refused = async () => /no such database/.test((await readStoreTrouble()) ?? '');
    await reported('/readyz with what the server says', refused);
    await create(2);
    await asAdmin(postgres.url, 'create database later template template0');
    await recovered();
    expect(await documents()).toBe(5);
  });

  it('that refuses for good at the start ends it, and says why', async () => {
    const bad = (url: string) => startWholeNode(server.url, { DATABASE_URL: url });
    const { url } = postgres;
    await expect(bad(url.replace(/postgres$/, 'nowhere'))).rejects.toThrow(/no such database/);
    await expect(bad(url.replace('//stele:', '//stranger:'))).rejects.toThrow(/refuses user/);
    await asAdmin(url, `create database latin encoding 'LATIN1' template template0`);
    await expect(bad(url.replace(/postgres$/, 'latin'))).rejects.toThrow(/encoded in LATIN1/);
    const newer = await postgres.database();
    await asAdmin(
      newer,
      'create table stele_schema (version int); insert into stele_schema values (99)',
    );
    await expect(bad(newer)).rejects.toThrow(/made by a newer program/);
  });

  it(`that freezes for ${FROZEN_MS / 1_000} s under writes is reported, and nothing is lost`, async () => {
    node = await startWholeNode(server.url, { DATABASE_URL: await postgres.database() });
    const ids = await create(20);
    await node.caughtUp();
    let writing = true;
    let written = 0;
    const writes = (async () => {
      for (; writing; written++) {
        const owner = { owner: `Team ${written}` };
        const id = ids[written % ids.length]!;
        const sent = await running().send(envelope('Application', id, 'SetOwner', owner));
        expect(sent.status).toBe(200);
        await pause(WRITE_EVERY_MS);
      }
    })();
    await pause(500);
    postgres.freeze();
    try {
      const thaw = performance.now() + FROZEN_MS;
      const before = written;
      await reported('/readyz', async () => (await readStoreTrouble()) !== undefined);
      expect(await findings()).toContain('READ_STORE_UNAVAILABLE read store');
      await pause(Math.max(0, thaw - performance.now()));
      expect(states()).toEqual(new Set(['store_unavailable']));
      expect(written).toBeGreaterThan(before + 50);
    } finally {
      postgres.thaw();
    }
    await recovered();
    writing = false;
    await writes;
    await node.caughtUp();
    await verified();
  });

  it('that lost its tables under a running node gets them anew', async () => {
    const url = await postgres.database();
    node = await startWholeNode(server.url, { DATABASE_URL: url });
    await create(10);
    await node.caughtUp();
    await asAdmin(url, 'drop schema public cascade; create schema public');
    await create(1);
    await within(RECOVERED_WITHIN_MS, 'all documents', async () => {
      const count = await documents().catch(() => 0);
      return count === 11;
    });
    await recovered();
    await verified();
  });
});

describe('The SQLite file', () => {
  it('that is taken away is reported, commands go on, and the next start builds it anew', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'stele-data-'));
    node = await startWholeNode(server.url, { STELE_DATA: dir });
    await create(3);
    await node.caughtUp();
    const file = viewsFile(dir, [server.url]);
    renameSync(file, `${file}.away`);
    await reported('/readyz', async () => /was removed/.test((await readStoreTrouble()) ?? ''));
    await create(2);
    expect((await get('/applications')).body.code).toBe('READ_STORE_UNAVAILABLE');
    await node.close();
    node = await startWholeNode(server.url, { STELE_DATA: dir });
    await recovered();
    expect(await documents()).toBe(5);
    await verified();
    await node.close();
    rmSync(dir, { recursive: true });
  });
});

describe('Damaged pages of the SQLite file', () => {
  it('are found at the start, their projection is named with its remedy, which heals it', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'stele-data-'));
    const start = async () => {
      node = await startWholeNode(server.url, { STELE_DATA: dir });
    };
    await start();
    await create(3);
    await settled();
    const live = running()
      .projections.status()
      .find(({ name }) => name === PROJECTION)!;
    await running().close();
    const file = viewsFile(dir, [server.url]);
    const database = new Database(file);
    const named = 'select rootpage from sqlite_master where name = ?';
    const table = `stele_d_${PROJECTION.replaceAll('-', '_')}_${live.generation}`;
    const { rootpage } = database.prepare(named).get(table) as { rootpage: number };
    const [{ page_size: size }] = database.prepare('pragma page_size').all() as [
      { page_size: number },
    ];
    database.close();
    const handle = openSync(file, 'r+');
    writeSync(handle, Buffer.alloc(size, 0xff), 0, size, (rootpage - 1) * size);
    closeSync(handle);
    await start();
    const remedy = new RegExp(
      `documents of ${PROJECTION} are damaged.*stele projection rebuild ${PROJECTION}`,
    );
    await reported('/readyz', async () => remedy.test((await readStoreTrouble()) ?? ''));
    expect(await findings()).toContain(`PROJECTION_DAMAGED projection ${PROJECTION}`);
    await running().projections.rebuild(PROJECTION, { switchWhenReady: true });
    await recovered();
    expect(await documents()).toBe(3);
    await running().close();
    rmSync(dir, { recursive: true });
  });
});

describe('A log that was restored from an older copy and written on', () => {
  let proxy: TcpProxy;
  beforeEach(async () => {
    proxy = await startProxy(server.url);
  });
  afterEach(async () => {
    await proxy.close();
    rmSync(`${server.dir}.copy`, { recursive: true, force: true });
  });

  const copy = async () => {
    await server.kill9();
    cpSync(server.dir, `${server.dir}.copy`, { recursive: true });
    await server.restart();
  };
  /** The copy takes the place of the log, which is then longer than it was, with other events. */
  const restoreAndWrite = async (count: number) => {
    await server.kill9();
    rmSync(server.dir, { recursive: true });
    cpSync(`${server.dir}.copy`, server.dir, { recursive: true });
    await server.restart();
    const other = await startTestNode(server.url);
    for (let n = 0; n < count; n++) await other.runtime.dispatch(createApplication(uuid()), 'test');
    await other.close();
  };
  const truncated = (of = running()) =>
    of.projections
      .status()
      .filter(({ state }) => state === 'log_truncated')
      .map(({ name }) => name);
  /** Those that have taken something that is no more. */
  const concerned = () =>
    running()
      .projections.definitions.filter(({ sources }) =>
        sources.some(({ slug }) => slug === 'application' || slug === 'journal'),
      )
      .map(({ name }) => name);
  const foundAndRebuilt = async () => {
    await reported('log_truncated', async () => truncated().length === concerned().length);
    const { status, body } = await get('/readyz');
    expect(status).toBe(503);
    expect(body.details.not_ready).toContain(`projection:${PROJECTION}`);
    expect(await findings()).toContain(`LOG_REPLACED projection ${PROJECTION}`);
    for (const name of truncated())
      expect(isRefusal(await running().projections.rebuild(name, { switchWhenReady: true }))).toBe(
        false,
      );
    await recovered();
    await verified();
    expect((await findings()).filter((one) => one.startsWith('LOG_REPLACED'))).toEqual([]);
  };

  it('is found by a node that starts', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'stele-data-'));
    const start = async () => {
      node = await startWholeNode(server.url, { STELE_DATA: dir });
    };
    await start();
    await create(3);
    await settled();
    await running().close();
    await copy();
    await start();
    await create(4);
    await settled();
    await running().close();
    await restoreAndWrite(12);
    await start();
    await foundAndRebuilt();
    expect(await documents()).toBe(15);
    await running().close();
    rmSync(dir, { recursive: true });
  });

  it('is found by nodes that were only cut off meanwhile, busy or quiet since their start', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'stele-data-'));
    node = await startWholeNode(proxy.url);
    await create(3);
    await settled();
    await copy();
    await recovered();
    await create(4);
    await settled();
    let quiet = await startWholeNode(proxy.url, { STELE_DATA: dir });
    await quiet.caughtUp();
    await quiet.close();
    quiet = await startWholeNode(proxy.url, { STELE_DATA: dir });
    try {
      await quiet.caughtUp();
      proxy.shut();
      await restoreAndWrite(12);
      proxy.open();
      await foundAndRebuilt();
      expect(truncated(quiet)).toEqual(concerned());
    } finally {
      await quiet.close();
      rmSync(dir, { recursive: true });
    }
    expect(await documents()).toBe(15);
  });
});
