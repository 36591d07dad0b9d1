import { setTimeout as pause } from 'node:timers/promises';
import type { NatsConnection } from '@nats-io/transport-node';
import { isStreamAbsent } from '../../core/absent-stream.js';
import type { BucketState } from '../../core/bucket-keys.js';

/** All values are read anew, and the watch begun anew, this often: nothing is missed for longer. */
const READ_AGAIN_MS = 30_000;
/** It is looked this often whether the bucket is still the same: no watch tells. */
const LOOK_EVERY_MS = 1_000;
const RETRY_AFTER_MS = 500;
/**
 * A server that leads no more may say that a bucket is not there, or less far: it is asked again
 * before that counts.
 */
const COUNTS_AFTER_LOOKS = 3;

/** Something as it is from now on; without a value it is gone. */
export type Changed<T> = {
  readonly id: string;
  readonly revision: number;
  readonly value: T | undefined;
};

/** All values, and of which bucket: revisions in another one tell nothing of these. */
export type Listed<T> = BucketState & { readonly values: readonly Changed<T>[] };

/** How a bucket is another one than before. */
export type Other = 'made anew' | 'older';

/** Where the values stand. */
export type Source<T> = {
  list(): Promise<Listed<T>>;
  /** Which bucket is there now. */
  state(): Promise<BucketState>;
  /** As the leader has it now, which no copy that lags tells; 0 = none. */
  revisionOf(id: string): Promise<number>;
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
  readonly onOther?: (before: ReadonlyMap<string, T>, how: Other) => void;
  /** The bucket is the same, and holds nothing any more. */
  readonly onEmptied?: () => void;
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
  /** The highest revision that was ever met in the bucket. */
  #last = 0;
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
    return this.#absent >= COUNTS_AFTER_LOOKS;
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
    this.#last = Math.max(this.#last, revision);
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
    const { other, made, last, values } = await this.#list();
    const before = new Map(this.entries());
    if (other) {
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
    this.#last = Math.max(this.#last, last);
    this.#absent = 0;
    if (other) this.#options.onOther?.(before, other);
    else if (before.size > 0 && this.entries().next().done) this.#options.onEmptied?.();
  }

  /** What there is, and how it is of another bucket than what is known. */
  async #list(): Promise<Listed<T> & { readonly other: Other | undefined }> {
    for (let look = 1; ; look++) {
      const known = this.#last; // what comes while it is asked may be more than it tells
      const listed = await this.#options.source.list();
      if (this.#made !== undefined && listed.made !== this.#made)
        return { ...listed, other: 'made anew' };
      if (listed.last >= known && !(await this.#hasOlder(listed)))
        return { ...listed, other: undefined };
      if (look === COUNTS_AFTER_LOOKS) return { ...listed, other: 'older' };
      await pause(RETRY_AFTER_MS, undefined, { signal: this.#stop.signal, ref: false });
    }
  }

  /** Whether a copy from before, written on since, stands in the bucket's place. */
  async #hasOlder({ values }: Listed<T>): Promise<boolean> {
    for (const { id, revision } of values) {
      const known = this.#held.get(id)?.revision ?? 0;
      if (known > revision && (await this.#options.source.revisionOf(id)) < known) return true;
    }
    return false;
  }

  /** The bucket is another one. What was watched meanwhile may have stood in either. */
  #forget(): void {
    this.#held = new Map();
    this.#since = new Map();
    this.#last = 0;
    this.#renew.abort();
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
        if (this.isGone) await this.#options.onGone?.(this.#absent === COUNTS_AFTER_LOOKS);
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
      const known = this.#last;
      const state = await this.#options.source.state().catch((error: unknown) => {
        if (isStreamAbsent(error)) throw error;
        return undefined; // NATS is away: nothing is known
      });
      if (state && (state.made !== this.#made || state.last < known)) return;
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
