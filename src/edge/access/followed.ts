import { setTimeout as pause } from 'node:timers/promises';
import type { NatsConnection } from '@nats-io/transport-node';
import { isStreamAbsent } from '../../core/absent-stream.js';

/** All values are read anew, and the watch begun anew, this often: nothing is missed for longer. */
const READ_AGAIN_MS = 30_000;
/** It is looked this often whether the bucket is still the same: no watch tells. */
const LOOK_EVERY_MS = 1_000;
const RETRY_AFTER_MS = 500;
/** A server that leads no more may say that a bucket is not there: it is asked again before that counts. */
const GONE_AFTER_LOOKS = 3;

/** Something as it is from now on; without a value it is gone. */
export type Changed<T> = {
  readonly id: string;
  readonly revision: number;
  readonly value: T | undefined;
};

/** All values, and when their bucket was made: revisions in another one tell nothing of these. */
export type Listed<T> = { readonly made: string; readonly values: readonly Changed<T>[] };

/** Where the values stand. */
export type Source<T> = {
  list(): Promise<Listed<T>>;
  /** When the bucket was made that is there now. */
  made(): Promise<string>;
  /** Each change from now on, until the signal or until the server forgets that somebody looks. */
  watch(signal: AbortSignal): Promise<AsyncIterable<Changed<T>>>;
};

export type FollowedOptions<T> = {
  readonly nc: NatsConnection;
  readonly source: Source<T>;
  /** What they are, for the log: `API keys`. */
  readonly what: string;
  /** The bucket was removed; told at each look until it is there again. */
  readonly onGone?: (isFirst: boolean) => Promise<void>;
  /** It is another one than before, whose values, which count no more, are told. */
  readonly onOther?: (before: ReadonlyMap<string, T>) => void;
  readonly log: { warn(what: object, message: string): void };
};

type Held<T> = Pick<Changed<T>, 'revision' | 'value'>;

/**
 * Values of a bucket as this node knows them: all in memory, so that looking at one asks nobody,
 * and followed, so that a change counts at once. While NATS is away the last known stay.
 */
export class Followed<T> {
  readonly #options: FollowedOptions<T>;
  readonly #stop = new AbortController();
  #held = new Map<string, Held<T>>();
  /** What changed since the list was begun to be read. */
  #since = new Map<string, Held<T>>();
  #renew = new AbortController();
  #following: Promise<void> | undefined;
  #hasFailed = false;
  #made: string | undefined;
  #absent = 0;

  constructor(options: FollowedOptions<T>) {
    this.#options = options;
  }

  /** Settles once every value is known. */
  async begin(): Promise<void> {
    await this.#read();
    this.#following = this.#follow();
    void this.#renewAfterReconnect();
  }

  /** Whether the bucket was removed, and is not there again. */
  get isGone(): boolean {
    return this.#absent >= GONE_AFTER_LOOKS;
  }

  /** What is known of one; one that was just removed is known without a value. */
  get(id: string): Held<T> | undefined {
    return this.#held.get(id);
  }

  *entries(): Generator<readonly [id: string, value: T]> {
    for (const [id, { value }] of this.#held) if (value !== undefined) yield [id, value];
  }

  /** What comes by the watch, or was written here; also while the list is read, which may be older. */
  take({ id, revision, value }: Changed<T>): void {
    for (const values of [this.#held, this.#since])
      if ((values.get(id)?.revision ?? 0) <= revision) values.set(id, { revision, value });
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#renew.abort();
    await this.#following;
  }

  /** What was removed is kept until the list after the next, in case something older is told late. */
  async #read(): Promise<void> {
    let removed = [...this.#since].filter(([, { value }]) => value === undefined);
    this.#since = new Map();
    const { made, values } = await this.#options.source.list();
    if (this.#made !== undefined && made !== this.#made) {
      this.#forget();
      removed = [];
    }
    const held = new Map<string, Held<T>>([...removed, ...this.#since]);
    for (const { id, revision, value } of values) {
      if (value === undefined || (held.get(id)?.revision ?? 0) > revision) continue;
      // A copy that lags tells what was so before.
      const known = this.#held.get(id);
      held.set(id, known && known.revision > revision ? known : { revision, value });
    }
    this.#held = held;
    this.#made = made;
    this.#absent = 0;
  }

  /** The bucket is another one. What was watched meanwhile may have stood in either. */
  #forget(): void {
    const before = new Map(this.entries());
    this.#held = new Map();
    this.#since = new Map();
    this.#renew.abort();
    this.#options.onOther?.(before);
  }

  async #follow(): Promise<void> {
    const { source, what, log } = this.#options;
    while (!this.#stop.signal.aborted) {
      this.#renew = new AbortController();
      const signal = AbortSignal.any([this.#stop.signal, this.#renew.signal]);
      try {
        // A watch that ends by itself is begun anew, as one that fails is.
        const over = (): void => this.#renew.abort();
        void this.#takeAll(await source.watch(signal)).then(over, over);
        await this.#read();
        this.#hasFailed = false;
        await this.#wait(signal);
      } catch (err) {
        if (this.#stop.signal.aborted) return;
        if (isStreamAbsent(err)) this.#absent++;
        if (this.isGone) await this.#options.onGone?.(this.#absent === GONE_AFTER_LOOKS);
        // Said once: a bucket that is gone, or NATS, may be away for days.
        if (!signal.aborted && !this.#hasFailed) {
          log.warn({ err }, `${what}: changes cannot be followed; those known before still count`);
          this.#hasFailed = true;
        }
        const wait = { signal: this.#stop.signal, ref: false };
        await pause(RETRY_AFTER_MS, undefined, wait).catch(() => {});
      } finally {
        this.#renew.abort();
      }
    }
  }

  /** Until it is time to read all values anew, which it is where the bucket is another one. */
  async #wait(signal: AbortSignal): Promise<void> {
    const until = performance.now() + READ_AGAIN_MS;
    while (performance.now() < until) {
      await pause(LOOK_EVERY_MS, undefined, { signal, ref: false });
      const made = await this.#options.source.made().catch((error: unknown) => {
        if (isStreamAbsent(error)) throw error;
        return this.#made; // NATS is away: nothing is known
      });
      if (made !== this.#made) return;
    }
  }

  async #takeAll(changes: AsyncIterable<Changed<T>>): Promise<void> {
    for await (const change of changes) this.take(change);
  }

  /** What was changed while the connection was away is looked up as soon as it is back. */
  async #renewAfterReconnect(): Promise<void> {
    for await (const { type } of this.#options.nc.status()) {
      if (this.#stop.signal.aborted) return;
      if (type === 'reconnect') this.#renew.abort();
    }
  }
}
