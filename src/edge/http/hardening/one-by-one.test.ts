import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { OneByOne } from './one-by-one.js';

const host = '127.0.0.1';
const open: { readonly server: Server; readonly sockets: Socket[] }[] = [];
afterEach(() => {
  for (const { server, sockets } of open.splice(0)) {
    server.close();
    server.closeAllConnections();
    for (const socket of sockets) socket.destroy();
  }
});

/** A server that answers with the path, as soon as `work` is done. */
const world = async (work: (path: string) => Promise<void> | void) => {
  const seen = { taken: 0, begun: 0, underWay: 0, most: 0 };
  const requests = new OneByOne(async ({ url = '' }, response) => {
    seen.begun++;
    seen.underWay++;
    seen.most = Math.max(seen.most, seen.underWay);
    await work(url);
    seen.underWay--;
    response.end(`<${url}>`);
  });
  const server = createServer(requests.take);
  server.on('request', () => seen.taken++);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  const sockets: Socket[] = [];
  open.push({ server, sockets });
  /** Send requests without waiting for an answer; what came is in `answers`. */
  const ahead = (paths: readonly string[]) => {
    const socket = connect(port, host);
    sockets.push(socket);
    let text = '';
    socket.on('data', (data) => {
      text += data;
    });
    socket.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`).join(''));
    const answers = (): string[] => [...text.matchAll(/<(.*?)>/g)].map(([, path]) => path!);
    return { socket, answers };
  };
  return { seen, ahead, url: `http://${host}:${port}` };
};
const numbered = (count: number): string[] => Array.from({ length: count }, (_, n) => `/${n}`);
const until = (done: () => boolean) => expect.poll(done, { interval: 5 }).toBe(true);

it('answers requests that were sent ahead in their order, one at a time', async () => {
  const { seen, ahead } = await world(() => pause(1));
  const { answers } = ahead(numbered(50));
  await until(() => answers().length === 50);
  expect(answers()).toEqual(numbered(50));
  expect(seen.most).toBe(1);
});

it('lets others between them', async () => {
  const busy = (path: string): void => {
    const begun = performance.now();
    while (path !== '/ping' && performance.now() - begun < 1);
  };
  const { seen, ahead, url } = await world(busy);
  const { answers } = ahead(numbered(200));
  await until(() => seen.begun > 0);
  await (await fetch(`${url}/ping`)).text();
  expect(seen.begun).toBeLessThan(100);
  await until(() => answers().length === 200);
  expect(answers()).toHaveLength(200);
});

it('reads no further than one read ahead, and goes on later', async () => {
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { seen, ahead } = await world((path) => (path === '/0' ? held : undefined));
  const { answers } = ahead(numbered(6_000));
  await pause(100);
  expect(seen.begun).toBe(1);
  expect(seen.taken).toBeLessThan(4_000);
  release();
  await until(() => answers().length === 6_000);
  expect(answers()).toEqual(numbered(6_000));
});

it('begins nothing more for a client that left', async () => {
  const { seen, ahead } = await world(() => pause(20));
  const { socket } = ahead(numbered(50));
  await until(() => seen.begun > 0);
  socket.destroy();
  await pause(200);
  expect(seen.begun).toBeLessThan(8);
});

it('takes the bodies of requests that were sent ahead, in however many reads', async () => {
  const server = createServer(
    new OneByOne(async (request, response) => {
      let length = 0;
      for await (const data of request) length += data.length;
      await pause(1);
      response.end(`<${length}>`);
    }).take,
  );
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const socket = connect((server.address() as AddressInfo).port, host);
  open.push({ server, sockets: [socket] });
  let text = '';
  socket.on('data', (data) => {
    text += data;
  });
  const lengths = [3, 100_000, 0, 2_000_000, 5];
  for (const length of lengths)
    socket.write(
      `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n${'x'.repeat(length)}`,
    );
  await until(() => text.includes('<5>'));
  expect([...text.matchAll(/<(\d+)>/g)].map(([, length]) => Number(length))).toEqual(lengths);
});
