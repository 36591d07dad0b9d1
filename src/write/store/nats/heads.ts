import { type KV, type KvEntry, Kvm } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import { makingAnew } from '../../../core/absent-stream.js';
import { BUCKETS } from '../../../core/buckets.js';
import { notTaken } from '../../../core/not-taken.js';
import { bucketStream, entrySubject, HEADS_BUCKET } from '../../../core/subjects.js';

/** Another node may write between reading and writing so often. */
const ATTEMPTS_MAX = 10;

/** That an operator knows what a stream lost, and lets it go. */
export type Accepted = {
  /** Messages up to here may be missing, or be others. */
  readonly lost_to: number;
  /** Where the stream ended then. */
  readonly end: number;
  readonly by: string;
  readonly reason: string;
  readonly at: string;
};

/** How far a stream once was. */
export type Head = {
  readonly sequence: number;
  /** The last event among its messages then: another one in its place belongs to another log. */
  readonly event: { readonly sequence: number; readonly event_id: string } | null;
  /** The loss that was accepted last. */
  readonly accepted: Accepted | null;
  /**
   * What some node found that the stream does not hold any more: a message, and the time of the event
   * there where that is known. It stands until a loss is accepted; whoever reads it looks whether it
   * is there again.
   */
  readonly lost: { readonly sequence: number; readonly at: string | null } | null;
};

const NONE: Head = { sequence: 0, event: null, accepted: null, lost: null };

/** How far each stream once was, kept beside the streams. Only an accepted loss sets it back. */
export class Heads {
  readonly #make: () => Promise<KV>;
  #kv: KV;
  private constructor(make: () => Promise<KV>, kv: KV) {
    this.#make = make;
    this.#kv = kv;
  }

  static async open(nc: NatsConnection, replicas: number): Promise<Heads> {
    const options = { ...BUCKETS[HEADS_BUCKET], replicas };
    const make = () => new Kvm(nc).create(HEADS_BUCKET, options);
    return new Heads(make, await make());
  }

  /** `name`: slug of an aggregate type, or `journal`. */
  async read(name: string): Promise<Head> {
    return (await this.#entry(name)).head;
  }

  /** It was seen to be so far. */
  raise(name: string, seen: Pick<Head, 'sequence' | 'event'>): Promise<void> {
    return this.#change(name, (head) =>
      seen.sequence > head.sequence ? { ...head, ...seen } : undefined,
    );
  }

  /** A node found that it has not any more what it once held. */
  lost(name: string, lost: NonNullable<Head['lost']>): Promise<void> {
    return this.#change(name, (head) =>
      lost.sequence > (head.lost?.sequence ?? 0) ? { ...head, lost } : undefined,
    );
  }

  /** It is as it is now, and that is known. */
  accept(name: string, now: Pick<Head, 'event'>, accepted: Accepted): Promise<void> {
    return this.#change(name, () => ({ ...now, sequence: accepted.end, accepted, lost: null }));
  }

  async #entry(name: string): Promise<{ readonly head: Head; readonly revision: number }> {
    const entry = await this.#get(name);
    if (entry?.operation !== 'PUT') return { head: NONE, revision: entry?.revision ?? 0 };
    return { head: { ...NONE, ...entry.json<Head>() }, revision: entry.revision };
  }

  /** A bucket that somebody removed is made anew, as at the next start: what is there now is seen. */
  #get(name: string): Promise<KvEntry | null> {
    return makingAnew(
      () => this.#kv.get(name),
      async () => {
        this.#kv = await this.#make();
      },
    );
  }

  async #change(name: string, next: (head: Head) => Head | undefined): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const { head, revision } = await this.#entry(name);
      const changed = next(head);
      if (!changed) return;
      try {
        const text = JSON.stringify(changed);
        if (revision === 0) await this.#kv.create(name, text);
        else await this.#kv.update(name, text, revision);
        return;
      } catch (error) {
        // Else another node was quicker.
        if (attempt === ATTEMPTS_MAX)
          throw notTaken(bucketStream(HEADS_BUCKET), entrySubject(HEADS_BUCKET, name), error);
      }
    }
  }
}
