import { setTimeout as pause } from 'node:timers/promises';
import type { TestCluster } from '../cluster.js';

const SERVERS = [0, 1, 2];
/** The stream whose leader and followers are meant. */
const STREAM = 'EVT_APPLICATION';

/** How long things go wrong, and how long they are left alone in between, milliseconds. */
export type Pace = {
  readonly follower: number;
  /** Both followers: nothing can be written. */
  readonly quorum: number;
  readonly leader: number;
  readonly gone: number;
  readonly calm: number;
};

/** A time in which something was wrong, on the monotonic clock. */
export type Wrong = { readonly what: string; readonly from: number; readonly to: number };

/** What goes wrong with a cluster, one thing after the other. */
export class Nemesis {
  /** All that went wrong so far. */
  readonly done: Wrong[] = [];
  readonly #cluster: TestCluster;
  readonly #pace: Pace;

  constructor(cluster: TestCluster, pace: Pace) {
    this.#cluster = cluster;
    this.#pace = pace;
  }

  /** Each of them once. */
  async round(): Promise<void> {
    const { follower, quorum, leader, gone, calm } = this.#pace;
    const led = await this.#cluster.leaderOf(STREAM);
    const others = SERVERS.filter((one) => one !== led);
    const one = others[Math.floor(Math.random() * others.length)]!;
    await this.#wrong('a follower was gone', async () => {
      await this.#cluster.kill9(one);
      await pause(gone);
      await this.#cluster.restart(one);
    });
    await pause(calm);
    await this.#paused('a follower was paused', follower, (at) => [(at + 1) % SERVERS.length]);
    await this.#paused('both followers were paused', quorum, (at) =>
      SERVERS.filter((other) => other !== at),
    );
    await this.#paused('the leader was paused', leader, (at) => [at]);
  }

  async #paused(
    what: string,
    ms: number,
    which: (leader: number) => readonly number[],
  ): Promise<void> {
    const servers = which(await this.#cluster.leaderOf(STREAM));
    await this.#wrong(what, async () => {
      for (const server of servers) this.#cluster.signal(server, 'SIGSTOP');
      await pause(ms);
      for (const server of servers) this.#cluster.signal(server, 'SIGCONT');
    });
    await pause(this.#pace.calm);
  }

  async #wrong(what: string, doing: () => Promise<void>): Promise<void> {
    const from = performance.now();
    await doing();
    this.done.push({ what, from, to: performance.now() });
  }
}
