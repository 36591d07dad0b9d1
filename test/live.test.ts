import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actors } from '../actors/index.js';
import { follow } from '../src/client/follow.js';
import { Transport } from '../src/client/transport.js';
import { readConfig } from '../src/node/config.js';
import { type Node, startNode } from '../src/node/node.js';
import { defaultTopology } from '../src/write/store/topology.js';
import { createApplication, createCapability, envelope } from './support/commands.js';
import { freePort } from './support/free-port.js';
import { startTestServer, type TestServer } from './support/nats.js';
import { PATIENCE_MS } from './support/patience.js';

const CLIENTS = 200;
const APPLICATIONS = 30;
const WRITERS = 4;
/** Commands accepted between two restarts. */
const WRITTEN_BETWEEN = 60;
/** Each part of it has a time of its own; on a busy machine they add up. */
const THROUGH_RESTARTS_MS = 6 * PATIENCE_MS;

type Wanted = { readonly query: string; readonly wants: (event: Event) => boolean };
type Event = {
  readonly event_id: string;
  readonly event_type: string;
  readonly aggregate_type: string;
  readonly aggregate_id: string;
  readonly aggregate_version: number;
  readonly actor: string;
};

/** Connections in a row that may fail while the node and nats-server start anew. */
const RETRIES = 30;

/** A client that connects again with the last id whenever it loses the connection. */
class Client {
  readonly seen: Event[] = [];
  connected = 0;
  readonly #over = new AbortController();
  readonly done: Promise<void>;

  constructor(port: number, query: string) {
    this.done = this.#run(`http://127.0.0.1:${port}`, `/events/stream?from=start${query}`);
  }

  stop(): void {
    this.#over.abort();
  }

  async #run(url: string, path: string): Promise<void> {
    const { signal } = this.#over;
    const onOpen = (): void => void this.connected++;
    const transport = new Transport({ url, retries: RETRIES });
    for await (const event of follow<Event>(transport, { path, signal, onOpen }))
      this.seen.push(event);
  }
}

describe(`${CLIENTS} clients of the event stream`, () => {
  let nats: TestServer;
  let node: Node;
  let port: number;
  const serve = async (): Promise<void> => {
    const { config } = readConfig({
      NATS_URL: nats.url,
      PORT: String(port),
      STELE_DATA: join(nats.dir, 'views'),
    });
    const log = pino({ level: 'silent' });
    node = await startNode({
      config: config!,
      definitions: actors,
      topology: defaultTopology,
      log,
    });
  };
  beforeAll(async () => {
    nats = await startTestServer();
    port = await freePort();
    await serve();
  });
  afterAll(async () => {
    await node.close();
    await nats.stop();
  });

  /** Sends one command until it is answered, through whatever restarts. */
  const send = async (command: ReturnType<typeof envelope>): Promise<void> => {
    for (;;) {
      try {
        const response = await fetch(`http://127.0.0.1:${port}/commands`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(command),
        });
        const answer = await response.text();
        if (response.ok) return;
        if (response.status < 500) throw new RangeError(answer);
      } catch (error) {
        if (error instanceof RangeError) throw error;
      }
      await pause(50);
    }
  };

  it('see every event exactly once through restarts of the node and of nats-server', {
    timeout: THROUGH_RESTARTS_MS,
  }, async () => {
    const ids = Array.from({ length: APPLICATIONS }, () => crypto.randomUUID());
    const wishes: Wanted[] = [
      { query: '', wants: () => true },
      {
        query: '&aggregate_type=Application',
        wants: ({ aggregate_type }) => aggregate_type === 'Application',
      },
      {
        query: `&aggregate_type=Application&aggregate_id=${ids[0]}`,
        wants: ({ aggregate_id }) => aggregate_id === ids[0],
      },
      { query: '&event_type=OwnerSet', wants: ({ event_type }) => event_type === 'OwnerSet' },
      { query: '&critical=true', wants: ({ event_type }) => /Created$/.test(event_type) },
      { query: '&actor=nobody', wants: () => false },
    ];
    // Some history first: it is longer than what a node keeps at hand.
    for (const id of ids) await send(createApplication(id));
    await Promise.all(
      Array.from({ length: 2_200 }, (_, n) =>
        node.runtime.dispatch(
          envelope('Application', ids[n % 10]!, 'SetOwner', { owner: `before ${n}` }) as never,
          'test',
        ),
      ),
    );
    const clients = Array.from({ length: CLIENTS }, (_, n) => ({
      ...wishes[n % wishes.length]!,
      client: new Client(port, wishes[n % wishes.length]!.query),
    }));
    let going = true;
    let written = 0;
    const writers = Array.from({ length: WRITERS }, async (_, writer) => {
      for (let n = 0; going; n++) {
        const id = ids[(writer + n * WRITERS) % ids.length]!;
        await send(envelope('Application', id, 'SetOwner', { owner: `w ${writer} n ${n}` }));
        if (n % 10 === 0) await send(createCapability(`c-${writer}-${n}`));
        written++;
        await pause(5);
      }
    });
    const failed = Promise.all(writers);
    failed.catch(() => {});
    /** Lets the writers go on for a while: what happens, happens in the middle of it. */
    const more = async (): Promise<void> => {
      const until = written + WRITTEN_BETWEEN;
      const deadline = performance.now() + PATIENCE_MS;
      while (written < until && performance.now() < deadline) await pause(20);
      expect(written).toBeGreaterThanOrEqual(until);
    };
    await more();
    await node.close();
    await serve();
    await more();
    await nats.kill9();
    await nats.restart();
    await more();
    await node.close();
    await serve();
    await more();
    going = false;
    await failed;

    const log: Event[] = [];
    for (const kind of actors)
      for await (const entry of node.store.scan(kind, 1))
        if ('event' in entry) log.push(entry.event);
    const counts = (): number[] => clients.map(({ client }) => client.seen.length);
    const wanted = clients.map(({ wants }) => log.filter(wants).length);
    const deadline = performance.now() + PATIENCE_MS;
    while (performance.now() < deadline && counts().some((count, n) => count < wanted[n]!))
      await pause(100);
    for (const { client } of clients) client.stop();
    await Promise.all(clients.map(({ client }) => client.done));

    expect(log.length).toBeGreaterThan(2_200);
    for (const { client, wants, query } of clients) {
      const expected = log.filter(wants).map(({ event_id }) => event_id);
      const seen = client.seen.map(({ event_id }) => event_id);
      // Order holds within one type; over several types the same events, each once.
      expect([...seen].sort(), query).toEqual([...expected].sort());
      for (const type of ['Application', 'BusinessCapability'])
        expect(
          client.seen.filter((one) => one.aggregate_type === type).map(({ event_id }) => event_id),
        ).toEqual(
          log
            .filter((one) => wants(one) && one.aggregate_type === type)
            .map(({ event_id }) => event_id),
        );
      expect(client.connected, query).toBeGreaterThanOrEqual(3);
    }
  });

  it('can see over HTTP how audit alerts fare', async () => {
    const ask = async (path: string, method = 'GET') => {
      const response = await fetch(`${node.url}/alerts${path}`, { method });
      return { status: response.status, body: (await response.json()) as object };
    };
    expect(await ask('')).toMatchObject({ status: 200, body: { receiver: 'off', given_up: 0 } });
    expect(await ask('/failed')).toEqual({ status: 200, body: { total: 0, alerts: [] } });
    const retried = await ask(`/failed/${crypto.randomUUID()}/retry`, 'POST');
    expect(retried).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  });
});
