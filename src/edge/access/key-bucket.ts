import { type KV, type KvEntry, Kvm, KvWatchInclude } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import type { BucketState } from '../../core/bucket-keys.js';
import { BUCKETS } from '../../core/buckets.js';
import { ACCESS_KEYS_BUCKET } from '../../core/subjects.js';
import { ApiKey, KEY_ID } from './api-key.js';
import { type AskedOfBucket, askedOfBucket } from './asked-of-bucket.js';
import type { Changed, Listed } from './followed.js';

/** A rotation and a revocation at the same time: the later one looks again. */
const ATTEMPTS_MAX = 5;
const WRITE_WITHIN_MS = 5_000;
/** Keys that are asked for at a time. */
const ASKED_AT_ONCE = 32;

/** A key as it stands in the bucket, with the revision that a change must name. */
export type StoredKey = { readonly key: ApiKey; readonly revision: number };

const parse = (text: string): ApiKey | undefined => {
  try {
    return ApiKey.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
};

/** The API keys in NATS KV. What is in it is of no use to whoever reads it: hashes of secrets. */
export class KeyBucket {
  readonly #asked: AskedOfBucket;
  readonly #kv: KV;
  readonly #make: () => Promise<KV>;
  private constructor(nc: NatsConnection, kv: KV, make: () => Promise<KV>) {
    this.#asked = askedOfBucket(nc, ACCESS_KEYS_BUCKET);
    this.#kv = kv;
    this.#make = make;
  }

  static async open(nc: NatsConnection, replicas: number): Promise<KeyBucket> {
    const options = { ...BUCKETS[ACCESS_KEYS_BUCKET], replicas };
    const make = () => new Kvm(nc).create(ACCESS_KEYS_BUCKET, options);
    return new KeyBucket(nc, await make(), make);
  }

  async get(id: string): Promise<StoredKey | undefined> {
    if (!KEY_ID.test(id)) return undefined;
    const entry = await this.#kv.get(id);
    const key = entry?.operation === 'PUT' ? parse(entry.string()) : undefined;
    return entry && key ? { key, revision: entry.revision } : undefined;
  }

  /** All keys, the oldest first. */
  async keys(): Promise<readonly ApiKey[]> {
    const { values } = await this.list();
    return values
      .flatMap(({ value }) => (value ? [value] : []))
      .sort((a, b) => a.created_at.localeCompare(b.created_at));
  }

  state(): Promise<BucketState> {
    return this.#asked.state();
  }

  async revisionOf(id: string): Promise<number> {
    return (await this.#kv.get(id))?.revision ?? 0;
  }

  async list(): Promise<Listed<ApiKey>> {
    const { keys: ids, ...state } = await this.#asked.keys();
    const values: Changed<ApiKey>[] = [];
    for (let at = 0; at < ids.length; at += ASKED_AT_ONCE) {
      const found = await Promise.all(ids.slice(at, at + ASKED_AT_ONCE).map((id) => this.get(id)));
      for (const one of found)
        if (one) values.push({ id: one.key.id, revision: one.revision, value: one.key });
    }
    return { ...state, values };
  }

  /** Empty, where somebody removed it. */
  async makeAnew(): Promise<void> {
    await this.#make();
  }

  /** Whether there is any key, in whatever state. */
  async isEmpty(): Promise<boolean> {
    return (await this.#kv.status()).values === 0;
  }

  /** False when there is a key of this id. */
  async create(key: ApiKey): Promise<boolean> {
    try {
      await this.#kv.create(key.id, JSON.stringify(key));
      return true;
    } catch (error) {
      if (await this.get(key.id)) return false;
      throw error;
    }
  }

  /** Change a key; undefined when there is none of this id. */
  async change(id: string, to: (key: ApiKey) => ApiKey): Promise<ApiKey | undefined> {
    for (let attempt = 1; ; attempt++) {
      const found = await this.get(id);
      if (!found) return undefined;
      const key = to(found.key);
      try {
        await this.#kv.update(id, JSON.stringify(key), found.revision, WRITE_WITHIN_MS);
        return key;
      } catch (error) {
        if (attempt === ATTEMPTS_MAX || (await this.get(id))?.revision === found.revision)
          throw error;
      }
    }
  }

  /** Each change from now on, until the signal or until the server forgets that somebody looks. */
  async watch(signal: AbortSignal): Promise<AsyncIterable<Changed<ApiKey>>> {
    const changes = await this.#kv.watch({ include: KvWatchInclude.UpdatesOnly });
    signal.addEventListener('abort', () => changes.stop(), { once: true });
    if (signal.aborted) changes.stop();
    return changesIn(changes);
  }
}

async function* changesIn(entries: AsyncIterable<KvEntry>): AsyncGenerator<Changed<ApiKey>> {
  for await (const entry of entries) {
    const value = entry.operation === 'PUT' ? parse(entry.string()) : undefined;
    yield { id: entry.key, revision: entry.revision, value };
  }
}
