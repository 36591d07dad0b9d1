import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Mux, REQUEST_TIMEOUT_MS, Unanswered } from './mux.js';

const EMPTY = new Uint8Array(0);
type Sent = { subject: string; payload: string; reply?: string; headers?: string };

/** A connection that shows what is sent, and on which a test answers. */
const connection = () => {
  const sent: Sent[] = [];
  let refuses = false;
  let told = (_: { type: string }): void => {};
  let deliver = (_: Msg): void => {};
  const nc = {
    subscribe: (_: string, { callback }: { callback: (error: unknown, msg: Msg) => void }) => {
      deliver = (msg) => callback(null, msg);
    },
    publish: (
      subject: string,
      payload: Uint8Array,
      { reply, headers }: { reply?: string; headers?: { encode(): Uint8Array } } = {},
    ) => {
      if (refuses) throw new Error('closed');
      sent.push({
        subject,
        payload: Buffer.from(payload).toString(),
        ...(reply && { reply }),
        ...(headers && { headers: Buffer.from(headers.encode()).toString() }),
      });
    },
    status: async function* () {
      for (;;)
        yield await new Promise<{ type: string }>((resolve) => {
          told = resolve;
        });
    },
  } as unknown as NatsConnection;
  return {
    sent,
    mux: new Mux(nc),
    refuse: () => {
      refuses = true;
    },
    answer: (to: Sent, text: string) =>
      deliver({ subject: to.reply, string: () => text } as unknown as Msg),
    tell: async (type: string) => {
      told({ type });
      await Promise.resolve();
      await Promise.resolve();
      await Promise.resolve();
    },
  };
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('requests over one inbox', () => {
  it('take an answer that was there when the thread had no time to look', async () => {
    const { mux, sent, answer } = connection();
    const asked = mux.request('a', null, EMPTY);
    vi.advanceTimersByTime(REQUEST_TIMEOUT_MS * 2);
    answer(sent[0]!, 'in time');
    expect((await asked).string()).toBe('in time');
  });

  it('get each its own answer, once, in whatever order they come', async () => {
    const { mux, sent, answer } = connection();
    const one = mux.request('a', Buffer.from('H'), Buffer.from('1'));
    const other = mux.request('b', null, EMPTY);
    expect(sent).toMatchObject([
      { subject: 'a', payload: '1', headers: 'H' },
      { subject: 'b', payload: '' },
    ]);
    expect(sent[1]).not.toHaveProperty('headers');
    expect(sent[0]!.reply).not.toBe(sent[1]!.reply);
    answer(sent[1]!, 'second');
    answer(sent[0]!, 'first');
    answer(sent[0]!, 'once more');
    expect([(await one).string(), (await other).string()]).toEqual(['first', 'second']);
  });

  it('collect until enough came', async () => {
    const { mux, sent, answer } = connection();
    const seen: string[] = [];
    const done = mux.collect('c', EMPTY, (msg) => seen.push(msg.string()) === 2);
    for (const text of ['x', 'y', 'z']) answer(sent[0]!, text);
    await done;
    expect(seen).toEqual(['x', 'y']);
  });

  it('need no answer', () => {
    const { mux, sent } = connection();
    mux.send('d', Buffer.from('H'), Buffer.from('1'));
    expect(sent).toEqual([{ subject: 'd', payload: '1', headers: 'H' }]);
  });

  it.each([
    ['a request', 1, (mux: Mux) => mux.request('a', null, EMPTY)],
    ['a collection', 5, (mux: Mux) => mux.collect('a', EMPTY, () => true)],
  ])('%s that is not answered is given up in time, not before', async (_, times, ask) => {
    const { mux } = connection();
    const failed = vi.fn();
    const asked = ask(mux).catch(failed);
    vi.advanceTimersByTime(REQUEST_TIMEOUT_MS * times - 200);
    await Promise.resolve();
    await Promise.resolve();
    expect(failed).not.toHaveBeenCalled();
    vi.advanceTimersByTime(400);
    await asked;
    expect(failed).toHaveBeenCalledWith(
      expect.objectContaining({
        code: 'STORE_UNAVAILABLE',
        message: 'the event store does not answer: no answer in time',
      }),
    );
  });

  it('are given up at once when the connection is lost, and only then', async () => {
    const { mux, tell } = connection();
    const failed = vi.fn();
    const asked = mux.request('a', null, EMPTY).catch(failed);
    await tell('reconnecting');
    expect(failed).not.toHaveBeenCalled();
    await tell('disconnect');
    await asked;
    expect(failed).toHaveBeenCalledOnce();
  });

  it('say whether the server had the question all the time, and said nothing', async () => {
    const { mux, tell } = connection();
    const silentAfter = async (...types: readonly string[]): Promise<boolean> => {
      const asked = mux.request('a', null, EMPTY).catch((error: unknown) => error);
      for (const type of types) await tell(type);
      vi.advanceTimersByTime(REQUEST_TIMEOUT_MS + 200);
      return ((await asked) as Unanswered).silent;
    };
    expect(await silentAfter()).toBe(true);
    expect(await silentAfter('disconnect')).toBe(false);
    // Asked while nobody listens; that they do later proves nothing.
    expect(await silentAfter()).toBe(false);
    expect(await silentAfter('update')).toBe(false);
    expect(await silentAfter('reconnect')).toBe(false);
    expect(await silentAfter()).toBe(true);
    expect(new Unanswered('no answer').silent).toBe(false);
  });

  it('that were given up excuse the server when their answer comes late, or cannot come', async () => {
    const { mux, sent, answer, tell } = connection();
    const givenUp = async (): Promise<Unanswered> => {
      const asked = mux.request('a', null, EMPTY).catch((error: unknown) => error);
      vi.advanceTimersByTime(REQUEST_TIMEOUT_MS + 200);
      return (await asked) as Unanswered;
    };
    const [late, never] = [await givenUp(), await givenUp()];
    expect([late.silent, never.silent]).toEqual([true, true]);
    answer(sent[0]!, 'late');
    expect([late.silent, never.silent]).toEqual([false, true]);
    await tell('disconnect');
    expect(never.silent).toBe(false);
  });

  it('are given up at the moment that they may take, and not a look before', async () => {
    vi.advanceTimersByTime(100); // looks come at multiples of 200 ms since the start
    const { mux } = connection();
    const failed = vi.fn();
    const asked = mux.request('a', null, EMPTY).catch(failed);
    vi.advanceTimersByTime(REQUEST_TIMEOUT_MS);
    await asked;
    expect(failed).toHaveBeenCalledOnce();
  });

  it('are told by a collection that is not done before all of it came', async () => {
    const { mux, sent, answer } = connection();
    const done = vi.fn();
    const collected = mux.collect('c', EMPTY, (msg) => msg.string() === 'last').then(done);
    answer(sent[0]!, 'first');
    await Promise.resolve();
    await Promise.resolve();
    expect(done).not.toHaveBeenCalled();
    answer(sent[0]!, 'last');
    await collected;
  });

  it('are given up when it closes, and asked for no more', async () => {
    const { mux, sent, answer } = connection();
    const asked = mux.request('a', null, EMPTY);
    mux.close();
    await expect(asked).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    answer(sent[0]!, 'too late');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('are refused at once where the connection takes none', async () => {
    const { mux, refuse } = connection();
    refuse();
    await expect(mux.request('a', null, EMPTY)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: 'the event store does not answer: the connection does not take messages',
      cause: expect.objectContaining({ message: 'closed' }),
    });
  });
});
