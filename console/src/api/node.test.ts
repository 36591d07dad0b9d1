import { afterEach, describe, expect, it, vi } from 'vitest';
import { ask, isUnknownCaller, onUnknownCaller } from './node.js';

afterEach(() => vi.unstubAllGlobals());

/** A node that answers like this. */
const nodeAnswering = (answer: Response, actor: string | null = null) => {
  const send = vi.fn(async (_: string, __: RequestInit) => answer);
  vi.stubGlobal('fetch', send);
  vi.stubGlobal('localStorage', { getItem: () => actor });
  return send;
};

describe('the node that serves the console', () => {
  it('is asked at the same address, by whom one says to be', async () => {
    const send = nodeAnswering(Response.json({ ok: true }), 'Łukasz');
    expect(await ask('/views')).toEqual({ ok: true });
    const [path, init] = send.mock.calls[0]!;
    expect(path).toBe('/views');
    const bytes = new Headers(init.headers).get('x-actor')!;
    expect(Buffer.from(bytes, 'latin1').toString('utf8')).toBe('Łukasz');
  });

  it('that does not know who asks has whoever is here sign in again', async () => {
    const told = vi.fn();
    const stop = onUnknownCaller(told);
    nodeAnswering(
      Response.json({ code: 'UNAUTHENTICATED', message: 'send a key' }, { status: 401 }),
    );
    const error = await ask('/views').catch((one: unknown) => one);
    expect(isUnknownCaller(error)).toBe(true);
    expect(String(error)).toMatch(/sign in again/);
    await ask('/session').catch(() => undefined);
    expect(told).toHaveBeenCalledTimes(1);
    stop();
  });

  it('that answers nothing has said so', async () => {
    nodeAnswering(new Response(null, { status: 204 }));
    expect(await ask('/session', { method: 'DELETE' })).toBeUndefined();
  });
});
