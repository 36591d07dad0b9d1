import { type KV, Kvm } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import { snapshotBucket, snapshotStream, snapshotSubject } from '../../core/subjects.js';
import type { Kind, Snapshot } from '../port.js';
import { REQUEST_TIMEOUT_MS } from './mux.js';

const ID_BYTES = 16;
const SEQUENCE_BYTES = 6;
const ENTRY_BYTES = ID_BYTES + SEQUENCE_BYTES;

/** Command ids and sequences as 22 bytes each, in base64: ten thousand of them are 290 kB. */
export const packAccepted = (accepted: Snapshot['accepted']): string => {
  const bytes = Buffer.alloc(accepted.length * ENTRY_BYTES);
  for (const [index, [id, sequence]] of accepted.entries()) {
    bytes.write(id.replaceAll('-', ''), index * ENTRY_BYTES, 'hex');
    bytes.writeUIntBE(sequence, index * ENTRY_BYTES + ID_BYTES, SEQUENCE_BYTES);
  }
  return bytes.toString('base64');
};

export const unpackAccepted = (packed: string): [string, number][] => {
  const bytes = Buffer.from(packed, 'base64');
  return Array.from({ length: bytes.length / ENTRY_BYTES }, (_, index) => {
    const at = index * ENTRY_BYTES;
    const hex = bytes.toString('hex', at, at + ID_BYTES);
    const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    return [id, bytes.readUIntBE(at + ID_BYTES, SEQUENCE_BYTES)];
  });
};

type Packed = Omit<Snapshot, 'accepted'> & { readonly accepted: string };

const unpack = (text: string): Snapshot | undefined => {
  try {
    const { accepted, ...rest } = JSON.parse(text) as Packed;
    let unpacked: Snapshot['accepted'] | undefined;
    return {
      ...rest,
      // Thousands of ids, which somebody who only looks for a version never asks for.
      get accepted() {
        unpacked ??= unpackAccepted(accepted);
        return unpacked;
      },
    };
  } catch {
    return undefined;
  }
};

/** Snapshots in NATS KV, one bucket per aggregate type. What cannot be read counts as absent. */
export class Snapshots {
  readonly #nc: NatsConnection;
  readonly #kvm: Kvm;
  readonly #buckets = new Map<string, Promise<KV>>();
  constructor(nc: NatsConnection) {
    this.#nc = nc;
    this.#kvm = new Kvm(nc);
  }

  #bucket(slug: string): Promise<KV> {
    let bucket = this.#buckets.get(slug);
    if (!bucket) {
      bucket = this.#kvm.open(snapshotBucket(slug));
      this.#buckets.set(slug, bucket);
    }
    return bucket;
  }

  async get({ slug }: Kind, id: string): Promise<Snapshot | undefined> {
    const entry = await (await this.#bucket(slug)).get(id);
    return entry?.operation === 'PUT' ? unpack(entry.string()) : undefined;
  }

  /**
   * The snapshots that the bucket keeps of one aggregate, newest first, each fetched when it is
   * asked for: as direct gets of the last revision before the one seen. No consumer is made.
   */
  async *history({ slug }: Kind, id: string): AsyncGenerator<Snapshot> {
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
      const snapshot = unpack(msg.string());
      if (snapshot) yield snapshot;
    }
  }

  async put({ slug }: Kind, id: string, snapshot: Snapshot): Promise<void> {
    const packed = { ...snapshot, accepted: packAccepted(snapshot.accepted) };
    await (await this.#bucket(slug)).put(id, JSON.stringify(packed));
  }
}
