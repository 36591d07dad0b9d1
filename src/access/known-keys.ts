import { setTimeout as pause } from 'node:timers/promises';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Principal } from '../core/access.js';
import type { Refusal } from '../core/refusal.js';
import { unauthenticated } from './access.js';
import { type ApiKey, fits, readKeyText, stateOf } from './api-key.js';
import type { Changed, KeyBucket } from './key-bucket.js';

/** All keys are read anew, and the watch begun anew, this often: nothing is missed for longer. */
const READ_AGAIN_MS = 30_000;
const RETRY_AFTER_MS = 500;

const UNKNOWN = unauthenticated(
  'there is no such API key: `stele key list` shows those there are, `stele key create` makes one',
);

export type KnownKeysOptions = {
  readonly nc: NatsConnection;
  readonly bucket: KeyBucket;
  readonly clock: () => number;
  readonly log: { warn(what: object, message: string): void };
};

type Held = Pick<Changed, 'revision' | 'key'>;

const principalOf = ({ id, actor, actor_type, roles, teams }: ApiKey): Principal =>
  Object.freeze({ actor, actor_type, roles, teams, credential: `key:${id}` });

/**
 * The API keys as this node knows them: all in memory, so that recognizing one asks nobody, and
 * followed, so that a revoked one counts no more at once. While NATS is away the last known stay.
 */
export class KnownKeys {
  readonly #options: KnownKeysOptions;
  readonly #stop = new AbortController();
  #keys = new Map<string, Held>();
  /** What changed since the list was begun to be read. */
  #since = new Map<string, Held>();
  #renew = new AbortController();
  #following: Promise<void> | undefined;

  constructor(options: KnownKeysOptions) {
    this.#options = options;
  }

  /** Settles once every key is known. */
  async begin(): Promise<void> {
    await this.#read();
    this.#following = this.#follow();
    void this.#renewAfterReconnect();
  }

  /** Whom a key stands for, or what is wrong with it. */
  recognize(text: string): Principal | Refusal {
    const given = readKeyText(text);
    if (!given)
      return unauthenticated(
        'this is no API key: one reads stele_<id>_<secret>, as it was printed',
      );
    const key = this.#keys.get(given.id)?.key;
    const now = this.#options.clock();
    // What a key's state is, only its owner is told.
    if (!key || !fits(key, given.secret, now)) return UNKNOWN;
    const state = stateOf(key, now);
    if (state === 'active') return principalOf(key);
    const when = state === 'revoked' ? key.revoked_at : key.expires_at;
    return unauthenticated(
      `the API key ${key.id} ${state === 'revoked' ? 'was revoked' : 'expired'} at ${when}: ask for a new one (stele key create)`,
    );
  }

  async close(): Promise<void> {
    this.#stop.abort();
    this.#renew.abort();
    await this.#following;
  }

  /** What comes by the watch; also while the list is read, which may be older. */
  #take({ id, revision, key }: Changed): void {
    for (const keys of [this.#keys, this.#since])
      if ((keys.get(id)?.revision ?? 0) <= revision) keys.set(id, { revision, key });
  }

  async #read(): Promise<void> {
    this.#since = new Map();
    const all = await this.#options.bucket.list();
    const keys = new Map<string, Held>(this.#since);
    for (const { key, revision } of all)
      if ((keys.get(key.id)?.revision ?? 0) <= revision) keys.set(key.id, { key, revision });
    this.#keys = keys;
  }

  async #follow(): Promise<void> {
    const { bucket, log } = this.#options;
    while (!this.#stop.signal.aborted) {
      this.#renew = new AbortController();
      const signal = AbortSignal.any([this.#stop.signal, this.#renew.signal]);
      try {
        // A watch that ends by itself is begun anew, as one that fails is.
        const over = (): void => this.#renew.abort();
        void this.#takeAll(await bucket.watch(signal)).then(over, over);
        await this.#read();
        await pause(READ_AGAIN_MS, undefined, { signal, ref: false });
      } catch (err) {
        if (this.#stop.signal.aborted) return;
        if (!signal.aborted)
          log.warn({ err }, 'API keys: changes cannot be followed; those known before still count');
        const wait = { signal: this.#stop.signal, ref: false };
        await pause(RETRY_AFTER_MS, undefined, wait).catch(() => {});
      } finally {
        this.#renew.abort();
      }
    }
  }

  async #takeAll(changes: AsyncIterable<Changed>): Promise<void> {
    for await (const change of changes) this.#take(change);
  }

  /** What was changed while the connection was away is looked up as soon as it is back. */
  async #renewAfterReconnect(): Promise<void> {
    for await (const { type } of this.#options.nc.status()) {
      if (this.#stop.signal.aborted) return;
      if (type === 'reconnect') this.#renew.abort();
    }
  }
}
