import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from '@nats-io/transport-node';
import { describe, expect, it, type TestContext } from 'vitest';
import { Application } from '../actors/application/application.js';
import { commandLine } from './support/command-line.js';
import { createApplication, envelope, uuid } from './support/commands.js';
import { freePort } from './support/free-port.js';
import { jetStreamOf } from './support/jet-stream-of.js';
import { startTestServer, type TestServer } from './support/nats.js';
import { startTestNode } from './support/node.js';
import { PATIENCE_MS } from './support/patience.js';
import { NO_POSTGRES, startTestPostgres, type TestPostgres } from './support/postgres.js';
import { AS_ADMIN, kill9, ready as processReady, stele } from './support/stele.js';
import { startProxy } from './support/tcp-proxy.js';
import { startWholeNode, type WholeNode } from './support/whole-node.js';

/** How long the read store is gone; `npm run test:long` takes a minute. */
const GONE_MS = Number(process.env.STELE_TEST_GONE_MS ?? 12_000);
const LOOK_EVERY_MS = 100;
/** A consumer that is made anew is paused again within this time. */
const PAUSE_EVERY_MS = 20;
const STREAM = 'EVT_APPLICATION';
const PROJECTION = 'application-portfolio';

type Ready = {
  readonly code?: string;
  readonly status: unknown;
  readonly parts?: readonly { readonly name: string; readonly state: string }[];
  readonly details?: { readonly not_ready: readonly string[] };
};
type Status = {
  readonly name: string;
  readonly state: string;
  readonly documents: number;
  readonly lag_events: number;
};
type Kept = { readonly payload: { readonly sequence: number } };
type Diagnosis = {
  readonly findings: readonly {
    readonly code: string;
    readonly stream: string;
    readonly what: string;
    readonly todo: string;
  }[];
};

/** Ask until it is so. */
const until = async (what: string, so: () => Promise<boolean>): Promise<void> => {
  for (const end = performance.now() + PATIENCE_MS; !(await so()); await pause(LOOK_EVERY_MS))
    if (performance.now() > end) throw new Error(`${what}: not within ${PATIENCE_MS} ms`);
};

/** A server and a node of one test alone: most of a test is waiting, so several wait together. */
class World {
  node!: WholeNode;
  constructor(readonly server: TestServer) {}

  async start(env: Readonly<Record<string, string>> = {}): Promise<void> {
    this.node = await startWholeNode(this.server.url, env);
  }

  async readyz(query = '') {
    const response = await fetch(`${this.node.url}/readyz${query}`);
    return { status: response.status, body: (await response.json()) as Ready };
  }

  async metrics(): Promise<string> {
    return (await fetch(`${this.node.url}/metrics`)).text();
  }

  async doctor(env = this.node.env, ...more: readonly string[]) {
    const ran = await commandLine(['doctor', '--read-side', '--json', ...more], env);
    const { findings } = (ran.out === '' ? { findings: [] } : JSON.parse(ran.out)) as Diagnosis;
    return { ...ran, codes: findings.map(({ code, stream }) => `${code} ${stream}`), findings };
  }

  ready() {
    const so = async () => (await this.readyz()).status === 200;
    return until('ready again', so);
  }

  /** Doctor finds nothing any more: what was long behind may be so for a moment longer. */
  sound() {
    return until('sound', async () => (await this.doctor()).exit === 0);
  }

  /** Some applications; the ids that were acknowledged. */
  async create(count: number): Promise<string[]> {
    const ids = Array.from({ length: count }, uuid);
    for (const id of ids) expect((await this.node.send(createApplication(id))).status).toBe(201);
    return ids;
  }

  documents() {
    return this.node.projections.status().find(({ name }) => name === PROJECTION)?.documents;
  }
}

const openWorld = async ({ onTestFinished }: TestContext): Promise<World> => {
  const world = new World(await startTestServer());
  onTestFinished(async () => {
    await world.node?.close();
    await world.server.stop();
  });
  return world;
};
const openPostgres = async ({ onTestFinished }: TestContext): Promise<TestPostgres> => {
  const postgres = (await startTestPostgres())!;
  onTestFinished(() => postgres.stop());
  return postgres;
};

describe.concurrent('a projection whose consumer stands still', () => {
  it('is reported everywhere, and goes on by itself', async (test) => {
    const world = await openWorld(test);
    const proxy = await startProxy(world.server.url);
    test.onTestFinished(async () => {
      await world.node?.close(); // while it still has its wire
      await proxy.close();
    });
    await world.start({ NATS_URL: proxy.url });
    await world.create(3);
    await world.node.caughtUp();
    expect((await world.doctor()).exit).toBe(0);

    const nc = await connect({ servers: world.server.url });
    const jsm = await jetStreamOf(nc);
    const names: string[] = [];
    for await (const { name } of jsm.consumers.list(STREAM)) names.push(name);
    const name = names.find((one) => one.startsWith(`${PROJECTION}-g`))!;
    // The node makes a consumer that brings nothing anew, and would outrun whoever pauses it: what
    // one brings before it is paused goes astray.
    const asked = `\\$JS\\.API\\.CONSUMER\\.MSG\\.NEXT\\.${STREAM}\\.${name} _INBO`;
    proxy.replaceSent(new RegExp(`(${asked})X`, 'g'), '$1Y');
    let pausing = true;
    const paused = (async () => {
      for (; pausing && !nc.isClosed(); await pause(PAUSE_EVERY_MS))
        await jsm.consumers.pause(STREAM, name, new Date(Date.now() + 60_000)).catch(() => {});
    })();
    test.onTestFinished(() => {
      pausing = false; // also where it fails: nobody may go on for ever
    });
    await world.create(5);
    await until('/readyz', async () => {
      const { status, body } = await world.readyz();
      return status === 503 && !!body.details?.not_ready.includes(`projection:${PROJECTION}`);
    });
    expect((await world.readyz()).body.code).toBe('PROJECTION_NOT_READY');
    expect((await world.readyz('?for=commands')).status).toBe(200);
    expect(await world.metrics()).toContain(
      `stele_projection_state{projection="${PROJECTION}",state="stalled"} 1`,
    );
    let found = await world.doctor(world.node.env, '--server', world.node.url);
    const codes = [
      `PROJECTION_STALLED projection ${PROJECTION}`,
      `CONSUMER_PAUSED ${STREAM}`,
      `NODE_NOT_READY node ${world.node.url}`,
    ];
    const isFound = (): boolean => codes.every((code) => found.codes.includes(code));
    await until(codes.join(', '), async () => {
      if (!isFound()) found = await world.doctor(world.node.env, '--server', world.node.url);
      return isFound();
    });
    expect(found.exit).toBe(1);

    pausing = false;
    await paused;
    proxy.replaceSent();
    await jsm.consumers.resume(STREAM, name);
    await world.ready();
    await world.node.caughtUp();
    await until('all documents', async () => (await world.documents()) === 8);
    await world.sound();
    await nc.close();
  });
});

// Four run at a time: what takes longest begins first.
describe.skipIf(NO_POSTGRES).concurrent('a node that leads the projections and hangs', () => {
  it('is replaced while it hangs, and does no harm when it goes on', async (test) => {
    const { server } = await openWorld(test);
    const postgres = await openPostgres(test);
    const DATABASE_URL = await postgres.database();
    // Processes of one program: what is run from sources has other hashes, and would build anew.
    const serve = async () => {
      const port = await freePort();
      const url = `http://127.0.0.1:${port}`;
      const child = stele(['serve'], { NATS_URL: server.url, PORT: `${port}`, DATABASE_URL });
      test.onTestFinished(() => kill9(child));
      await processReady(url, child);
      const ask = async (path: string, method = 'GET', body?: object) => {
        const init = { method, headers: { ...AS_ADMIN, 'content-type': 'application/json' } };
        const sent = body ? { ...init, body: JSON.stringify(body) } : init;
        return fetch(`${url}${path}`, sent);
      };
      const projections = async (): Promise<readonly Status[]> => {
        const { projections: all } = (await (await ask('/projections')).json()) as {
          readonly projections: readonly Status[];
        };
        return all;
      };
      const all = async (so: (one: Status) => boolean) => (await projections()).every(so);
      return { child, ask, projections, all };
    };
    const leader = await serve();
    await until('led', () => leader.all(({ state }) => state === 'running'));
    const other = await serve();
    await until('not led', () => other.all(({ state }) => state === 'waiting'));
    const writer = await startTestNode(server.url);
    let written = 0;
    let writing = true;
    const writes = (async () => {
      for (; writing; written++) await writer.runtime.dispatch(createApplication(uuid()), 'test');
    })();
    test.onTestFinished(async () => {
      writing = false;
      await writes.catch(() => {});
      await writer.close();
    });
    await until('under way', async () => written > 20);
    leader.child.kill('SIGSTOP'); // whatever it was at
    await until('led by the other', () => other.all(({ state }) => state === 'running'));
    const before = written;
    await until('moved by the other', () =>
      other.all(({ name, documents: count }) => name !== PROJECTION || count >= before),
    );
    expect((await other.ask('/readyz')).status).toBe(200);
    leader.child.kill('SIGCONT');
    await until('not led by both', () => leader.all(({ state }) => state === 'waiting'));
    writing = false;
    await writes;
    await until('caught up', () =>
      other.all(({ state, lag_events }) => state === 'running' && lag_events === 0),
    );
    for (const { name } of await other.projections()) {
      const verified = await other.ask(`/projections/${name}/verify`, 'POST', {});
      expect([name, await verified.json()]).toMatchObject([name, { equal: true }]);
    }
    await until('shown by both', () =>
      leader.all(({ name, documents: count }) => name !== PROJECTION || count === written),
    );
  });
});

describe.skipIf(NO_POSTGRES).concurrent('a read store that is gone', () => {
  it(
    `for ${GONE_MS / 1_000} s is reported everywhere, and everything goes on by itself`,
    async (test) => {
      const world = await openWorld(test);
      const postgres = await openPostgres(test);
      await world.start({ DATABASE_URL: await postgres.database() });
      const [id] = await world.create(2);
      await world.node.caughtUp();
      const begun = performance.now();
      await postgres.kill9();
      await until('/readyz', async () => {
        const { status, body } = await world.readyz();
        return status === 503 && body.details!.not_ready.includes('read_store');
      });
      // Commands go on.
      expect((await world.readyz('?for=commands')).status).toBe(200);
      await world.create(3);
      const owner = envelope('Application', id!, 'SetOwner', { owner: 'Team Ledger' });
      expect((await world.node.send(owner)).status).toBe(200);
      const numbers = await world.metrics();
      expect(numbers).toContain('stele_part_ready{part="read_store"} 0');
      expect(numbers).toContain('stele_ready 0');
      const found = await world.doctor();
      expect(found.exit).toBe(1);
      expect(found.codes).toContain('READ_STORE_UNAVAILABLE read store');
      await pause(Math.max(0, GONE_MS - (performance.now() - begun)));
      await postgres.restart();
      await world.ready();
      await world.node.caughtUp();
      await until('all documents', async () => (await world.documents()) === 5);
      await world.sound();
    },
    GONE_MS + 3 * PATIENCE_MS,
  );
});

describe.skipIf(NO_POSTGRES).concurrent('a read store in PostgreSQL', () => {
  it('is shared by the nodes of one installation, and answers no other', async (test) => {
    const [world, stranger] = await Promise.all([openWorld(test), openWorld(test)]);
    const postgres = await openPostgres(test);
    const env = { DATABASE_URL: await postgres.database() };
    await world.start(env);
    const ids = await world.create(3);
    await world.node.caughtUp();
    const second = new World(world.server);
    test.onTestFinished(() => second.node?.close());
    await Promise.all([second.start(env), stranger.start(env)]);

    await second.ready();
    const [one] = ids as [string];
    const read = await fetch(`${second.node.url}/applications/${one}`);
    expect([read.status, second.documents()]).toEqual([200, 3]);
    const owner = envelope('Application', one, 'SetOwner', { owner: 'Team Ledger' });
    expect((await second.node.send(owner)).status).toBe(200);
    await world.node.caughtUp();
    const shown = await fetch(`${world.node.url}/applications/${one}`);
    expect(await shown.json()).toMatchObject({ owner: 'Team Ledger' });

    await until('it is of another log', async () => {
      return (await stranger.readyz('?for=commands')).body.code === 'READ_STORE_FOREIGN';
    });
    const refused = [
      await stranger.node.send(createApplication(uuid())),
      await fetch(`${stranger.node.url}/applications`),
      await fetch(`${stranger.node.url}/applications/${one}`),
    ];
    for (const answer of refused)
      expect([answer.status, await answer.json()]).toMatchObject([
        503,
        { code: 'READ_STORE_FOREIGN' },
      ]);
    const found = await stranger.doctor();
    expect([found.exit, found.codes]).toEqual([1, ['READ_STORE_FOREIGN read store']]);
    expect((await world.readyz()).status).toBe(200);
    expect(world.documents()).toBe(3);
  });
});

describe.concurrent('a log that lost its tail', () => {
  it('is reported everywhere, and stands still until somebody has looked', async (test) => {
    const world = await openWorld(test);
    await world.start();
    const other = await startWholeNode(world.server.url);
    test.onTestFinished(() => other.close());
    const rename = (node: WholeNode, id: string, name: string) =>
      node.send(envelope('Application', id, 'RenameApplication', { name }));
    const kept = await world.create(3);
    await world.node.caughtUp();
    // A copy from before is put in the place of the log, as a bad restore would.
    await world.server.kill9();
    cpSync(world.server.dir, `${world.server.dir}.copy`, { recursive: true });
    await world.server.restart();
    await world.ready();
    await world.create(4);
    for (const id of kept) expect((await rename(world.node, id, `Lost ${id}`)).status).toBe(200);
    await world.node.caughtUp();
    await world.server.kill9();
    rmSync(world.server.dir, { recursive: true });
    cpSync(`${world.server.dir}.copy`, world.server.dir, { recursive: true });
    await world.server.restart();

    const isOut = async () => {
      const { status, body } = await world.readyz();
      return status === 503 && !!body.details?.not_ready.includes(`projection:${PROJECTION}`);
    };
    await until('/readyz', isOut);
    expect(await world.metrics()).toContain(
      `stele_projection_state{projection="${PROJECTION}",state="log_truncated"} 1`,
    );
    const found = await world.doctor();
    expect(found.exit).toBe(1);
    expect(found.codes).toContain(`CHECKPOINT_AHEAD projection ${PROJECTION}`);
    // What is written now would take the places of what was lost: it is refused, at first because
    // nobody knows yet.
    expect((await world.node.send(createApplication(uuid()))).status).toBe(503);
    await until('why commands are refused', async () => {
      return (await world.readyz('?for=commands')).body.code === 'LOG_TRUNCATED';
    });
    const refused = await world.node.send(createApplication(uuid()));
    expect([refused.status, await refused.text()]).toEqual([
      503,
      expect.stringMatching(/"LOG_TRUNCATED".*EVT_APPLICATION.*stele accept-loss/),
    ]);
    expect((await world.readyz('?for=commands')).body.code).toBe('LOG_TRUNCATED');
    await pause(2_000);
    expect(await isOut()).toBe(true); // it does not heal by itself
    // The log of commands was restored with it.
    const accepted = await commandLine(
      ['accept-loss', 'application', 'journal', '--reason', 'gone'],
      world.node.env,
    );
    expect(accepted).toMatchObject({ exit: 0, out: expect.stringContaining('are given up') });
    await until('commands', async () => {
      return (await world.readyz('?for=commands')).status === 200;
    });
    // Both nodes go on, and on what the log says: its places are taken anew by either.
    await until('commands at the other node', async () => {
      return (await fetch(`${other.url}/readyz?for=commands`)).status === 200;
    });
    for (const id of kept)
      for (const node of [other, world.node])
        expect((await rename(node, id, `${node.url} ${id}`)).status).toBe(200);
    expect(await world.create(1)).toHaveLength(1);
    for (const id of kept) {
      const history = await fetch(`${other.url}/applications/${id}/events`);
      expect([history.status, await history.json()]).toMatchObject([200, { events: [{}, {}, {}] }]);
    }
    expect(await isOut()).toBe(true); // documents of what is gone are for a rebuild
    const after = await commandLine(['doctor', '--json'], world.node.env);
    const { findings } = JSON.parse(after.out) as Diagnosis;
    for (const code of ['LOG_TRUNCATED', 'CHAIN_BROKEN'])
      expect(findings.map((one) => one.code)).not.toContain(code);
    rmSync(`${world.server.dir}.copy`, { recursive: true });
  });

  it('in one type alone is known without the read store, and nothing is written', async (test) => {
    const world = await openWorld(test);
    const stream = join(world.server.dir, 'nats/jetstream/$G/streams/EVT_APPLICATION');
    await world.start();
    await world.create(2);
    await world.node.caughtUp();
    await world.server.kill9();
    cpSync(stream, `${world.server.dir}.copy`, { recursive: true });
    await world.server.restart();
    await world.ready();
    await world.create(5);
    await world.node.caughtUp();
    const { last } = await world.node.store.ends(Application);
    await until('looked at by the alerting', async () => {
      const kept = `${world.node.url}/buckets/ALERTING/entries?key=raised.application`;
      const { entries } = (await (await fetch(kept)).json()) as { entries: Kept[] };
      return entries[0]?.payload.sequence === last;
    });
    await world.node.close();
    await world.server.kill9();
    rmSync(stream, { recursive: true });
    cpSync(`${world.server.dir}.copy`, stream, { recursive: true });
    await world.server.restart();
    const ran = await commandLine(['doctor', '--json'], world.node.env);
    const { findings } = JSON.parse(ran.out) as Diagnosis;
    const short = findings.find(({ code }) => code === 'LOG_TRUNCATED');
    expect(short?.stream).toBe('EVT_APPLICATION');
    for (const one of ['HEADS', 'ALERTING', 'JOURNAL']) expect(short?.what).toContain(one);
    expect(ran.exit).toBe(1);
    await world.start();
    const { status, body } = await world.readyz('?for=commands');
    expect([status, body.code]).toEqual([503, 'LOG_TRUNCATED']);
    expect((await world.node.send(createApplication(uuid()))).status).toBe(503);
    const reason = ['--reason', 'no backup'];
    expect(
      (await commandLine(['accept-loss', 'EVT_APPLICATION', ...reason], world.node.env)).exit,
    ).toBe(0);
    await world.ready();
    await world.create(1);
    // On a server of others it is told what an acknowledgement is worth.
    expect((await commandLine(['doctor'], world.node.env)).out).toMatch(
      /cannot be asked.*sync_interval: always/,
    );
    const after = await commandLine(['doctor', '--json'], world.node.env);
    const codes = (JSON.parse(after.out) as Diagnosis).findings.map(({ code }) => code);
    expect([after.exit, codes]).toEqual([0, ['LOSS_ACCEPTED']]);
    rmSync(`${world.server.dir}.copy`, { recursive: true });
  });
});

describe.concurrent('an event store that is gone', () => {
  it('is reported everywhere, and everything goes on by itself', async (test) => {
    const world = await openWorld(test);
    await world.start();
    await world.create(2);
    await world.node.caughtUp();
    await world.server.kill9();
    await until('/readyz', async () => (await world.readyz()).body.code === 'STORE_UNAVAILABLE');
    expect((await world.readyz('?for=commands')).status).toBe(503);
    expect((await fetch(`${world.node.url}/healthz`)).status).toBe(200);
    const numbers = await world.metrics();
    expect(numbers).toContain('stele_part_ready{part="event_store"} 0');
    expect(numbers).toContain('stele_nats_connected 0');
    const found = await world.doctor();
    expect(found.exit).toBe(1);
    expect(found.err).toContain('NATS_UNREACHABLE');
    await world.server.restart();
    await world.ready();
    await world.create(1);
    await world.node.caughtUp();
    await until('all documents', async () => (await world.documents()) === 3);
  });
});

describe.concurrent('stele doctor on the read side', () => {
  it('works with and without a node, and says what an operator did', async (test) => {
    const world = await openWorld(test);
    const dir = mkdtempSync(join(tmpdir(), 'stele-data-'));
    await world.start({ STELE_DATA: dir });
    await world.create(2);
    await world.node.caughtUp();
    await world.node.projections.stop('audit-log');
    const args = ['doctor', '--read-side', '--server', world.node.url];
    const beside = await commandLine(args, world.node.env);
    expect(beside.exit).toBe(0);
    expect(beside.out).toMatch(/application-portfolio +\d+ +2 +.*application:\d+\/\d+.*✓ sound/);
    expect(beside.out).toContain('PROJECTION_STOPPED');
    expect(beside.out).toContain('audit-log: stopped');
    await world.create(1);
    const { env } = world.node;
    await world.node.caughtUp('audit-log');
    await world.node.close();
    const alone = await world.doctor(env);
    expect(alone.exit).toBe(0);
    // The last entries of the journal may have been written after the projection had closed.
    const behind = 'PROJECTION_BEHIND projection commands';
    expect(alone.codes.filter((code) => code !== behind)).toEqual([
      'PROJECTION_STOPPED projection audit-log',
    ]);
    rmSync(dir, { recursive: true });
  });

  it('says so when there is none yet', async (test) => {
    const world = await openWorld(test);
    await world.start();
    const found = await world.doctor({
      NATS_URL: world.server.url,
      STELE_DATA: `${world.node.dir}/nowhere`,
    });
    expect(found.exit).toBe(0);
    expect(found.codes).toEqual(['READ_STORE_MISSING read store']);
  });
});
