import { spawn } from 'node:child_process';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import type { ViewLimits } from '../src/read/views/limits.js';
import type { OfLog, ViewStore } from '../src/read/views/port.js';
import { postgresViews } from '../src/read/views/postgres.js';
import { LEAD_SILENT_MS } from '../src/read/views/postgres-leads.js';
import { NO_POSTGRES, startTestPostgres, type TestPostgres } from './support/postgres.js';
import { startProxy } from './support/tcp-proxy.js';
import { advance, COLUMNS, commit, put, spec } from './support/view-store-contract.js';

const title = `The read store in PostgreSQL${NO_POSTGRES ? `: NOT TESTED, ${NO_POSTGRES}` : ''}`;

describe.skipIf(NO_POSTGRES)(title, () => {
  let server: TestPostgres;
  beforeAll(async () => {
    server = (await startTestPostgres())!;
  });
  afterAll(() => server?.stop());

  const asAdmin = async (url: string, text: string): Promise<pg.QueryResult> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return await client.query(text);
    } finally {
      await client.end();
    }
  };
  const cut = (url: string) =>
    asAdmin(
      url,
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name = 'stele' and datname = current_database()`,
    );
  const unavailable = { name: 'Fault', code: 'READ_STORE_UNAVAILABLE' };
  const opened: ViewStore[] = [];
  const open = async (
    url: string,
    limits?: Partial<ViewLimits>,
    log?: OfLog,
  ): Promise<ViewStore> => {
    const views = await postgresViews(url, { limits, log });
    opened.push(views);
    return views;
  };
  afterAll(() => Promise.all(opened.map((views) => views.close())));

  // First and alone: nobody else could work without a server.
  it('answers a fault while the server is away, and works again when it is back', async () => {
    const url = await server.database();
    const views = await open(url);
    const slot = await views.createSlot(spec(), 'live');
    await put(views, slot, { a: { name: 'kept' } });
    expect(await views.lead(slot.projection)).toBe(true);
    await server.kill9();
    await expect(views.count(slot)).rejects.toMatchObject(unavailable);
    await expect(
      views.commit(slot, commit({ documents: [{ key: 'a', document: null }] })),
    ).rejects.toThrow(/see that it runs and that DATABASE_URL is right/);
    await expect(views.ready()).rejects.toMatchObject(unavailable);
    await server.restart();
    await views.ready();
    expect(await views.documents(slot, ['a'])).toEqual(new Map([['a', { name: 'kept' }]]));
    expect(await views.lead(slot.projection)).toBe(true);
  });

  /** A node in a process of its own that asks for the lead now and then, and says what it got. */
  const leadingApart = async (url: string, { onTestFinished, expect }: TestContext) => {
    const child = spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { postgresViews } from '${new URL('../dist/src/read/views/index.js', import.meta.url)}';
         const views = await postgresViews(process.argv[1]);
         const ask = async () => {
           const leads = await views.lead('things').catch(() => 'away');
           process.stdout.write(leads + '\\n');
         };
         await ask();
         setInterval(ask, 200);`,
        url,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    onTestFinished(() => void child.kill('SIGKILL'));
    const heard = { child, said: '' };
    child.stdout.on('data', (text) => {
      heard.said += String(text);
    });
    await expect.poll(() => heard.said).toMatch(/^true/);
    return heard;
  };

  it.concurrent('leaves the lead with a node that is alive, however long', async (test) => {
    const url = await server.database();
    await leadingApart(url, test);
    const views = await open(url);
    test.expect(await views.lead('things')).toBe(false);
    await new Promise((wake) => setTimeout(wake, LEAD_SILENT_MS + 1_000));
    test.expect(await views.lead('things')).toBe(false);
  });

  it.concurrent('gives the lead of a node that hangs to another, and that one knows when it goes on', async (test) => {
    const { expect } = test;
    const url = await server.database();
    const heard = await leadingApart(url, test);
    const views = await open(url);
    expect(await views.lead('things')).toBe(false);
    heard.child.kill('SIGSTOP');
    await expect.poll(() => views.lead('things')).toBe(true);
    heard.said = '';
    heard.child.kill('SIGCONT');
    await expect.poll(() => heard.said).toMatch(/false/);
    expect(heard.said).not.toContain('true');
    expect(await views.lead('things')).toBe(true);
  });

  it.concurrent('gives the lead of a node whose host is gone to another', async ({
    expect,
    onTestFinished,
  }) => {
    const url = new URL(await server.database());
    const proxy = await startProxy(url.href);
    onTestFinished(() => proxy.close());
    const far = new URL(url.href);
    far.port = new URL(proxy.url).port;
    const [gone, views] = [await open(far.href), await open(url.href)];
    expect(await gone.lead('things')).toBe(true);
    expect(await views.lead('things')).toBe(false);
    proxy.vanish();
    await expect.poll(() => views.lead('things')).toBe(true);
    proxy.cut();
  });

  it.concurrent('survives that idle and busy connections are cut', async () => {
    const url = await server.database();
    const views = await open(url);
    const slot = await views.createSlot(spec(), 'live');
    for (let round = 0; round < 3; round++) {
      const busy = Array.from({ length: 20 }, () =>
        views.find(slot, { where: [], sort: [], limit: 1 }).catch((error: unknown) => error),
      );
      await cut(url);
      for (const answer of await Promise.all(busy))
        if (answer instanceof Error) expect(answer).toMatchObject(unavailable);
      expect(await views.count(slot)).toBe(0);
    }
  });

  it.concurrent('lets one node lead a projection, and the next when that one is gone', async ({
    expect,
  }) => {
    const url = await server.database();
    const [one, two] = [await open(url), await open(url)];
    expect(await one.lead('things')).toBe(true);
    expect(await two.lead('things')).toBe(false);
    expect(await two.lead('others')).toBe(true);
    expect(await one.lead('others')).toBe(false);
    await one.close();
    await expect.poll(() => two.lead('things')).toBe(true);
  });

  it.concurrent('loses the lead with its connection, and says so', async ({ expect }) => {
    const url = await server.database();
    const [one, two] = [await open(url), await open(url)];
    expect(await one.lead('things')).toBe(true);
    await asAdmin(
      url,
      `select pg_terminate_backend(l.pid) from pg_locks l join pg_stat_activity a using (pid)
       where l.locktype = 'advisory' and a.datname = current_database()`,
    );
    await expect.poll(() => two.lead('things')).toBe(true);
    await expect.poll(() => one.lead('things').catch(() => 'away')).toBe(false);
  });

  /** From now on each index takes so long to be made. */
  const slowIndexes = async (url: string, seconds: number): Promise<void> => {
    await asAdmin(
      url,
      `create function slow() returns event_trigger language plpgsql
         as $$ begin perform pg_sleep(${seconds}); end $$;
       create event trigger slow on ddl_command_start when tag in ('CREATE INDEX')
         execute function slow();`,
    );
  };
  const indexesIn = async (url: string): Promise<number> =>
    (await asAdmin(url, `select 1 from pg_indexes where indexname like '%\\_c0'`)).rows.length;

  it.concurrent('makes indexes that take longer than any other statement may', async () => {
    const url = await server.database();
    const views = await open(url, { statementMs: 1_000 });
    await slowIndexes(url, 2);
    const slot = await views.createSlot(spec({ columns: COLUMNS.slice(0, 1) }), 'building');
    await views.index(slot);
    expect(await indexesIn(url)).toBe(1);
  });

  it.concurrent.for([
    { what: 'whoever wants it stops', ends: (_: ViewStore, stop: AbortController) => stop.abort() },
    { what: 'it is closed', ends: (views: ViewStore) => void views.close() },
  ])('gives an index up when $what, and the server does too', async ({ ends }, { expect }) => {
    const url = await server.database();
    const views = await postgresViews(url);
    await slowIndexes(url, 600);
    const slot = await views.createSlot(spec(), 'building');
    const stop = new AbortController();
    const made = views.index(slot, stop.signal);
    const atWork = async (): Promise<number> =>
      (
        await asAdmin(
          url,
          `select 1 from pg_stat_activity where datname = current_database()
             and state = 'active' and query like 'create index%'`,
        )
      ).rows.length;
    await expect.poll(atWork).toBe(1);
    ends(views, stop);
    await expect(made).rejects.toMatchObject(unavailable);
    await expect.poll(atWork).toBe(0);
    await views.close();
  });

  it.concurrent('fences two nodes that write to one slot from different sources', async () => {
    const url = await server.database();
    const [one, two] = [await open(url), await open(url)];
    const slot = await one.createSlot(spec(), 'live');
    const revision = (await one.revision(slot)) ?? -1;
    const write = (views: ViewStore, source: string) =>
      views.commit(slot, commit({ revision, advance: advance(0, 1, source) }));
    const through = await Promise.all([write(one, 'a'), write(two, 'b')]);
    expect(through.filter(Boolean)).toHaveLength(1);
  });

  it.concurrent('clears what was removed away once nobody reads it any more', async () => {
    const url = await server.database();
    const views = await open(url);
    const first = await views.createSlot(spec(), 'live');
    const again = { ...spec(), projection: first.projection };
    const second = await views.createSlot(again, 'candidate');
    const tables = async (): Promise<number> =>
      (await asAdmin(url, `select 1 from pg_tables where tablename like 'stele\\_d\\_%'`)).rows
        .length;
    const reads = await views.readTransaction();
    await reads.count(second);
    await views.dropSlot(second);
    expect(await tables()).toBe(2);
    await reads.end();
    await views.dropSlot(await views.createSlot(again, 'candidate'));
    expect(await tables()).toBe(1);
  });

  it.concurrent('makes its tables once, however many nodes start together', async () => {
    const url = await server.database();
    const stores = await Promise.all([1, 2, 3, 4].map(() => open(url)));
    expect(await Promise.all(stores.map((views) => views.slots()))).toEqual([[], [], [], []]);
    const { rows } = await asAdmin(url, 'select * from stele_schema');
    expect(rows).toHaveLength(1);
  });

  const logOf = (installation: string): OfLog => ({
    made: new Map([['thing', installation]]),
    holds: async () => false,
  });

  it.concurrent('is of one log alone, also when two begin with it at once', async ({ expect }) => {
    for (let round = 0; round < 3; round++) {
      const url = await server.database();
      // Two nodes of each, which all find it empty.
      const logs = ['ours', 'theirs', 'ours', 'theirs'];
      const stores = await Promise.all(logs.map((log) => open(url, undefined, logOf(log))));
      const asked = await Promise.allSettled(stores.map((views) => views.slots()));
      const [of] = (await stores[0]!.log()).values();
      expect(asked.map(({ status }) => status)).toEqual(
        logs.map((log) => (log === of ? 'fulfilled' : 'rejected')),
      );
      for (const one of asked)
        if (one.status === 'rejected') expect(one.reason.code).toBe('READ_STORE_FOREIGN');
    }
  });

  it.concurrent('answers nothing any more when another log takes its place', async ({ expect }) => {
    const url = await server.database();
    const ours = await open(url, undefined, logOf('ours'));
    await ours.createSlot(spec(), 'live');
    // Somebody empties the database and gives it to another installation while a node runs.
    await asAdmin(url, 'drop schema public cascade; create schema public');
    const theirs = await open(url, undefined, logOf('theirs'));
    expect(await theirs.slots()).toEqual([]);
    const foreign = { timeout: 10_000, interval: 200 };
    await expect
      .poll(() => ours.slots().catch(({ code }) => code), foreign)
      .toBe('READ_STORE_FOREIGN');
  });

  it.concurrent('says what is wrong, and never the password', async () => {
    const url = await server.database();
    const password = new URL(url).password;
    const wrong: readonly (readonly [string, RegExp])[] = [
      [url.replace(/\/test_\d+$/, '/nowhere'), /has no such database/],
      [url.replace('//stele:', '//stranger:'), /refuses user or password/],
      [url.replace(/:\d+\//, ':1/'), /see that it runs/],
      [url.replace('127.0.0.1', 'nowhere.invalid'), /no address|not reached/],
    ];
    for (const [bad, sentence] of wrong) {
      const error = await postgresViews(bad).then(
        () => undefined,
        (reason: Error) => reason,
      );
      expect(error).toMatchObject(unavailable);
      expect(error?.message).toMatch(sentence);
      expect(`${error?.message} ${JSON.stringify(error?.cause)} ${error?.stack}`).not.toContain(
        password,
      );
    }
  });

  it.concurrent('tells a schema that is gone, and documents that are, from a server that is away', async () => {
    const url = await server.database();
    const views = await open(url);
    const slot = await views.createSlot(spec(), 'live');
    await put(views, slot, { a: { name: 'kept' } });
    const { rows } = await asAdmin(
      url,
      "select tablename from pg_tables where tablename like 'stele_d_%'",
    );
    await asAdmin(url, `drop table ${rows[0].tablename}`);
    await expect(views.count(slot)).rejects.toThrow(/gone: ask again.*projection rebuild/);
    await asAdmin(url, 'drop schema public cascade');
    await expect(postgresViews(url)).rejects.toThrow(/no schema to make tables in/);
  });

  it.concurrent('refuses tables of a newer program, and another encoding', async () => {
    const url = await server.database();
    await (await postgresViews(url)).close();
    await asAdmin(url, 'update stele_schema set version = version + 1');
    await expect(postgresViews(url)).rejects.toThrow(/made by a newer program/);
    await asAdmin(server.url, `create database latin encoding 'LATIN1' template template0`);
    await expect(postgresViews(server.url.replace(/postgres$/, 'latin'))).rejects.toThrow(
      /encoded in LATIN1/,
    );
  });

  it.concurrent('shows a page and its total from one moment', async () => {
    const url = await server.database();
    const [reader, writer] = [await open(url), await open(url)];
    const slot = await writer.createSlot(spec(), 'live');
    let writing = true;
    const all = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`k${n}`, { cost: n }]));
    const none = Object.fromEntries(Object.keys(all).map((key) => [key, null]));
    const writes = (async () => {
      for (let round = 0; writing; round++) await put(writer, slot, round % 2 ? none : all);
    })();
    for (let round = 0; round < 100; round++) {
      const page = await reader.find(slot, { where: [], sort: [], limit: 100 });
      expect(page.documents.length).toBe(page.total);
    }
    writing = false;
    await writes;
  });
});
