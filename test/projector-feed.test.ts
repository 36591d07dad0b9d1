import { cpSync, renameSync, rmSync } from 'node:fs';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { describe, expect, it, type TestContext } from 'vitest';
import type { Feed } from '../src/write/store/event-feeds.js';
import { pullFeed } from '../src/write/store/nats/feed.js';
import { Mux } from '../src/write/store/nats/mux.js';
import { jetStreamOf } from './support/jet-stream-of.js';
import { startTestServer } from './support/nats.js';
import { PATIENCE_MS } from './support/patience.js';

const STREAM = 'FED';
const NAME = 'feed-under-test';

/** A stream of one test alone, on a server of its own, and a feed from it. */
const openWorld = async ({ onTestFinished }: TestContext) => {
  const server = await startTestServer({ sync: 'lazy' });
  onTestFinished(() => server.stop());
  const nc = await connect({
    servers: server.url,
    reconnectTimeWait: 50,
    maxReconnectAttempts: -1,
  });
  onTestFinished(() => nc.close());
  const mux = new Mux(nc);
  onTestFinished(() => mux.close());
  const jsm = await jetStreamOf(nc);
  await jsm.streams.add({ name: STREAM, subjects: ['fed.>'] });

  const publish = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n++) await nc.request('fed.x', `${n}`, { timeout: PATIENCE_MS });
  };
  const why: string[] = [];
  const feed = (from: number, signal: AbortSignal): Feed<number> =>
    pullFeed(
      {
        nc,
        mux,
        stream: STREAM,
        read: (_: unknown, sequence: number) => sequence,
        note: (what) => why.push(what.why),
      },
      { name: NAME, from, signal, batch: 10 },
    );
  /** What it brings until a sequence; `each` is called after every batch. */
  const until = async (
    last: number,
    each: (seen: readonly number[]) => Promise<unknown> = async () => {},
    from = 1,
  ): Promise<number[]> => {
    const stop = new AbortController();
    const seen: number[] = [];
    for await (const { entries } of feed(from, stop.signal)) {
      seen.push(...entries);
      await each(seen);
      if (seen.at(-1)! >= last) stop.abort();
    }
    return seen;
  };
  return { server, nc, jsm, publish, why, feed, until };
};

const all = (count: number): number[] => Array.from({ length: count }, (_, n) => n + 1);

describe.concurrent('a feed over JetStream', () => {
  // A server that shuts down waits for every consumer that has a file.
  it('leaves nothing of its consumer on disk', async (test) => {
    const { jsm, publish, until } = await openWorld(test);
    await publish(20);
    let stored: boolean | undefined;
    await until(20, async () => {
      stored ??= (await jsm.consumers.info(STREAM, NAME)).config.mem_storage;
    });
    expect(stored).toBe(true);
  });

  it('brings full batches while there are more, says how many are left, and acknowledges them', async (test) => {
    const { nc, jsm, publish, feed } = await openWorld(test);
    await publish(60);
    const stop = new AbortController();
    const one = feed(1, stop.signal);
    const batches: (readonly [number, number])[] = [];
    const floors: number[] = [];
    const floor = async () => (await jsm.consumers.info(STREAM, NAME)).ack_floor.stream_seq;
    one.ack(1); // nothing was taken yet
    for await (const { entries, pending } of one) {
      batches.push([entries.length, pending]);
      const last = entries.at(-1)!;
      one.ack(last - 1); // not all of it is done
      one.ack(last);
      await nc.flush();
      await test.expect.poll(floor).toBe(last);
      floors.push(last);
      if (last === 60) stop.abort();
    }
    expect(batches).toEqual([50, 40, 30, 20, 10, 0].map((left) => [10, left]));
    expect(floors).toEqual([10, 20, 30, 40, 50, 60]);
  });

  it('brings what there is when that is less than a batch, and ends while it waits for more', async (test) => {
    const { publish, feed } = await openWorld(test);
    await publish(3);
    const stop = new AbortController();
    const seen: number[] = [];
    const following = (async () => {
      for await (const { entries } of feed(1, stop.signal)) seen.push(...entries);
    })();
    await test.expect.poll(() => seen).toEqual([1, 2, 3]);
    await publish(1);
    await test.expect.poll(() => seen).toEqual([1, 2, 3, 4]);
    stop.abort();
    await following;
  });

  it('brings nothing where the stream ends before it was to begin, and says so', async (test) => {
    const { publish, why, feed, until } = await openWorld(test);
    await publish(3);
    const stop = new AbortController();
    const brought = (async () => {
      for await (const _ of feed(10, stop.signal)) expect.unreachable();
    })();
    await test.expect.poll(() => why).toContain('the stream ends at 3, before 10');
    await publish(7);
    stop.abort();
    await brought;
    // Right behind the end it waits for what comes.
    const next = until(11, undefined, 11);
    await publish(1);
    expect(await next).toEqual([11]);
  });

  it('passes over what is not there any more, and over nothing else', async (test) => {
    const { jsm, publish, until } = await openWorld(test);
    await publish(40);
    for (const gone of [1, 2, 17, 18, 19, 33]) await jsm.streams.deleteMessage(STREAM, gone);
    const expected = all(40).filter((one) => ![1, 2, 17, 18, 19, 33].includes(one));
    expect(await until(40)).toEqual(expected);
  });

  it('brings everything once, whoever else makes the same consumer elsewhere', async (test) => {
    const { jsm, publish, until } = await openWorld(test);
    await publish(200);
    let round = 0;
    const seen = await until(200, async () => {
      if (round++ % 3 !== 0) return;
      await jsm.consumers.delete(STREAM, NAME).catch(() => {});
      const opt_start_seq = round % 2 === 0 ? 1 : 150;
      await jsm.consumers
        .add(STREAM, {
          durable_name: NAME,
          ack_policy: 'all',
          opt_start_seq,
          deliver_policy: 'by_start_sequence',
        } as never)
        .catch(() => {});
    });
    expect(seen).toEqual(all(200));
  });

  it('finds that somebody moved the consumer to where nothing is left to bring', async (test) => {
    const { jsm, publish, until } = await openWorld(test);
    await publish(60);
    const seen = await until(60, async (so) => {
      if (so.length > 10) return;
      await jsm.consumers.delete(STREAM, NAME);
      await jsm.consumers.add(STREAM, {
        durable_name: NAME,
        ack_policy: 'all',
        opt_start_seq: 61,
        deliver_policy: 'by_start_sequence',
      } as never);
    });
    expect(seen).toEqual(all(60));
  });

  it('finds by a heartbeat that somebody took the rest away', async (test) => {
    const { nc, publish, why, until } = await openWorld(test);
    await publish(60);
    const inbox = '_INBOX.thief';
    const stolen: number[] = [];
    const thief = nc.subscribe(inbox, {
      callback: (_, msg) => {
        if (msg.data.length > 0) stolen.push(Number(msg.string()) + 1);
      },
    });
    const seen = await until(60, async (so) => {
      if (so.length > 10) return;
      // All that was asked for has come: what comes behind it goes to whoever asks next.
      await new Promise((wake) => setTimeout(wake, 200));
      const query = JSON.stringify({ batch: 100, no_wait: true });
      nc.publish(`$JS.API.CONSUMER.MSG.NEXT.${STREAM}.${NAME}`, query, { reply: inbox });
      await test.expect.poll(() => stolen.at(-1)).toBe(60);
    });
    thief.unsubscribe();
    expect(seen).toEqual(all(60));
    expect(why[0]).toBe(`it jumped from ${stolen[0]} to 61`);
  });

  it('keeps two readers of one name apart: both get all of it', async (test) => {
    const { publish, until } = await openWorld(test);
    await publish(60);
    const [one, other] = await Promise.all([until(60), until(60)]);
    expect(one).toEqual(all(60));
    expect(other).toEqual(all(60));
  });

  it('goes on after the server was killed, and takes no more than two batches ahead', async (test) => {
    const { server, jsm, publish, until } = await openWorld(test);
    await publish(100);
    let killed = false;
    const seen = await until(100, async (so) => {
      if (killed || so.length < 30) return;
      killed = true;
      const { num_ack_pending } = await jsm.consumers.info(STREAM, NAME);
      expect(num_ack_pending - so.length).toBeLessThanOrEqual(20);
      await server.kill9();
      await server.restart();
    });
    expect(seen).toEqual(all(100));
  });

  it('rejects when another message stands where it took one', async (test) => {
    const { server, nc, publish, until } = await openWorld(test);
    // What was asked while the server was away is lost: it is asked again soon.
    const jsm = await jetstreamManager(nc, { timeout: 500 });
    await publish(10);
    const back = async (): Promise<void> => {
      await server.restart();
      await test.expect.poll(() => jsm.streams.info(STREAM).catch(() => undefined)).toBeDefined();
    };
    await server.kill9();
    cpSync(server.dir, `${server.dir}.copy`, { recursive: true });
    await back();
    await publish(5);
    let restored = false;
    const brought = until(20, async (so) => {
      if (restored || so.length < 15) return;
      restored = true;
      // An older copy is put in its place, and written on.
      await server.kill9();
      rmSync(server.dir, { recursive: true });
      renameSync(`${server.dir}.copy`, server.dir);
      await back();
      await publish(10);
    });
    await expect(brought).rejects.toThrow('what was taken at 15 is not what stands there now');
  });

  it('brings nothing of another stream of the same name', async (test) => {
    const { jsm, publish, why, feed } = await openWorld(test);
    await publish(5);
    const stop = new AbortController();
    const seen: number[] = [];
    for await (const { entries } of feed(1, stop.signal)) {
      seen.push(...entries);
      if (seen.length < 5) continue;
      await jsm.streams.delete(STREAM);
      await jsm.streams.add({ name: STREAM, subjects: ['fed.>'] });
      await publish(9);
      setTimeout(() => stop.abort(), 1_500);
    }
    expect(seen).toEqual(all(5));
    expect(why.at(-1)).toBe('the stream was made anew');
  });
});
