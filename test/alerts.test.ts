import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { jetstream } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { connect } from '@nats-io/transport-node';
import { describe, expect, it, type TestContext, vi } from 'vitest';
import { actors } from '../actors/index.js';
import {
  ALERTING_BUCKET,
  ALERTS_STREAM,
  bucketStream,
  FAILED_ALERTS_BUCKET,
} from '../src/core/subjects.js';
import type { Alert } from '../src/operate/alerts/alert.js';
import { type Alerts, startAlerts } from '../src/operate/alerts/alerts.js';
import type { DeliveryTimes } from '../src/operate/alerts/deliver.js';
import { readingStore } from '../src/operate/doctor/reading-store.js';
import { approved, createApplication, envelope } from './support/commands.js';
import { jetStreamOf } from './support/jet-stream-of.js';
import { startTestServer } from './support/nats.js';
import { startTestNode } from './support/node.js';
import { PATIENCE_MS, PATIENTLY } from './support/patience.js';

const KEY = randomBytes(32);
const SECRET = `whsec_${KEY.toString('base64')}`;
const QUICK: DeliveryTimes = {
  retryAfterMs: [50, 50, 50, 50],
  answerWithinMs: 1_000,
  settleWithinMs: 1_500,
  awayFirstMs: 20,
};

/** Nothing is given up: for what restarts could lose. */
const PATIENT = { retryAfterMs: Array.from({ length: 100 }, () => 50) };

/** The rule of Standard Webhooks as a receiver would write it, without the code under test. */
const genuine = ({ headers }: IncomingMessage, body: string): boolean => {
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': list } = headers;
  const age = Math.abs(Date.now() / 1000 - Number(at));
  if (typeof id !== 'string' || typeof list !== 'string' || !(age < 300)) return false;
  const expected = createHmac('sha256', KEY).update(`${id}.${at}.${body}`).digest();
  return list.split(' ').some((one) => {
    const [version, signature = ''] = one.split(',');
    const given = Buffer.from(signature, 'base64');
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
  });
};

type Got = { readonly id: string; readonly alert: Alert; readonly genuine: boolean };

/** A receiver on a port that stays the same when it is killed and started again. */
class Receiver {
  readonly got: Got[] = [];
  /** How it answers; by default 204. */
  answer: (got: Got, response: ServerResponse) => void = (_, response) =>
    response.writeHead(204).end();
  #server: Server | undefined;
  #port = 0;

  async start(): Promise<void> {
    this.#server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      const got = {
        id: String(request.headers['webhook-id']),
        alert: JSON.parse(body),
        genuine: genuine(request, body),
      };
      this.got.push(got);
      this.answer(got, response);
    });
    await new Promise<void>((up) => this.#server!.listen(this.#port, '127.0.0.1', up));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** As a crash would: connections and all. */
  async kill(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((closed) => this.#server?.close(closed) ?? closed(undefined));
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/hook?source=stele`;
  }
  get ids(): ReadonlySet<string> {
    return new Set(this.got.map(({ id }) => id));
  }
}

/** A server, a node and a receiver of one test alone: they wait side by side. */
const openWorld = async ({ onTestFinished }: TestContext) => {
  const server = await startTestServer();
  onTestFinished(() => server.stop());
  const nc = await connect({
    servers: server.url,
    reconnectTimeWait: 50,
    maxReconnectAttempts: -1,
  });
  onTestFinished(() => nc.close());
  const node = await startTestNode(server.url);
  onTestFinished(() => node.close());
  const receiver = new Receiver();
  await receiver.start();
  onTestFinished(() => receiver.kill());
  const open: Alerts[] = [];
  const alertsClosed = async (): Promise<void> => {
    await Promise.all(open.splice(0).map((one) => one.close()));
  };
  onTestFinished(alertsClosed);

  const errors: string[] = [];
  const warnings: string[] = [];
  const log = {
    warn: (_: object, message: string) => void warnings.push(message),
    error: (_: object, message: string) => void errors.push(message),
  };
  const alerting = async (
    to: string | null = receiver.url,
    times: Partial<DeliveryTimes> = {},
  ): Promise<Alerts> => {
    const alerts = await startAlerts({
      nc,
      store: node.store,
      definitions: actors,
      replicas: 1,
      log,
      receiver: to === null ? null : { url: to, secret: SECRET },
      times: { ...QUICK, ...times },
    });
    open.push(alerts);
    return alerts;
  };
  const tell = async (command: ReturnType<typeof envelope>) => {
    const outcome = await node.runtime.dispatch(command as never, 'test');
    if (!('events' in outcome)) throw new Error(JSON.stringify(outcome));
    return outcome.events.map(({ event_id }) => String(event_id));
  };
  const create = async (): Promise<string> =>
    (await tell(createApplication(crypto.randomUUID())))[0]!;
  const arrived = (ids: readonly string[]) =>
    vi.waitFor(() => expect(ids.filter((id) => !receiver.ids.has(id))).toEqual([]), PATIENTLY);
  return {
    server,
    nc,
    node,
    receiver,
    errors,
    warnings,
    alerting,
    alertsClosed,
    tell,
    create,
    arrived,
  };
};

describe.concurrent('audit alerts', () => {
  it('come for every event of a critical command, signed, and for no other', async (test) => {
    const { receiver, alerting, tell, create, arrived } = await openWorld(test);
    const before = await create(); // the alerting is not switched on yet
    const alerts = await alerting();
    const id = crypto.randomUUID();
    const [created] = await tell(createApplication(id));
    await tell(envelope('Application', id, 'SetOwner', { owner: 'Team B' }));
    const [changed] = await tell({
      ...envelope('Application', id, 'SetDataClassification', {
        classification: 'restricted',
        reason: 'holds card numbers',
      }),
      metadata: { business_justification: 'PCI audit' },
    } as never);
    for (const one of approved('CHG-1', 'Application/DeleteApplication')) await tell(one);
    const [deleted] = await tell({
      ...envelope('Application', id, 'DeleteApplication', { reason: 'sold' }),
      metadata: { business_justification: 'sold', approval_id: 'CHG-1' },
    } as never);
    await arrived([created!, changed!, deleted!]);
    expect(receiver.got.map((got) => got.id).sort()).toEqual([created, changed, deleted].sort());
    expect(receiver.got.every((got) => got.genuine)).toBe(true);
    expect(receiver.ids.has(before)).toBe(false);
    const of = (event: string) => receiver.got.find((got) => got.id === event)!.alert;
    expect(of(created!)).toMatchObject({
      alert_id: created,
      type: 'Application.ApplicationCreated',
      kind: 'created',
      command_types: ['CreateApplication'],
      event: { event_id: created, aggregate_id: id, actor: 'user-123' },
    });
    expect(of(changed!)).toMatchObject({
      kind: 'changed',
      event: { business_justification: 'PCI audit' },
    });
    expect(of(deleted!).kind).toBe('deleted');
    await vi.waitFor(
      () => expect(alerts.stats()).toMatchObject({ raised: 3, delivered: 3, failed: 0 }),
      PATIENTLY,
    );
  });

  it('are there for any NATS client, once each', async (test) => {
    const { nc, alerting, create } = await openWorld(test);
    await alerting(null);
    const ids = [await create(), await create()];
    const jsm = await jetStreamOf(nc);
    await vi.waitFor(
      async () => expect((await jsm.streams.info(ALERTS_STREAM)).state.messages).toBe(2),
      PATIENTLY,
    );
    const consumer = await jetstream(nc).consumers.get(ALERTS_STREAM);
    const seen: string[] = [];
    for await (const msg of await consumer.fetch({ max_messages: 2, expires: PATIENCE_MS })) {
      const alert = msg.json<{ alert_id: string; event: { aggregate_id: string } }>();
      expect(msg.subject).toBe(`alert.application.${alert.event.aggregate_id}`);
      seen.push(alert.alert_id);
    }
    expect(seen).toEqual(ids);
  });

  it('are retried: a receiver that fails, is slow, redirects, asks to wait', async (test) => {
    const { receiver, alerting, create } = await openWorld(test);
    const tries = new Map<string, number>();
    receiver.answer = ({ id }, response) => {
      const n = (tries.get(id) ?? 0) + 1;
      tries.set(id, n);
      if (n === 1) response.writeHead(500).end('no'.repeat(1_000));
      else if (n === 2)
        return; // whoever waits gives up
      else if (n === 3) response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
      else if (n === 4) response.writeHead(503, { 'retry-after': '1' }).end();
      else response.writeHead(200).end('thanks');
    };
    const alerts = await alerting();
    const id = await create();
    await vi.waitFor(() => expect(alerts.stats().delivered).toBe(1), PATIENTLY);
    expect(tries.get(id)).toBe(5);
    expect(alerts.stats()).toMatchObject({ failed: 4, given_up: 0 });
    expect(new Set(receiver.got.map(({ alert }) => JSON.stringify(alert))).size).toBe(1);
  });

  it('survive a receiver that is killed and comes back', async (test) => {
    const { receiver, alerting, create, arrived } = await openWorld(test);
    const alerts = await alerting(receiver.url, PATIENT);
    const ids = [await create()];
    await arrived(ids);
    await receiver.kill();
    for (let n = 0; n < 20; n++) ids.push(await create());
    await vi.waitFor(() => expect(alerts.stats().failed).toBeGreaterThan(2), PATIENTLY);
    await receiver.start();
    await arrived(ids);
    expect(alerts.stats().given_up).toBe(0);
    await vi.waitFor(() => expect(alerts.stats().delivered).toBe(21), PATIENTLY);
  });

  it('that nobody takes are given up, shown, and tried again on request', async (test) => {
    const { receiver, errors, alerting, create } = await openWorld(test);
    receiver.answer = (_, response) => response.writeHead(400).end();
    const alerts = await alerting();
    const id = await create();
    await vi.waitFor(() => expect(alerts.stats().given_up).toBe(1), PATIENTLY);
    expect(receiver.got).toHaveLength(QUICK.retryAfterMs.length + 1);
    const { total, alerts: list } = await alerts.failed();
    expect(total).toBe(1);
    expect(list[0]).toMatchObject({ alert_id: id, attempts: 5, reason: 'it answered 400' });
    expect(errors).toContainEqual(expect.stringContaining('/alerts/failed'));
    expect(await alerts.retry(id)).toEqual({ delivered: false, why: 'it answered 400' });
    expect(await alerts.retry(crypto.randomUUID())).toBeUndefined();
    receiver.answer = (_, response) => response.writeHead(200).end();
    expect(await alerts.retry(id)).toEqual({ delivered: true });
    expect(receiver.got.at(-1)).toMatchObject({ id, genuine: true });
    expect(await alerts.failed()).toEqual({ total: 0, alerts: [] });
  });

  it('wait when the receiver says that it is gone, and go on when the node starts again', async (test) => {
    const { receiver, alerting, create, arrived } = await openWorld(test);
    receiver.answer = (_, response) => response.writeHead(410).end();
    const alerts = await alerting();
    const ids = [await create()];
    await vi.waitFor(() => expect(alerts.stats().receiver).toBe('gone'), PATIENTLY);
    for (let n = 0; n < 3; n++) ids.push(await create());
    await pause(500);
    const asked = receiver.got.length;
    expect(asked).toBeLessThanOrEqual(4);
    await alerts.close();
    receiver.answer = (_, response) => response.writeHead(200).end();
    await alerting();
    await arrived(ids);
  });

  it('are neither lost nor raised twice through restarts of nodes and of nats-server', async (test) => {
    const { server, nc, node, receiver, alerting, create, arrived } = await openWorld(test);
    receiver.answer = (_, response) => response.writeHead(Math.random() < 0.3 ? 500 : 200).end();
    let [one, other] = [
      await alerting(receiver.url, PATIENT),
      await alerting(receiver.url, PATIENT),
    ];
    const ids: string[] = [];
    const some = async (): Promise<void> => {
      for (let n = 0; n < 15; n++) ids.push(await create());
    };
    await some();
    await one.close();
    await some();
    one = await alerting(receiver.url, PATIENT);
    await server.kill9();
    await server.restart();
    await vi.waitFor(async () => expect(await node.store.ready()).toBe(true), PATIENTLY);
    await some();
    await receiver.kill();
    await other.close();
    await some();
    await receiver.start();
    other = await alerting(receiver.url, PATIENT);
    await some();
    await arrived(ids);
    // What was not asked for came neither: by its id, each alert is one of the events, once.
    expect([...receiver.ids].sort()).toEqual([...ids].sort());
    expect(receiver.got.every((got) => got.genuine)).toBe(true);
    const { state } = await (await jetStreamOf(nc)).streams.info(ALERTS_STREAM);
    expect(state.messages).toBe(ids.length);
    expect(one.stats().given_up + other.stats().given_up).toBe(0);
  });

  it('come again rather than never when what was remembered is lost', async (test) => {
    const { nc, node, errors, alerting, alertsClosed, create, arrived } = await openWorld(test);
    const alerts = await alerting();
    const ids = [await create(), await create()];
    await arrived(ids);
    await vi.waitFor(() => expect(alerts.stats().delivered).toBe(2), PATIENTLY);
    await alerts.close();
    ids.push(await create());
    // Both consumers are gone, as after a server that lost them.
    const jsm = await jetStreamOf(nc);
    await jsm.consumers.delete(ALERTS_STREAM, 'webhook');
    await jsm.consumers.delete('EVT_APPLICATION', 'alerts').catch(() => {});
    await alerting();
    await arrived(ids);
    await alertsClosed();
    // The position belongs to another log: all of it is gone through, the stream drops what it has.
    const kv = await new Kvm(nc).open(ALERTING_BUCKET);
    const entry = await kv.get('raised.application');
    const position = entry!.json<{ sequence: number; event: object; created: string }>();
    await kv.put(
      'raised.application',
      JSON.stringify({ ...position, event: { ...position.event, event_id: 'another' } }),
    );
    const next = await create();
    await alerting();
    await arrived([next]);
    expect(errors).toContainEqual(expect.stringContaining('not the one'));
    // All that the log holds, from before the alerting too, and each once.
    const { state } = await jsm.streams.info(ALERTS_STREAM);
    let critical = 0;
    for await (const entry of node.store.scan(
      actors.find(({ slug }) => slug === 'application')!,
      1,
    ))
      if ('event' in entry && /Created|Deleted|Classification/.test(entry.event.event_type))
        critical++;
    expect(state.messages).toBe(critical);
  });

  it('that their stream does not take are said to be that, and come once it does', async (test) => {
    const { nc, alerting, create, arrived } = await openWorld(test);
    const alerts = await alerting();
    const { streams } = await jetStreamOf(nc);
    await streams.update(ALERTS_STREAM, { subjects: ['elsewhere.>'] });
    const missed = await create();
    await vi.waitFor(() => expect(alerts.stats().last_error).not.toBeNull(), PATIENTLY);
    expect(alerts.stats().last_error).toMatch(
      /^the stream ALERTS takes nothing on alert\.application\.\S+: nobody takes that subject$/,
    );
    await streams.update(ALERTS_STREAM, { subjects: ['alert.>'] });
    await arrived([missed]);
    await streams.update(bucketStream(ALERTING_BUCKET), { subjects: ['other.>'] });
    await vi.waitFor(
      () => expect(alerts.stats().last_error).toMatch(/^the stream KV_ALERTING takes nothing on /),
      PATIENTLY,
    );
    await streams.update(bucketStream(ALERTING_BUCKET), { subjects: ['$KV.ALERTING.>'] });
  });

  it('go on when what is remembered of them was removed under the node', async (test) => {
    const { nc, receiver, errors, alerting, create, arrived } = await openWorld(test);
    await create(); // before the alerting
    const alerts = await alerting();
    const first = await create();
    await arrived([first]);
    const jsm = await jetStreamOf(nc);
    for (const bucket of [ALERTING_BUCKET, FAILED_ALERTS_BUCKET])
      await jsm.streams.delete(`KV_${bucket}`);
    expect(await alerts.failed()).toEqual({ total: 0, alerts: [] });
    await jsm.streams.delete(`KV_${ALERTING_BUCKET}`); // it was made anew with the other one
    const missed = await create();
    await vi.waitFor(async () => {
      const kv = await new Kvm(nc).open(ALERTING_BUCKET);
      expect(await kv.get('raised.application')).not.toBeNull();
    }, PATIENTLY);
    const last = await create();
    await arrived([missed, last]);
    expect(receiver.got.map(({ id }) => id).sort()).toEqual([first, missed, last].sort());
    expect(alerts.stats().raised).toBe(3);
    expect(errors).toEqual([]);
  });

  it('go on at the last one when what is remembered of them was removed without a node', async (test) => {
    const { nc, errors, alerting, create, arrived } = await openWorld(test);
    await create(); // before the alerting
    const alerts = await alerting();
    const ids = [await create()];
    await arrived(ids);
    await alerts.close();
    ids.push(await create());
    await (await jetStreamOf(nc)).streams.delete(`KV_${ALERTING_BUCKET}`);
    await alerting();
    ids.push(await create());
    await arrived(ids);
    expect(errors).toEqual([expect.stringContaining('ALERTING was removed')]);
  });

  it('that were never sent are said to be that, unless a running node knows how far it was', async (test) => {
    const { nc, receiver, warnings, alerting, alertsClosed, create, arrived } =
      await openWorld(test);
    await alerting();
    const first = await create();
    await arrived([first]);
    const jsm = await jetStreamOf(nc);
    const kv = await new Kvm(nc).open(ALERTING_BUCKET);
    const forget = async (): Promise<void> => {
      // What is deleted leaves a marker.
      for (const key of ['delivered', 'raised.application']) await kv.delete(key);
      await jsm.consumers.delete(ALERTS_STREAM, 'webhook');
    };
    const inStream = async () => (await jsm.streams.info(ALERTS_STREAM)).state.messages;
    await forget();
    const second = await create();
    await arrived([second]);
    await vi.waitFor(
      async () => expect((await kv.get('delivered'))?.operation).toBe('PUT'),
      PATIENTLY,
    );
    await alertsClosed();
    await forget();
    expect(warnings).not.toContainEqual(expect.stringContaining('not sent'));
    await alerting();
    expect(warnings).toContainEqual(expect.stringContaining('ALERTS are not sent'));
    const reading = await readingStore(nc);
    expect(await reading.alertsNotSent()).toBe(await inStream());
    reading.close();
    const third = await create();
    await arrived([third]);
    expect(receiver.ids).toEqual(new Set([first, second, third])); // some may come twice
  });

  it('are raised by another node when the one that did is gone without a word', async (test) => {
    const { nc, alerting, create, arrived } = await openWorld(test);
    const kv = await new Kvm(nc).create(ALERTING_BUCKET, { history: 1 });
    await kv.create('raiser', 'a node that was killed');
    const alerts = await alerting();
    const id = await create();
    await pause(1_000);
    expect(alerts.stats().raised).toBe(0); // it may only be slow
    await arrived([id]);
    expect(alerts.stats().raised).toBe(1);
  });
});
