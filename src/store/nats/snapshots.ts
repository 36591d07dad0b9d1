import { type KV, Kvm } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import { snapshotBucket } from '../../core/subjects.js';
import type { Kind, Snapshot } from '../port.js';

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

/** Snapshots in NATS KV, one bucket per aggregate type. What cannot be read counts as absent. */
export class Snapshots {
  readonly #kvm: Kvm;
  readonly #buckets = new Map<string, Promise<KV>>();
  constructor(nc: NatsConnection) {
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
    if (entry?.operation !== 'PUT') return undefined;
    try {
      const { accepted, ...rest } = entry.json<Omit<Snapshot, 'accepted'> & { accepted: string }>();
      return { ...rest, accepted: unpackAccepted(accepted) };
    } catch {
      return undefined;
    }
  }

  async put({ slug }: Kind, id: string, snapshot: Snapshot): Promise<void> {
    const packed = { ...snapshot, accepted: packAccepted(snapshot.accepted) };
    await (await this.#bucket(slug)).put(id, JSON.stringify(packed));
  }
}
