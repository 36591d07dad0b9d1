import { setTimeout as sleep } from 'node:timers/promises';
import { NatsServerFault } from './nats-server-fault.js';
import { endServer, type RunningServer } from './running-server.js';
import type { ServerLog } from './server-log.js';

interface RestartLimits {
  /** Deaths in a row that are answered by a restart; one more and supervision gives up. */
  restartsMax: number;
  /** Pause before the first restart; doubles with each death in a row. */
  firstPauseMs: number;
  longestPauseMs: number;
  /** A server that lived this long starts a new count. */
  stableAfterMs: number;
}

const LIMITS: RestartLimits = {
  restartsMax: 10,
  firstPauseMs: 50,
  longestPauseMs: 5_000,
  stableAfterMs: 30_000,
};

export interface SuperviseOptions {
  first: RunningServer;
  /** Starts the server again, on the same port and store. */
  relaunch(): Promise<RunningServer>;
  log: ServerLog;
  /** Called once, when the server kept dying. */
  onGivenUp(fault: NatsServerFault): void;
  limits?: RestartLimits;
}

export interface Supervision {
  /** The server of this moment; while it is being restarted, the one that died. */
  current(): RunningServer;
  /** How often it was restarted. */
  restarts(): number;
  /** Ends the server, which is then started again; settles when it runs, or supervision is over. */
  restart(): Promise<void>;
  /** Ends supervision and the server; settles when both are over. */
  stop(): Promise<void>;
}

/** Keeps a server alive: whenever it ends by itself it is started again, with bounded back-off. */
export function supervise(options: SuperviseOptions): Supervision {
  const { first, relaunch, log, onGivenUp, limits = LIMITS } = options;
  const stopping = new AbortController();
  let current = first;
  let restarts = 0;
  /** Whoever asked for a restart that has not come about yet. */
  let asked: (() => void)[] = [];
  const over = keepAlive().finally(answer);

  function answer(): void {
    for (const settle of asked) settle();
    asked = [];
  }

  async function keepAlive(): Promise<void> {
    let deaths = 0;
    while (!stopping.signal.aborted) {
      const since = performance.now();
      const how = await current.exited;
      if (stopping.signal.aborted) return;
      const isAsked = asked.length > 0;
      const isStable = performance.now() - since > limits.stableAfterMs;
      deaths = isAsked ? 0 : isStable ? 1 : deaths + 1;
      if (!isAsked) log.warn(`nats-server ended unexpectedly (${how}); starting it again`);
      for (let started = false; !started; ) {
        if (deaths > limits.restartsMax) return giveUp(how);
        await pause(deaths);
        if (stopping.signal.aborted) return;
        started = await tryRelaunch();
        if (!started) deaths++;
      }
    }
  }

  async function tryRelaunch(): Promise<boolean> {
    try {
      current = await relaunch();
      restarts++;
      log.info(`nats-server runs again at ${current.url}`);
      answer();
      return true;
    } catch (error) {
      log.warn((error as Error).message);
      return false;
    }
  }

  async function pause(deaths: number): Promise<void> {
    const ms = Math.min(limits.firstPauseMs * 2 ** (deaths - 1), limits.longestPauseMs);
    await sleep(ms, undefined, { signal: stopping.signal }).catch(() => undefined);
  }

  function giveUp(how: string): void {
    const message = `nats-server ended ${limits.restartsMax + 1} times in a row (${how}); giving up`;
    log.warn(message);
    onGivenUp(new NatsServerFault('SERVER_GIVEN_UP', message));
  }

  return {
    current: () => current,
    restarts: () => restarts,
    async restart() {
      if (stopping.signal.aborted) return;
      const runs = new Promise<void>((settle) => asked.push(settle));
      void endServer(current);
      await Promise.race([runs, over]);
    },
    async stop() {
      stopping.abort();
      await endServer(current);
      await over; // a restart in progress finishes first
      await endServer(current);
    },
  };
}
