import { describe, expect, it } from 'vitest';
import type { NatsServerFault } from './nats-server-fault.js';
import type { RunningServer } from './running-server.js';
import { supervise } from './supervise.js';

const limits = { restartsMax: 3, firstPauseMs: 1, longestPauseMs: 2, stableAfterMs: 1_000 };
const log = { info: () => undefined, warn: () => undefined };

/** A server that is only a promise: no process has this number. */
function server(exited: Promise<string>): RunningServer {
  const nowhere = { pid: 2 ** 30, start: 'never', url: 'nats://127.0.0.1:1' };
  return { ...nowhere, serverName: 'test', version: '2.15.1', exited };
}

const dead = () => server(Promise.resolve('exit code 1'));
const alive = () => server(new Promise(() => undefined));

describe('supervision', () => {
  it('starts a server that died again, and leaves it alone while it lives', async () => {
    const next = alive();
    let done = () => {};
    const relaunched = new Promise<void>((resolve) => {
      done = resolve;
    });
    const supervision = supervise({
      first: dead(),
      relaunch: async () => {
        setTimeout(done);
        return next;
      },
      log,
      limits,
      onGivenUp: () => expect.unreachable(),
    });
    await relaunched;
    expect(supervision.current()).toBe(next);
    expect(supervision.restarts()).toBe(1);
  });

  it.each([
    ['dies as soon as it runs', async () => dead()],
    ['cannot be started', () => Promise.reject(new Error('no disk'))],
  ])('gives up on a server that %s', async (_how, relaunch) => {
    let tries = 0;
    const fault = await new Promise<NatsServerFault>((onGivenUp) => {
      supervise({
        first: dead(),
        relaunch: () => {
          tries++;
          return relaunch();
        },
        log,
        limits,
        onGivenUp,
      });
    });
    expect(fault.code).toBe('SERVER_GIVEN_UP');
    expect(tries).toBe(limits.restartsMax);
  });

  it('starts a server anew on demand, and says when it runs', async () => {
    let end = (_how: string): void => {};
    const first = server(
      new Promise((resolve) => {
        end = resolve;
      }),
    );
    const said: string[] = [];
    const supervision = supervise({
      first,
      limits,
      relaunch: async () => alive(),
      onGivenUp: () => expect.unreachable(),
      log: { ...log, warn: (message) => void said.push(message) },
    });
    const restarted = supervision.restart();
    end('ended by SIGTERM');
    await restarted;
    expect(supervision.restarts()).toBe(1);
    expect(said).toEqual([]);
  });

  it('never gives up on a server for being started anew on demand', async () => {
    const ends: ((how: string) => void)[] = [];
    const mortal = () => server(new Promise((resolve) => ends.push(resolve)));
    const supervision = supervise({
      first: mortal(),
      relaunch: async () => mortal(),
      log,
      limits,
      onGivenUp: () => expect.unreachable(),
    });
    const times = limits.restartsMax + 2;
    for (let time = 0; time < times; time++) {
      const restarted = supervision.restart();
      ends[time]!('ended by SIGTERM');
      await restarted;
    }
    expect(supervision.restarts()).toBe(times);
  });

  it('ends a pause at once when it is stopped', async () => {
    const long = { ...limits, firstPauseMs: 60_000, longestPauseMs: 60_000 };
    const relaunch = () => expect.unreachable();
    const supervision = supervise({
      first: dead(),
      relaunch,
      log,
      limits: long,
      onGivenUp: relaunch,
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    await supervision.stop();
  });
});
