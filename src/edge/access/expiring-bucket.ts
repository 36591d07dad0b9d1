import { jetstream } from '@nats-io/jetstream';
import { type KV, type KvEntry, Kvm, KvWatchInclude } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import type { z } from 'zod';
import { makingAnew } from '../../core/absent-stream.js';
import { type AskedOfBucket, askedOfBucket } from './asked-of-bucket.js';
import type { Changed, Listed } from './followed.js';

/** How long NATS may take to answer: a browser waits. */
const ANSWER_WITHIN_MS = 2_000;

export type BucketOptions<S extends z.ZodType> = {
  readonly name: string;
  readonly replicas: number;
  /** What is older is removed by the server. */
  readonly ttlMs: number;
  readonly schema: S;
};

/** Values of one kind in NATS KV that go away by themselves. */
export class ExpiringBucket<S extends z.ZodType> {
  readonly #kv: KV;
  readonly #schema: S;
  readonly #make: () => Promise<KV>;
  readonly #keys: AskedOfBucket['keys'];
  readonly state: AskedOfBucket['state'];
  private constructor(
    kv: KV,
    schema: S,
    ways: AskedOfBucket & { readonly make: () => Promise<KV> },
  ) {
    this.#kv = kv;
    this.#schema = schema;
    this.#make = ways.make;
    this.#keys = ways.keys;
    this.state = ways.state;
  }

  static async open<S extends z.ZodType>(
    nc: NatsConnection,
    { name, replicas, ttlMs, schema }: BucketOptions<S>,
  ): Promise<ExpiringBucket<S>> {
    const client = jetstream(nc, { timeout: ANSWER_WITHIN_MS });
    // The leader answers: a copy that lags must not bring back what was taken.
    const options = { history: 1, replicas, ttl: ttlMs, allow_direct: false };
    const make = () => new Kvm(client).create(name, options);
    return new ExpiringBucket(await make(), schema, { make, ...askedOfBucket(nc, name) });
  }

  /** Undefined when there never was one, or long ago; without a value it was removed. */
  async get(id: string): Promise<Changed<z.output<S>> | undefined> {
    const entry = await this.#kv.get(id);
    return entry ? this.#changed(entry) : undefined;
  }

  async revisionOf(id: string): Promise<number> {
    return (await this.get(id))?.revision ?? 0;
  }

  /** The revision of what is new. */
  create(id: string, value: z.output<S>): Promise<number> {
    return this.#kv.create(id, JSON.stringify(value));
  }

  /** Remove it as it stands, or whatever stands there. */
  async remove(id: string, revision?: number): Promise<void> {
    await this.#kv.delete(id, revision === undefined ? {} : { previousSeq: revision });
  }

  /**
   * All of them, also those that were removed; of a bucket that is gone, none. By one consumer, and
   * what the copy that it stands on lacks from the leader.
   */
  list(): Promise<Listed<z.output<S>>> {
    return makingAnew(() => this.#list(), this.#make);
  }

  async #list(): Promise<Listed<z.output<S>>> {
    const values: Changed<z.output<S>>[] = [];
    for await (const entry of await this.#kv.history()) values.push(this.#changed(entry));
    const found = new Set(values.map(({ id }) => id));
    const { keys, ...state } = await this.#keys();
    for (const id of keys) {
      // One after the other: there may be thousands.
      const one = found.has(id) ? undefined : await this.get(id);
      if (one) values.push(one);
    }
    return { ...state, values };
  }

  /** Each change from now on, until the signal or until the server forgets that somebody looks. */
  async watch(signal: AbortSignal): Promise<AsyncIterable<Changed<z.output<S>>>> {
    const from = { include: KvWatchInclude.UpdatesOnly };
    const changes = await makingAnew(() => this.#kv.watch(from), this.#make);
    signal.addEventListener('abort', () => changes.stop(), { once: true });
    if (signal.aborted) changes.stop();
    return this.#all(changes);
  }

  async *#all(entries: AsyncIterable<KvEntry>): AsyncGenerator<Changed<z.output<S>>> {
    for await (const entry of entries) yield this.#changed(entry);
  }

  #changed(entry: KvEntry): Changed<z.output<S>> {
    const { key: id, revision } = entry;
    if (entry.operation !== 'PUT') return { id, revision, value: undefined };
    return { id, revision, value: this.#parse(entry.string()) };
  }

  #parse(text: string): z.output<S> | undefined {
    try {
      return this.#schema.safeParse(JSON.parse(text)).data;
    } catch {
      return undefined;
    }
  }
}
