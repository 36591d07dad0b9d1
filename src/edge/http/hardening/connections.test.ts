import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Hono } from 'hono';
import { afterEach, describe, expect, it } from 'vitest';
import type { Env } from '../http.js';
import { type Served, serveHttp } from '../serve-http.js';
import { Connections } from './connections.js';

const host = '127.0.0.1';
const PROXY = '127.0.0.9';

let served: Served;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await served.close();
});

const world = async (limits: { connectionsMax: number; connectionsOfOneMax: number }) => {
  const said: { reason?: string }[] = [];
  const connections = new Connections({
    limits,
    proxies: [PROXY],
    log: { warn: (what) => said.push(what as object), error: () => {} },
  });
  const app = new Hono<Env>();
  app.get('/', (c) => c.text('here'));
  served = await serveHttp({ app, host, port: 0, connections });
  /** Whether one more connection from an address is answered; it stays open then. */
  const asks = async (from: string): Promise<boolean> => {
    const socket = connect({ port: served.port, host, localAddress: from });
    sockets.push(socket);
    socket.on('error', () => {});
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    return Promise.race([
      new Promise<boolean>((resolve) => socket.once('data', () => resolve(true))),
      new Promise<boolean>((resolve) => socket.once('close', () => resolve(false))),
    ]);
  };
  const asked = async (...from: string[]): Promise<boolean[]> => {
    const all: boolean[] = [];
    for (const one of from) all.push(await asks(one));
    return all;
  };
  return { asked, connections, said };
};

describe('connections of a node', () => {
  it('are so many of one address, and of a trusted proxy more: it brings those of many', async () => {
    const { asked, connections, said } = await world({ connectionsMax: 9, connectionsOfOneMax: 2 });
    expect(await asked(host, host, host, host)).toEqual([true, true, false, false]);
    expect(await asked('127.0.0.2')).toEqual([true]);
    expect(await asked(PROXY, PROXY, PROXY)).toEqual([true, true, true]);
    expect(connections.counts).toEqual({ open: 6, dropped: { all: 0, address: 2 } });
    // Once a second at most.
    expect(said).toEqual([
      { reason: expect.stringMatching(/^2 of one address .*_OF_ONE_MAX/), address: host },
    ]);
    const [first] = sockets;
    first!.destroy();
    await once(first!, 'close');
    while (connections.counts.open === 6) await new Promise(setImmediate);
    expect(await asked(host, host)).toEqual([true, false]);
  });

  it('are so many at all, whoever brings them', async () => {
    const { asked, connections, said } = await world({ connectionsMax: 3, connectionsOfOneMax: 2 });
    expect(await asked(PROXY, PROXY, PROXY, PROXY)).toEqual([true, true, true, false]);
    expect(await asked(host)).toEqual([false]);
    expect(connections.counts).toEqual({ open: 3, dropped: { all: 2, address: 0 } });
    expect(said).toEqual([{ reason: expect.stringMatching(/^3 are open.*_MAX/), address: PROXY }]);
  });

  it('are of proxies that are addresses, or nothing starts', () => {
    expect(() => new Connections({ proxies: ['proxy.example'] })).toThrow(TypeError);
  });
});
