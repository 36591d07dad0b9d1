import { type KV, Kvm } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import { snapshotBucket, snapshotStream, snapshotSubject } from '../../../core/subjects.js';
import type { Kind } from '../event-log.js';
import type { PastSnapshot, Snapshot } from '../snapshots.js';
import { REQUEST_TIMEOUT_MS } from './mux.js';

/**
 * Accepted commands are cut into pages of so many bytes (10,000 commands), so that a snapshot fits
 * one message however long the history is. A full page never changes.
 */
const PAGE_BYTES = 220_000;
/** Most aggregates of which it is remembered how many pages stand in the bucket. */
const PAGES_KNOWN_MAX = 10_000;

/** What stands under the id of an aggregate; full pages stand under keys of their own. */
type Stored = PastSnapshot & {
  /** Accepted commands behind the full pages, in base64. */
  readonly accepted: string;
  readonly accepted_hash: string;
  /** How many full pages come before. */
  readonly pages: number;
};

/** Snapshots of earlier programs, whose accepted commands stand under no hash, count as absent. */
const parseStored = (text: string): Stored | undefined => {
  try {
    const stored = JSON.parse(text) as Partial<Stored>;
    return stored.accepted_hash === undefined ? undefined : (stored as Stored);
  } catch {
    return undefined;
  }
};

const parsePast = (text: string): PastSnapshot | undefined => {
  try {
    const { accepted: _, accepted_hash: __, pages: ___, ...past } = JSON.parse(text) as Stored;
    return past;
  } catch {
    return undefined;
  }
};

/** No aggregate id has a slash: pages never stand in the way of another aggregate. */
const pageKey = (id: string, page: number): string => `${id}/${page}`;

/** Snapshots in NATS KV, one bucket per aggregate type. What cannot be read counts as absent. */
export class Snapshots {
  readonly #nc: NatsConnection;
  readonly #kvm: Kvm;
  readonly #buckets = new Map<string, Promise<KV>>();
  /** How many full pages this process wrote, per slug and id. */
  readonly #written = new Map<string, number>();
  constructor(nc: NatsConnection) {
    this.#nc = nc;
    this.#kvm = new Kvm(nc);
  }

  #bucket(slug: string): Promise<KV> {
    let bucket = this.#buckets.get(slug);
    if (!bucket) {
      bucket = this.#kvm.open(snapshotBucket(slug));
      this.#buckets.set(slug, bucket);
      // A server that is away is asked again.
      bucket.catch(() => this.#buckets.delete(slug));
    }
    return bucket;
  }

  async get({ slug }: Kind, id: string): Promise<Snapshot | undefined> {
    const bucket = await this.#bucket(slug);
    const entry = await bucket.get(id);
    const stored = entry?.operation === 'PUT' ? parseStored(entry.string()) : undefined;
    if (!stored) return undefined;
    const { pages, accepted, ...snapshot } = stored;
    const full = await Promise.all(
      Array.from({ length: pages }, (_, page) => bucket.get(pageKey(id, page))),
    );
    if (full.some((page) => page?.operation !== 'PUT')) {
      this.#written.delete(`${slug}/${id}`); // the bucket is another one: they are written once more
      return undefined;
    }
    const parts = full.map((page) => page!.value);
    return { ...snapshot, accepted: Buffer.concat([...parts, Buffer.from(accepted, 'base64')]) };
  }

  /**
   * The snapshots that the bucket keeps of one aggregate, newest first, each fetched when it is
   * asked for: as direct gets of the last revision before the one seen. No consumer is made.
   */
  async *history({ slug }: Kind, id: string): AsyncGenerator<PastSnapshot> {
    const subject = `$JS.API.DIRECT.GET.${snapshotStream(slug)}`;
    const wanted = { multi_last: [snapshotSubject(slug, id)] };
    for (let before: number | undefined; before === undefined || before > 1; ) {
      const query = before === undefined ? wanted : { ...wanted, up_to_seq: before - 1 };
      // The first answer is the revision; the one that ends the batch comes after it, for nobody.
      const msg = await this.#nc.request(subject, JSON.stringify(query), {
        timeout: REQUEST_TIMEOUT_MS,
      });
      const revision = Number(msg.headers?.get('Nats-Sequence'));
      if (!revision) return; // an answer without a message: there is none before
      before = revision;
      const snapshot = parsePast(msg.string());
      if (snapshot) yield snapshot;
    }
  }

  async put({ slug }: Kind, id: string, snapshot: Snapshot): Promise<void> {
    const bucket = await this.#bucket(slug);
    const accepted = Buffer.from(snapshot.accepted);
    const pages = Math.floor(accepted.length / PAGE_BYTES);
    // Pages before the snapshot that needs them; those written before are not written again.
    for (let page = this.#written.get(`${slug}/${id}`) ?? 0; page < pages; page++)
      await bucket.put(
        pageKey(id, page),
        accepted.subarray(page * PAGE_BYTES, (page + 1) * PAGE_BYTES),
      );
    if (pages > 0) this.#remember(`${slug}/${id}`, pages);
    const rest = accepted.toString('base64', pages * PAGE_BYTES);
    await bucket.put(id, JSON.stringify({ ...snapshot, accepted: rest, pages }));
  }

  #remember(key: string, pages: number): void {
    if (this.#written.size >= PAGES_KNOWN_MAX) this.#written.clear(); // they are written once more
    this.#written.set(key, pages);
  }
}
