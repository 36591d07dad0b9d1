import { closeSync, cpSync, mkdtempSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'libsql';
import pg from 'pg';
import { describe, expect, it, type TestContext } from 'vitest';
import { actors } from '../actors/index.js';
import { isRefusal } from '../src/core/refusal.js';
import { viewsFile } from '../src/read/views/index.js';
import { commandLine } from './support/command-line.js';
import { createApplication, envelope, uuid } from './support/commands.js';
import { startTestServer, type TestServer } from './support/nats.js';
import { startTestNode } from './support/node.js';
import { PATIENCE_MS } from './support/patience.js';
import { NO_POSTGRES, startTestPostgres, type TestPostgres } from './support/postgres.js';
import { startProxy } from './support/tcp-proxy.js';
import { startWholeNode, type WholeNode } from './support/whole-node.js';

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

/** A server and a node of one test alone: most of a test is waiting, so several wait together. */
class World {
  #node: WholeNode | undefined;
  constructor(readonly server: TestServer) {}

  get node(): WholeNode {
    if (!this.#node) throw new Error('no node');
    return this.#node;
  }

  async start(env: Readonly<Record<string, string>>, natsUrl = this.server.url): Promise<void> {
    this.#node = await startWholeNode(natsUrl, env);
  }

  async close(): Promise<void> {
    await this.#node?.close();
    await this.server.stop();
  }

  async get(path: string) {
    const response = await fetch(`${this.node.url}${path}`);
    return { status: response.status, body: (await response.json()) as Problem };
  }

  /** Why the read store is not ready, as `/readyz` says; undefined when it is. */
  async readStoreTrouble(): Promise<string | null | undefined> {
    const { status, body } = await this.get('/readyz');
    if (status !== 503 || !body.details.not_ready.includes('read_store')) return undefined;
    return body.details.parts.find(({ name }) => name === 'read_store')?.reason;
  }

  async until(what: string, so: () => Promise<boolean>): Promise<void> {
    for (const until = performance.now() + PATIENCE_MS; !(await so()); await pause(LOOK_EVERY_MS))
      if (performance.now() > until)
        throw new Error(
          `${what}: not within ${PATIENCE_MS} ms: ${JSON.stringify((await this.get('/readyz')).body)}`,
        );
  }

  /** `/readyz` says of the read store what is expected. */
  readStoreReported(trouble: RegExp) {
    const so = async () => trouble.test((await this.readStoreTrouble()) ?? '');
    return this.until(`/readyz with ${trouble}`, so);
  }

  async recovered(): Promise<void> {
    const ready = async () => (await this.get('/readyz')).status === 200;
    await this.until('ready', ready);
    await this.node.caughtUp();
  }

  async create(count: number): Promise<string[]> {
    const ids = Array.from({ length: count }, uuid);
    const sent = await Promise.all(ids.map((id) => this.node.send(createApplication(id))));
    expect(sent.map(({ status }) => status)).toEqual(ids.map(() => 201));
    return ids;
  }

  /** The journal, which is written a moment later, is taken too. */
  async settled(): Promise<void> {
    await pause(JOURNAL_WRITTEN_MS);
    await this.node.caughtUp();
  }

  /** Every document of every projection is what the log says. */
  async verified(): Promise<void> {
    const { definitions, verify } = this.node.projections;
    for (const { name } of definitions) {
      const compared = await verify(name);
      if (isRefusal(compared)) throw new Error(`${name}: ${compared.message}`);
      expect(compared, name).toMatchObject({ equal: true, differences: [] });
    }
  }

  async documents(): Promise<number> {
    const { store, slot } = await this.node.projections.reading(PROJECTION);
    return store.count(slot);
  }

  states() {
    return new Set(this.node.projections.status().map(({ state }) => state));
  }

  async findings(): Promise<string[]> {
    const { out, err } = await commandLine(['doctor', '--read-side', '--json'], this.node.env);
    if (out === '') throw new Error(err);
    const { findings } = JSON.parse(out) as { findings: { code: string; stream: string }[] };
    return findings.map(({ code, stream }) => `${code} ${stream}`);
  }
}

const openWorld = async ({ onTestFinished }: TestContext): Promise<World> => {
  const world = new World(await startTestServer({ sync: 'lazy' }));
  onTestFinished(() => world.close());
  return world;
};
const openPostgres = async ({ onTestFinished }: TestContext): Promise<TestPostgres> => {
  const postgres = (await startTestPostgres())!;
  onTestFinished(() => postgres.stop());
  return postgres;
};
/** A data directory that outlives its node. */
const openDir = ({ onTestFinished }: TestContext): string => {
  const dir = mkdtempSync(join(tmpdir(), 'stele-data-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
};

describe.concurrent('A log that was restored from an older copy and written on', () => {
  const copy = async ({ server }: World, { onTestFinished }: TestContext) => {
    await server.kill9();
    cpSync(server.dir, `${server.dir}.copy`, { recursive: true });
    onTestFinished(() => rmSync(`${server.dir}.copy`, { recursive: true, force: true }));
    await server.restart();
  };
  /** The copy takes the place of the log, which is then longer than it was, with other events. */
  const restoreAndWrite = async ({ server }: World, count: number) => {
    await server.kill9();
    rmSync(server.dir, { recursive: true });
    cpSync(`${server.dir}.copy`, server.dir, { recursive: true });
    await server.restart();
    const other = await startTestNode(server.url);
    for (let n = 0; n < count; n++) await other.runtime.dispatch(createApplication(uuid()), 'test');
    await other.close();
  };
  const truncated = (node: WholeNode) =>
    node.projections
      .status()
      .filter(({ state }) => state === 'log_truncated')
      .map(({ name }) => name);
  /** Those that have taken something that is no more. */
  const concerned = (node: WholeNode) =>
    node.projections.definitions
      .filter(({ sources }) =>
        sources.some(({ slug }) => slug === 'application' || slug === 'journal'),
      )
      .map(({ name }) => name);
  const foundAndRebuilt = async (world: World) => {
    const { node } = world;
    await world.until(
      'log_truncated',
      async () => truncated(node).length === concerned(node).length,
    );
    const { status, body } = await world.get('/readyz');
    expect(status).toBe(503);
    expect(body.details.not_ready).toContain(`projection:${PROJECTION}`);
    expect(await world.findings()).toContain(`LOG_REPLACED projection ${PROJECTION}`);
    const giveUp = ['accept-loss', 'application', 'journal', '--reason', 'no other copy'];
    expect(await commandLine(giveUp, node.env)).toMatchObject({ exit: 0 });
    for (const name of truncated(node))
      expect(isRefusal(await node.projections.rebuild(name, { switchWhenReady: true }))).toBe(
        false,
      );
    await world.recovered();
    await world.verified();
    expect((await world.findings()).filter((one) => one.startsWith('LOG_REPLACED'))).toEqual([]);
  };

  it('is found by nodes that were only cut off meanwhile, busy or quiet since their start', async (test) => {
    const dir = openDir(test);
    const world = await openWorld(test);
    const proxy = await startProxy(world.server.url);
    test.onTestFinished(() => proxy.close());
    // Before its wire goes: without a server, closing takes as long as it may.
    test.onTestFinished(() => world.node.close());
    await world.start({}, proxy.url);
    await world.create(3);
    await world.settled();
    await copy(world, test);
    await world.recovered();
    await world.create(4);
    await world.settled();
    let quiet = await startWholeNode(proxy.url, { STELE_DATA: dir });
    await quiet.caughtUp();
    await quiet.close();
    quiet = await startWholeNode(proxy.url, { STELE_DATA: dir });
    test.onTestFinished(() => quiet.close());
    await quiet.caughtUp();
    proxy.shut();
    await restoreAndWrite(world, 12);
    proxy.open();
    await foundAndRebuilt(world);
    expect(truncated(quiet)).toEqual(concerned(quiet));
    expect(await world.documents()).toBe(15);
  });

  it('is found by a node that starts', async (test) => {
    const dir = openDir(test);
    const world = await openWorld(test);
    await world.start({ STELE_DATA: dir });
    await world.create(3);
    await world.settled();
    await world.node.close();
    await copy(world, test);
    await world.start({ STELE_DATA: dir });
    await world.create(4);
    await world.settled();
    await world.node.close();
    await restoreAndWrite(world, 12);
    await world.start({ STELE_DATA: dir });
    await foundAndRebuilt(world);
    expect(await world.documents()).toBe(15);
  });
});

describe.skipIf(NO_POSTGRES).concurrent('PostgreSQL', () => {
  const asAdmin = async (url: string, text: string): Promise<void> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query(text).finally(() => client.end());
  };

  it(`that freezes for ${FROZEN_MS / 1_000} s under writes is reported, and nothing is lost`, async (test) => {
    const postgres = await openPostgres(test);
    const world = await openWorld(test);
    await world.start({ DATABASE_URL: await postgres.database() });
    const ids = await world.create(20);
    await world.node.caughtUp();
    let writing = true;
    let written = 0;
    const writes = (async () => {
      for (; writing; written++) {
        const owner = { owner: `Team ${written}` };
        const id = ids[written % ids.length]!;
        const sent = await world.node.send(envelope('Application', id, 'SetOwner', owner));
        expect(sent.status).toBe(200);
        await pause(WRITE_EVERY_MS);
      }
    })();
    await pause(500);
    postgres.freeze();
    try {
      const thaw = performance.now() + FROZEN_MS;
      const before = written;
      await world.until('/readyz', async () => (await world.readStoreTrouble()) !== undefined);
      expect(await world.findings()).toContain('READ_STORE_UNAVAILABLE read store');
      await pause(Math.max(0, thaw - performance.now()));
      expect(world.states()).toEqual(new Set(['store_unavailable']));
      expect(written).toBeGreaterThan(before + 50);
    } finally {
      postgres.thaw();
    }
    await world.recovered();
    writing = false;
    await writes;
    await world.node.caughtUp();
    await world.verified();
  });

  it('that is away at the start is waited for, and then what it lacks', async (test) => {
    const postgres = await openPostgres(test);
    const world = await openWorld(test);
    await postgres.kill9();
    await world.start({ DATABASE_URL: postgres.url.replace(/postgres$/, 'later') });
    await world.create(3);
    await world.readStoreReported(/not reached: see/);
    expect((await world.get('/readyz?for=commands')).status).toBe(200);
    const asked = await world.get('/applications');
    expect(asked).toMatchObject({ status: 503, body: { code: 'READ_STORE_UNAVAILABLE' } });
    expect(world.states()).toEqual(new Set(['store_unavailable']));

    await postgres.restart();
    await world.readStoreReported(/no such database/);
    await world.create(2);
    await asAdmin(postgres.url, 'create database later template template0');
    await world.recovered();
    expect(await world.documents()).toBe(5);
  });

  it('that refuses for good at the start ends it, and says why', async (test) => {
    const postgres = await openPostgres(test);
    const world = await openWorld(test);
    const bad = (url: string) => world.start({ DATABASE_URL: url });
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

  it('that an older copy took the place of is seen by quiet nodes, which say nothing wrong meanwhile', async (test) => {
    const postgres = await openPostgres(test);
    const world = await openWorld(test);
    const env = { DATABASE_URL: await postgres.database() };
    await world.start(env);
    const other = await startWholeNode(world.server.url, env);
    test.onTestFinished(() => other.close());
    await world.create(3);
    await world.settled();
    await postgres.copy();
    await world.recovered();
    const ids = await world.create(5);
    await world.settled();
    const { last } = await world.node.store.ends(
      actors.find(({ name }) => name === 'Application')!,
    );
    await postgres.putBack();
    const says = (position: string | null) => position?.includes(`application:${last}`) ?? false;
    const wrong: string[] = [];
    const all = async (node: WholeNode): Promise<boolean> => {
      const list = await fetch(`${node.url}/applications`);
      const { total, position } = (await list.json()) as { total?: number; position: string };
      if (total !== undefined && total < 8 && says(position))
        wrong.push(`${total} applications at ${position}`);
      const one = await fetch(`${node.url}/applications/${ids.at(-1)}`);
      await one.arrayBuffer();
      const at = one.headers.get('stele-position');
      if (one.status === 404 && says(at)) wrong.push(`not there at ${at}`);
      return one.status === 200 && total === 8;
    };
    await world.until('all documents', async () => {
      const seen = await Promise.all([world.node, other].map(all));
      return seen.every(Boolean);
    });
    expect(wrong).toEqual([]);
    await other.close();
    const leads = async () => [...world.states()].join() === 'running';
    await world.until('the lead of all', leads);
    await world.verified();
  });

  it('that lost its tables under a running node gets them anew', async (test) => {
    const postgres = await openPostgres(test);
    const world = await openWorld(test);
    const url = await postgres.database();
    await world.start({ DATABASE_URL: url });
    await world.create(10);
    await world.node.caughtUp();
    await asAdmin(url, 'drop schema public cascade; create schema public');
    // By itself, without an event that would have to be written.
    await world.until('all documents', async () => {
      const count = await world.documents().catch(() => 0);
      return count === 10;
    });
    await world.create(1);
    await world.node.caughtUp();
    expect(await world.documents()).toBe(11);
    await world.recovered();
    await world.verified();
  });
});

describe.concurrent('The SQLite file', () => {
  it('that is taken away is reported, commands go on, and the next start builds it anew', async (test) => {
    const dir = openDir(test);
    const world = await openWorld(test);
    await world.start({ STELE_DATA: dir });
    await world.create(3);
    await world.node.caughtUp();
    const file = viewsFile(dir, [world.server.url]);
    renameSync(file, `${file}.away`);
    await world.readStoreReported(/was removed/);
    await world.create(2);
    expect((await world.get('/applications')).body.code).toBe('READ_STORE_UNAVAILABLE');
    await world.node.close();
    await world.start({ STELE_DATA: dir });
    await world.recovered();
    expect(await world.documents()).toBe(5);
    await world.verified();
  });
});

describe.concurrent('Damaged pages of the SQLite file', () => {
  it('are found at the start, their projection is named with its remedy, which heals it', async (test) => {
    const dir = openDir(test);
    const world = await openWorld(test);
    await world.start({ STELE_DATA: dir });
    await world.create(3);
    await world.settled();
    const live = world.node.projections.status().find(({ name }) => name === PROJECTION)!;
    await world.node.close();
    const file = viewsFile(dir, [world.server.url]);
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
    await world.start({ STELE_DATA: dir });
    await world.readStoreReported(
      new RegExp(`documents of ${PROJECTION} are damaged.*stele projection rebuild ${PROJECTION}`),
    );
    expect(await world.findings()).toContain(`PROJECTION_DAMAGED projection ${PROJECTION}`);
    await world.node.projections.rebuild(PROJECTION, { switchWhenReady: true });
    await world.recovered();
    expect(await world.documents()).toBe(3);
  });
});
