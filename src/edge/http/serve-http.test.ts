import { request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Hono } from 'hono';
import { afterEach, describe, expect, it } from 'vitest';
import { actors } from '../../../actors/index.js';
import { Runtime } from '../../write/runtime/runtime.js';
import type { EventStore } from '../../write/store/event-store.js';
import { memoryStore } from '../../write/store/memory-store.js';
import { createHttp } from './create-http.js';
import type { Env } from './http.js';
import { type Served, serveHttp } from './serve-http.js';

const log = { warn: () => {}, error: () => {} };
const AS_ME = { 'content-type': 'application/json', 'x-actor': 'user-123' };
const SERVER = { hostname: 'db-1', environment: 'prod', criticality: 'high' };
const host = '127.0.0.1';

const open: Served[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

const served = async (change: Partial<EventStore> = {}, port = 0): Promise<Served> => {
  const store = { ...memoryStore(), ...change };
  const runtime = new Runtime({ definitions: actors, store, log });
  const app = createHttp({ runtime, store, log, info: { name: 'stele', version: '1' } });
  const one = await serveHttp({ app, host, port });
  open.push(one);
  return one;
};

/** Short enough to wait for, milliseconds. */
const SOON_MS = 300;
/** More than a network holds for a client that reads nothing, bytes. */
const BIG = 32 * 1024 * 1024;

/** A server whose answers are `big`, or take `slow`. */
const plain = async (limits: NonNullable<Parameters<typeof serveHttp>[0]['limits']>) => {
  const app = new Hono<Env>();
  app.get('/big', (c) => c.body(Buffer.alloc(BIG, 'x')));
  app.get('/slow', async (c) => {
    await pause(3 * SOON_MS);
    return c.text('done');
  });
  app.post('/', async (c) => c.text(`${(await c.req.text()).length}`));
  const one = await serveHttp({ app, host, port: 0, limits });
  open.push(one);
  return one;
};
/** A connection that says something, and reads when it is told to. */
const silent = (port: number, said: string) => {
  const socket = connect(port, host);
  socket.on('error', () => {});
  socket.pause();
  socket.write(said);
  let bytes = 0;
  let text = '';
  socket.on('data', (data: Buffer) => {
    if (bytes < 1_000) text += data.toString('latin1', 0, 1_000);
    bytes += data.length;
  });
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const rest = async (): Promise<{ bytes: number; text: string }> => {
    socket.resume();
    await ended;
    return { bytes, text };
  };
  return { socket, rest };
};

const send = (url: string, body: string) =>
  fetch(`${url}/servers/s1/commands/create-server`, { method: 'POST', headers: AS_ME, body });

/** Send chunks without a length; how many bytes went out, and the answer. */
const sendChunked = (url: string, chunk: Buffer, count: number) =>
  new Promise<{ status: number; body: string }>((resolve, reject) => {
    const out = request(`${url}/servers/s1/commands/create-server`, {
      method: 'POST',
      headers: AS_ME,
    });
    out.on('error', reject);
    out.on('response', (response) => {
      let body = '';
      response.on('data', (data) => {
        body += data;
      });
      response.on('end', () => resolve({ status: response.statusCode!, body }));
    });
    const write = (left: number): void => {
      if (left === 0) out.end();
      else out.write(chunk, () => write(left - 1));
    };
    write(count);
  });

describe('serveHttp', () => {
  it('serves on a free port and says which', async () => {
    const { url, port } = await served();
    expect(url).toBe(`http://127.0.0.1:${port}`);
    const created = await send(url, JSON.stringify(SERVER));
    expect(created.status).toBe(201);
    expect(created.headers.get('etag')).toBe('"1"');
    // Longer than the 60 s for which proxies keep a connection.
    expect(created.headers.get('keep-alive')).toBe('timeout=75');
    expect(created.headers.get('content-type')).toBe('application/json');
    expect(await created.json()).toMatchObject({ aggregate_id: 's1' });
    expect((await fetch(`${url}/nowhere`)).status).toBe(404);
  });

  it('says clearly that a port is taken', async () => {
    const { port } = await served();
    await expect(served({}, port)).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: expect.stringContaining(`port ${port} on 127.0.0.1 is taken`),
    });
  });

  it("says what helps where the address is not this machine's", async () => {
    // An address of documentation (RFC 5737): no machine has it.
    await expect(
      serveHttp({ app: new Hono<Env>(), host: '192.0.2.1', port: 0 }),
    ).rejects.toMatchObject({
      code: 'CANNOT_LISTEN',
      message: expect.stringMatching(/no such address: HOST is 127\.0\.0\.1/),
    });
  });

  it('takes a chunked body', async () => {
    const { url } = await served();
    const { status } = await sendChunked(url, Buffer.from(JSON.stringify(SERVER)), 1);
    expect(status).toBe(201);
  });

  it.each([
    [
      'with a length',
      (url: string) => send(url, 'x'.repeat(10 << 20)).then(({ status }) => status),
    ],
    [
      'in chunks',
      (url: string) =>
        sendChunked(url, Buffer.alloc(64 << 10, 'x'), 160).then(({ status }) => status),
    ],
  ])('does not buffer 10 MB %s', async (_, big) => {
    const { url } = await served();
    const before = process.memoryUsage().arrayBuffers;
    expect(await big(url)).toBe(413);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(30 << 20);
    expect((await send(url, JSON.stringify(SERVER))).status).toBe(201);
  });

  it('answers a request that is none with a problem', async () => {
    const { port } = await served();
    const socket = connect(port, host);
    socket.write('GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n');
    let text = '';
    for await (const data of socket) text += data;
    expect(text).toMatch(/^HTTP\/1.1 400/);
    expect(text).toMatch(/application\/problem\+json/);
  });

  it.each([
    ['a path', `/servers?search=${'x'.repeat(20_000)}`, ''],
    ['a path far too long, still being sent', `/servers?search=${'x'.repeat(2_000_000)}`, ''],
    ['a header', '/healthz', `X-Actor: ${'x'.repeat(20_000)}\r\n`],
  ])('answers %s that is too long with a problem', async (_, path, header) => {
    const { url, port } = await served();
    const socket = connect(port, host);
    socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n${header}\r\n`);
    let text = '';
    for await (const data of socket) text += data;
    const [head, body] = text.split('\r\n\r\n') as [string, string];
    expect(head).toMatch(/^HTTP\/1.1 431 /);
    expect(head).toMatch(/^content-type: application\/problem\+json$/m);
    expect(head).toMatch(/^x-request-id: [0-9a-f]{32}$/m);
    expect(head).toContain(`content-length: ${body.length}`);
    expect(JSON.parse(body)).toMatchObject({ code: 'HEADERS_TOO_LARGE', status: 431 });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it('answers what is no HTTP with a problem', async () => {
    const { port } = await served();
    const socket = connect(port, host);
    socket.write('HELLO\r\n\r\n');
    let text = '';
    for await (const data of socket) text += data;
    expect(text).toMatch(/^HTTP\/1.1 400 /);
    expect(text).toContain('"code":"MALFORMED_COMMAND"');
  });

  it('gives up a connection that never reads its answer, and no slower one', async () => {
    const { port } = await plain({ unreadAfterMs: 2 * SOON_MS });
    const never = silent(port, 'GET /big HTTP/1.1\r\nHost: x\r\n\r\n');
    const slow = silent(port, 'GET /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    for (let n = 0; n < 16; n++) {
      slow.socket.resume();
      await pause(10);
      slow.socket.pause();
      await pause(SOON_MS / 3);
    }
    const [ofNever, ofSlow] = await Promise.all([never.rest(), slow.rest()]);
    expect(ofNever.bytes).toBeLessThan(BIG);
    expect(ofSlow.bytes).toBeGreaterThan(BIG);
  });

  it('holds only so much for all who do not read', async () => {
    const { url, port } = await plain({ unreadMax: 2 * BIG });
    const all = Array.from({ length: 6 }, () =>
      silent(port, 'GET /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'),
    );
    await pause(2_500); // looked at twice
    const got = await Promise.all(all.map(({ rest }) => rest()));
    expect(got.filter(({ bytes }) => bytes < BIG).length).toBeGreaterThanOrEqual(3);
    expect(got.filter(({ bytes }) => bytes > BIG).length).toBeGreaterThanOrEqual(1);
    expect((await fetch(`${url}/big`)).status).toBe(200);
  });

  it('waits for no request that does not arrive, but for answers that take long', async () => {
    const limits = { requestWithinMs: SOON_MS, unreadAfterMs: SOON_MS };
    const { url, port } = await plain(limits);
    const starts = ['', 'GET /sl', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf'];
    const slow = fetch(`${url}/slow`);
    const late = await Promise.all(starts.map((text) => silent(port, text).rest()));
    expect(late.at(-1)!.text).toMatch(/^HTTP\/1.1 408 /);
    expect(await (await slow).text()).toBe('done');
  });

  it('keeps a connection that asks nothing for as long as it is told', async () => {
    const { port } = await plain({ keepAliveMs: 3 * SOON_MS, requestWithinMs: SOON_MS });
    const request = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi';
    const { socket, rest } = silent(port, request);
    await pause(2 * SOON_MS);
    socket.write(request);
    const start = performance.now();
    const { text } = await rest();
    expect(performance.now() - start).toBeGreaterThan(2 * SOON_MS);
    expect(text.match(/HTTP\/1.1 200 /g)).toHaveLength(2);
  });

  it('survives a client that leaves in the middle of its body', async () => {
    const { url, port } = await served();
    const socket = connect(port, host);
    socket.write(
      'POST /commands HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{',
    );
    await pause(20);
    socket.destroy();
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it('frees the place of an event stream whose client left', async () => {
    const { url } = await served();
    const streams = async (): Promise<string | undefined> =>
      /streams_open (\d+)/.exec(await (await fetch(`${url}/metrics`)).text())?.[1];
    const leave = new AbortController();
    const stream = await fetch(`${url}/events/stream`, { signal: leave.signal });
    await stream.body!.getReader().read();
    expect(await streams()).toBe('1');
    leave.abort();
    await expect.poll(streams).toBe('0');
  });

  it('does not wait for a connection that never asked anything', async () => {
    const one = await served();
    const socket = connect(one.port, host);
    await pause(20);
    await one.close();
    socket.destroy();
  });

  it('closes: requests under way are answered, event streams end, then nothing listens', async () => {
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const base = memoryStore();
    const one = await served({
      ...base,
      append: async (append) => {
        await gate;
        return base.append(append);
      },
    });
    const stream = await fetch(`${one.url}/events/stream`);
    const reader = stream.body!.getReader();
    await reader.read();
    const underWay = send(one.url, JSON.stringify(SERVER));
    await pause(50);
    const closed = one.close();
    for (let done = false; !done; ) done = (await reader.read()).done;
    release();
    expect((await underWay).status).toBe(201);
    await closed;
    await expect(fetch(`${one.url}/healthz`)).rejects.toThrow();
  });
});
