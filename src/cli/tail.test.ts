import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { askSurely, Client, Unreachable } from './client.js';
import { type Frame, frames } from './sse.js';
import { tail } from './tail.js';

const all = async (...chunks: string[]): Promise<Frame[]> => {
  const found: Frame[] = [];
  const bytes = chunks.map((one) => new TextEncoder().encode(one));
  const body = async function* () {
    yield* bytes;
  };
  for await (const frame of frames(body())) found.push(frame);
  return found;
};
const plain = (_: unknown, text: string) => text;

describe('server-sent events', () => {
  it('are read however they are cut', async () => {
    const text = ': hello\nid: a:1\n\nevent: On\nid: a:2\ndata: {"x":\ndata: 1}\n\n';
    const expected = [{ id: 'a:1' }, { id: 'a:2', event: 'On', data: '{"x":\n1}' }];
    expect(await all(text)).toEqual(expected);
    expect(await all(...text)).toEqual(expected);
    expect(await all(...text.replaceAll('\n', '\r\n'))).toEqual(expected);
  });

  it('a frame that was cut off is dropped', async () => {
    expect(await all('data: 1\n\ndata: 2\n')).toEqual([{ data: '1' }]);
  });
});

describe('a client', () => {
  let server: Server | undefined;
  afterEach(() => server?.close());
  const serve = async (
    answer: (lastEventId: string | undefined, response: ServerResponse) => void,
  ): Promise<Client> => {
    server = createServer((request, response) =>
      answer(request.headers['last-event-id'] as string | undefined, response),
    );
    await new Promise<void>((ready) => server!.listen(0, '127.0.0.1', ready));
    return new Client(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  };

  it('goes on after the last event it saw when the connection breaks', async () => {
    const asked: (string | undefined)[] = [];
    const seen: string[] = [];
    const lost: string[] = [];
    const stop = new AbortController();
    const client = await serve((last, response) => {
      asked.push(last);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const n = asked.length;
      response.write(`id: lamp:${n}\ndata: ${n}\n\n`);
      setTimeout(() => response.destroy(), 20);
    });
    await tail({
      client,
      path: '/events/stream',
      problem: plain,
      signal: stop.signal,
      pauseMs: 1,
      onLost: (why) => lost.push(why),
      onData: (data) => {
        seen.push(data);
        if (seen.length === 3) stop.abort();
      },
    });
    expect(seen).toEqual(['1', '2', '3']);
    expect(asked).toEqual([undefined, 'lamp:1', 'lamp:2']);
    expect(lost).toHaveLength(2);
  });

  it('shows why it was cut, and goes on', async () => {
    let asked = 0;
    const client = await serve((last, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      if (asked++ > 0) return response.end(`id: lamp:2\ndata: after ${last}\n\n`);
      const why = JSON.stringify({ code: 'SLOW_CLIENT', message: 'too slow' });
      return response.end(`id: lamp:1\ndata: 1\n\nevent: cut\ndata: ${why}\n\n`);
    });
    const stop = new AbortController();
    const seen: string[] = [];
    const lost: string[] = [];
    await tail({
      client,
      path: '/events/stream',
      problem: plain,
      signal: stop.signal,
      pauseMs: 1,
      onLost: (why) => lost.push(why),
      onData: (data) => {
        seen.push(data);
        if (seen.length === 2) stop.abort();
      },
    });
    expect(seen).toEqual(['1', 'after lamp:1']);
    expect(lost).toEqual(['SLOW_CLIENT: too slow']);
  });

  it('gives up on a stream that ends at once, again and again', async () => {
    let asked = 0;
    const client = await serve((_, response) => {
      asked++;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end('id: lamp:7\n\n');
    });
    const lost: string[] = [];
    const giving = tail({
      client,
      path: '/',
      problem: plain,
      pauseMs: 0,
      onData: () => {},
      onLost: (why) => lost.push(why),
    });
    await expect(giving).rejects.toThrow('go on with --from lamp:7');
    expect(asked).toBe(121);
    expect(lost).toEqual(['the server ended the stream']);
  });

  it('says how to start a server when there is none', async () => {
    const nobody = new Client('http://127.0.0.1:9');
    await expect(
      tail({ client: nobody, path: '/', problem: plain, onData: () => {}, onLost: () => {} }),
    ).rejects.toThrow(
      'no Stele answers at http://127.0.0.1:9: start one with `npx stele serve` or name it with --server / STELE_URL',
    );
  });

  it('asks again while the answer is neither yes nor no, a bounded number of times', async () => {
    let asked = 0;
    const client = await serve((_, response) => {
      asked++;
      response.writeHead(asked < 3 ? 503 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(asked < 3 ? { code: 'BUSY' } : { replayed: false }));
    });
    const waits: string[] = [];
    const pauses: number[] = [];
    const pause = async (ms: number) => void pauses.push(ms);
    const answer = await askSurely(
      () => client.post('/commands', {}),
      (why) => waits.push(why),
      pause,
    );
    expect(answer).toEqual({ status: 200, body: { replayed: false } });
    expect(waits).toEqual(['BUSY', 'BUSY']);

    const gone = askSurely(
      () => Promise.reject(new Unreachable('ECONNREFUSED')),
      (why) => waits.push(why),
      pause,
    );
    await expect(gone).rejects.toThrow('ECONNREFUSED');
    expect(waits).toHaveLength(6);
    expect(pauses).toEqual([200, 400, 200, 400, 800, 1600]);
  });
});
