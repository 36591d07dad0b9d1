import { describe, expect, it } from 'vitest';
import { Transport } from './transport.js';

const answering = (...answers: readonly (Response | Error)[]): Transport => {
  let nth = 0;
  return new Transport({
    url: 'http://node/',
    fetch: async () => {
      const answer = answers[nth++]!;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
};
const problem = (status: number, code: string, headers = {}): Response =>
  Response.json({ code, message: '?' }, { status, headers });

describe('a transport', () => {
  it('asks again while the answer is neither yes nor no, and tells why', async () => {
    const why: string[] = [];
    const lost = new TypeError('fetch failed', { cause: { code: 'ECONNRESET' } });
    const transport = answering(problem(503, 'BUSY'), lost, Response.json({ replayed: false }));
    const onRetry = (one: string): void => void why.push(one);
    expect(await transport.json({ path: '/x', onRetry })).toEqual({ replayed: false });
    expect(why).toEqual(['BUSY', 'ECONNRESET']);
  });

  it('asks as often as it is told to', async () => {
    const twice = answering(problem(503, 'BUSY'), problem(503, 'BUSY'));
    await expect(twice.ask({ path: '/x', retries: 1 })).rejects.toMatchObject({ code: 'BUSY' });
    const undelivered = answering(problem(502, 'ALERT_NOT_DELIVERED'));
    await expect(undelivered.ask({ path: '/x' })).rejects.toMatchObject({ status: 502 });
  });

  it('says when the answer came too late, and when it is not from Stele', async () => {
    const slow = new Transport({
      url: 'http://node',
      retries: 0,
      withinMs: 10,
      fetch: (_, { signal }) =>
        new Promise((_, reject) => signal!.addEventListener('abort', () => reject(signal!.reason))),
    });
    await expect(slow.ask({ path: '/x' })).rejects.toMatchObject({
      code: 'TOO_SLOW',
      status: 0,
      reason: 'no answer in time',
      message: 'the server did not answer within 0.01 seconds',
    });
    const foreign = { code: 'UNEXPECTED', status: 200 };
    await expect(answering(new Response('hello')).json({ path: '/x' })).rejects.toMatchObject(
      foreign,
    );
  });

  it('keeps a problem as it came, and reads one that says less', async () => {
    const body = { type: 'about:blank', title: 'Gone', status: 410, code: 'GONE', extra: 1 };
    const gone = answering(Response.json(body, { status: 410 })).ask({ path: '/x' });
    await expect(gone).rejects.toMatchObject({ message: 'Gone', errors: [], body });
  });
});
