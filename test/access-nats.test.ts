import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventStream, eventSubject } from '../src/core/subjects.js';
import { BODY_MAX, HEADERS_MAX, REQUEST_MAX } from '../src/edge/nats/request-bytes.js';
import { natsAccounts } from './support/cluster.js';
import { commandLine } from './support/command-line.js';
import { createApplication, uuid } from './support/commands.js';
import { type GuardedNode, startGuardedNode } from './support/guarded-node.js';
import { startTestServer, type TestServer } from './support/nats.js';
import { PATIENCE_MS } from './support/patience.js';
import { until } from './support/projecting.js';

const PASSWORD = 'not-a-number';
const ADMIN_KEY = 'correct-horse-battery';
const STREAM = eventStream('application');
/** Messages of one application that is created: its event, and the claim of its name. */
const CREATED = 2;
/** How long an answer is waited for that must not come. */
const SILENCE_MS = 300;

let nats: TestServer;
let node: GuardedNode;
const id = uuid();

const as = (user: string): Promise<NatsConnection> =>
  connect({ servers: nats.url, user, pass: PASSWORD, noAsyncTraces: true });

/** Runs as a user of NATS, and lets go of the connection. */
const asUser = async <T>(user: string, work: (nc: NatsConnection) => Promise<T>): Promise<T> => {
  const nc = await as(user);
  try {
    return await work(nc);
  } finally {
    await nc.close();
  }
};

const lastOf = () => node.node.store.ends(node.node.runtime.registry.aggregate('Application')!);

const send = async (nc: NatsConnection, aggregate: string) => {
  const { actor: _, actor_type: __, ...command } = createApplication(aggregate);
  const hdrs = headers();
  hdrs.set('X-Api-Key', ADMIN_KEY);
  const options = { headers: hdrs, timeout: PATIENCE_MS };
  const msg = await nc.request(
    ...(['cmd.application.CreateApplication', JSON.stringify(command), options] as const),
  );
  return msg.json<{ aggregate_version?: number; code?: string }>();
};

beforeAll(async () => {
  const env = {
    NATS_USER: 'stele',
    NATS_PASSWORD: PASSWORD,
    NATS_CLIENT_PASSWORD: PASSWORD,
    NATS_MONITOR_PASSWORD: PASSWORD,
  };
  nats = await startTestServer({ sync: 'lazy', conf: natsAccounts(), env });
  node = await startGuardedNode(nats.url, {
    NATS_USER: 'stele',
    NATS_PASSWORD: PASSWORD,
    STELE_ADMIN_KEY: ADMIN_KEY,
  });
});
afterAll(async () => {
  await node?.close();
  await nats?.stop();
});

describe('with deploy/nats-accounts.conf', () => {
  it('nobody comes in without a password', async () => {
    await expect(connect({ servers: nats.url, maxReconnectAttempts: 0 })).rejects.toThrow(
      /authoriz/i,
    );
  });

  it('the runtime works wholly: commands, reads, events, keys, doctor', async () => {
    expect(await asUser('client', (nc) => send(nc, id))).toMatchObject({ aggregate_version: 1 });
    const key = { 'x-api-key': ADMIN_KEY };
    await until(
      () => node.status(`/applications/${id}`, key),
      (status) => status === 200,
    );
    const ready = () => node.status('/readyz');
    await until(ready, (status) => status === 200);
    expect(await node.status('/audit', key)).toBe(200);
    expect(await node.status(`/applications/${id}/events`, key)).toBe(200);
    expect(await node.status(`/applications/${id}?version=1`, key)).toBe(200);
    const made = await commandLine(
      ['key', 'create', '--actor', 'vera', '--roles', 'viewer'],
      node.env,
    );
    expect(made).toMatchObject({ exit: 0 });
    await until(
      () => node.status('/applications', { 'x-api-key': made.out.trim() }),
      (status) => status === 200,
    );
    const doctor = await commandLine(['doctor'], node.env);
    expect(doctor.out).toContain('Nothing is broken');
    expect(node.logged.join('')).not.toMatch(/[Pp]ermissions? [Vv]iolation/);
  });

  it.each(['client', 'monitor'])('%s can neither write an event nor read one', async (user) => {
    const before = await lastOf();
    await asUser(user, async (nc) => {
      const seen: string[] = [];
      for (const subject of ['evt.>', '>'])
        nc.subscribe(subject, {
          callback: (error, msg) => void (error ?? seen.push(msg.subject)),
        });
      nc.publish(eventSubject('application', id), '{"name":"Mallory"}');
      await nc.flush();
      await expect(
        jetstream(nc).publish(eventSubject('application', id), '{}', { timeout: SILENCE_MS }),
      ).rejects.toThrow();
      await asUser('client', (other) => send(other, uuid()));
      expect(seen.filter((subject) => subject.startsWith('evt.'))).toEqual([]);
    });
    expect((await lastOf()).last).toBe(before.last + CREATED);
  });

  it('a client may send the largest command, and nothing that is larger than any', async () => {
    const client = { user: 'client', pass: PASSWORD, reconnect: false };
    const nc = await connect({ servers: nats.url, ...client });
    try {
      expect(nc.info?.max_payload).toBe(REQUEST_MAX);
      const hdrs = headers();
      hdrs.set('X-Api-Key', ADMIN_KEY);
      // The other headers, and what the server adds, have room.
      hdrs.set('X-Filled', 'x'.repeat(HEADERS_MAX - 256));
      const body = JSON.stringify({ data: {} }).padEnd(BODY_MAX);
      const told = await nc.request('cmd.application.CreateApplication', body, {
        headers: hdrs,
        timeout: 5_000,
      });
      expect(told.json()).toMatchObject({ code: 'VALIDATION_ERROR' });
      // A client that does not look at what it was told.
      Object.assign(nc.info!, { max_payload: REQUEST_MAX + 1 });
      nc.publish('cmd.application.CreateApplication', new Uint8Array(REQUEST_MAX + 1));
      expect(await nc.closed()).toBeInstanceOf(Error);
    } finally {
      await nc.close();
    }
  });

  it('a client cannot have the answer to a command written as an event', async () => {
    const before = await lastOf();
    await asUser('client', async (nc) => {
      const subject = 'cmd.application.CreateApplication';
      nc.publish(subject, '{}', { reply: eventSubject('application', id) });
      await nc.flush();
      await send(nc, uuid());
    });
    expect((await lastOf()).last).toBe(before.last + CREATED);
  });

  it('a client sees nothing of what the runtime asks and is told', async () => {
    await asUser('client', async (nc) => {
      const seen: string[] = [];
      nc.subscribe('_INBOX.>', { callback: (_, msg) => void seen.push(msg.subject) });
      await nc.flush();
      await node.status('/applications', { 'x-api-key': ADMIN_KEY });
      await node.status('/readyz');
      expect(seen).toEqual([]);
    });
  });

  it.each(['stele', 'client', 'monitor'])(
    '%s can change, empty, delete or overwrite no stream',
    async (user) => {
      const before = await lastOf();
      await asUser(user, async (nc) => {
        const { streams } = await jetstreamManager(nc, { checkAPI: false, timeout: SILENCE_MS });
        await expect(streams.update(STREAM, { max_msgs: 1 })).rejects.toThrow();
        await expect(streams.purge(STREAM)).rejects.toThrow();
        await expect(streams.delete(STREAM)).rejects.toThrow();
        await expect(streams.deleteMessage(STREAM, 1)).rejects.toThrow();
        const restore = nc.request(`$JS.API.STREAM.RESTORE.${STREAM}`, '{}', {
          timeout: SILENCE_MS,
        });
        await expect(restore).rejects.toThrow();
        const hdrs = headers();
        hdrs.set('Nats-Rollup', 'all');
        const rollup = nc.request(eventSubject('application', id), '{}', {
          headers: hdrs,
          timeout: SILENCE_MS,
        });
        const answer = await rollup.catch(() => undefined);
        if (answer)
          expect(answer.json()).toMatchObject({ error: { err_code: expect.any(Number) } });
      });
      expect(await lastOf()).toMatchObject({ first: before.first, last: before.last });
    },
  );

  it('the monitor sees how JetStream is', async () => {
    const seen = await asUser('monitor', async (nc) => {
      const msg = await nc.request('$SYS.REQ.SERVER.PING.JSZ', '{}', { timeout: PATIENCE_MS });
      return msg.json<{ data: { messages: number; streams: number } }>();
    });
    expect(seen.data.messages).toBeGreaterThan(0);
    expect(seen.data.streams).toBeGreaterThan(2);
  });
});
