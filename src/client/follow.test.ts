import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Followed, follow } from './follow.js';
import { Transport } from './transport.js';

let server: Server | undefined;
afterEach(() => server?.close());
const serve = async (
  answer: (lastEventId: string | undefined, response: ServerResponse) => void,
): Promise<Transport> => {
  server = createServer((request, response) =>
    answer(request.headers['last-event-id'] as string | undefined, response),
  );
  await new Promise<void>((ready) => server!.listen(0, '127.0.0.1', ready));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return new Transport({ url, retries: 0 });
};

/** The first events, and why the connection was lost in between. */
const first = async (count: number, transport: Transport, more: Partial<Followed> = {}) => {
  const lost: string[] = [];
  const seen: unknown[] = [];
  const onLost = (why: string): void => void lost.push(why);
  for await (const one of follow(transport, { path: '/events/stream', onLost, ...more }))
    if (seen.push(one) === count) break;
  return { seen, lost };
};
const stream = (response: ServerResponse): ServerResponse =>
  response.writeHead(200, { 'content-type': 'text/event-stream' });

describe('events are followed', () => {
  it('on behind the last one that was seen when the connection breaks', async () => {
    const asked: (string | undefined)[] = [];
    const transport = await serve((last, response) => {
      asked.push(last);
      const n = asked.length;
      stream(response).write(`id: lamp:${n}\ndata: ${n}\n\n`);
      setTimeout(() => response.destroy(), 20);
    });
    const { seen, lost } = await first(3, transport, { retries: 5 });
    expect(seen).toEqual([1, 2, 3]);
    expect(asked).toEqual([undefined, 'lamp:1', 'lamp:2']);
    expect(lost).toHaveLength(2);
  });

  it('on after a cut, and it is told why', async () => {
    let asked = 0;
    const transport = await serve((last, response) => {
      if (asked++ > 0) return stream(response).end(`id: lamp:2\ndata: "after ${last}"\n\n`);
      const why = JSON.stringify({ code: 'SLOW_CLIENT', message: 'too slow' });
      return stream(response).end(`id: lamp:1\ndata: 1\n\nevent: cut\ndata: ${why}\n\n`);
    });
    const { seen, lost } = await first(2, transport, { retries: 1 });
    expect(seen).toEqual([1, 'after lamp:1']);
    expect(lost).toEqual(['SLOW_CLIENT: too slow']);
  });

  it('not by whoever may no longer read them', async () => {
    const transport = await serve((_, response) => {
      const why = JSON.stringify({ code: 'UNAUTHENTICATED', message: 'revoked' });
      stream(response).end(`event: cut\ndata: ${why}\n\n`);
    });
    const cut = first(1, transport, { retries: 5 });
    await expect(cut).rejects.toMatchObject({ code: 'UNAUTHENTICATED', message: 'revoked' });
  });

  it('not where events that were shown are lost: what they told is to be let go of', async () => {
    const transport = await serve((_, response) => {
      const why = JSON.stringify({ code: 'EVENTS_GIVEN_UP', message: 'begin again' });
      stream(response).end(`id: lamp:9\ndata: 1\n\nevent: cut\ndata: ${why}\n\n`);
    });
    const cut = first(2, transport, { retries: 5 });
    await expect(cut).rejects.toMatchObject({ code: 'EVENTS_GIVEN_UP', status: 410 });
  });

  it('no more when the stream ends at once, again and again', async () => {
    let asked = 0;
    const positions: string[] = [];
    const transport = await serve((_, response) => {
      asked++;
      stream(response).end('id: lamp:7\n\n');
    });
    const onPosition = (at: string): void => void positions.push(at);
    const giving = first(1, transport, { retries: 2, onPosition });
    await expect(giving).rejects.toMatchObject({ reason: 'the server ended the stream' });
    expect(asked).toBe(3);
    expect(positions.at(-1)).toBe('lamp:7');
  });

  it('not where nobody answers: that is said at once', async () => {
    const nobody = new Transport({ url: 'http://127.0.0.1:9', retries: 0 });
    const gone = { name: 'Unreachable', code: 'UNREACHABLE', status: 0, url: 'http://127.0.0.1:9' };
    await expect(first(1, nobody, { retries: 9 })).rejects.toMatchObject(gone);
  });
});
