import { type KV, type KvEntry, Kvm } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import { makingAnew } from '../../../core/absent-stream.js';
import { BUCKETS } from '../../../core/buckets.js';
import { epochOf, type GivenUp } from '../../../core/given-up.js';
import { notTaken } from '../../../core/not-taken.js';
import { Fault } from '../../../core/refusal.js';
import { bucketStream, entrySubject, HEADS_BUCKET } from '../../../core/subjects.js';

/** Losses that are told apart; of more the two oldest are taken for one. */
const GIVEN_UP_MAX = 100;
/** Another node may write between reading and writing so often. */
const ATTEMPTS_MAX = 10;

/** That an operator knows what a stream lost, and lets it go. */
export type Accepted = GivenUp & {
  /** No other acceptance has it, also where a store was put back meanwhile. */
  readonly id: string;
  /** When the stream was made. */
  readonly created: string;
  readonly by: string;
  readonly reason: string;
  /** For people: nothing is judged by it. */
  readonly at: string;
};

/** Something that a stream does not hold any more, and by whom that was known. */
export type Lost = {
  readonly sequence: number;
  /** Time of the event there, where that is known. */
  readonly at: string | null;
  /** The epoch of whoever knew it. */
  readonly epoch: number | null;
};

/** A message that is gone from among the others. */
export type Missing = {
  readonly sequence: number;
  /** Whose event it was, where that is known. */
  readonly aggregate_id: string | null;
  readonly event_type: string | null;
  /** Who decided to go on without it; null: nobody. */
  readonly given_up: Pick<Accepted, 'by' | 'reason' | 'at'> | null;
};

/** How far a stream once was. */
export type Head = {
  readonly sequence: number;
  /** The last event among its messages then: another one in its place belongs to another log. */
  readonly event: { readonly sequence: number; readonly event_id: string } | null;
  /** The loss that was accepted last. */
  readonly accepted: Accepted | null;
  /** All that were, in their order. */
  readonly given_up: readonly GivenUp[];
  /**
   * What some node found that the stream does not hold any more. It stands until a loss is accepted;
   * whoever reads it looks whether it is there again.
   */
  readonly lost: Lost | null;
  /** What was found to be gone from among the messages. */
  readonly missing?: readonly Missing[];
};

const NONE: Head = { sequence: 0, event: null, accepted: null, given_up: [], lost: null };

/** A head as an earlier program may have left it. */
type Kept = Partial<Omit<Head, 'accepted' | 'lost'>> & {
  readonly accepted?:
    | (Pick<Accepted, 'lost_to' | 'end' | 'at' | 'by' | 'reason'> & Partial<Accepted>)
    | null;
  readonly lost?: (Omit<Lost, 'epoch'> & Partial<Lost>) | null;
};

const givenUpIn = ({ epoch, end, kept, lost_to, journal }: GivenUp): GivenUp => ({
  epoch,
  end,
  kept,
  lost_to,
  journal,
});

/** What is missing in it was not there to be noted then. */
const headOf = (kept: Kept): Head => {
  const accepted = kept.accepted
    ? {
        id: kept.accepted.at,
        created: '',
        epoch: 0,
        kept: kept.accepted.end,
        journal: null,
        ...kept.accepted,
      }
    : null;
  const { given_up = accepted ? [givenUpIn(accepted)] : [] } = kept;
  const lost = kept.lost ? { epoch: null, ...kept.lost } : null;
  return { ...NONE, ...kept, accepted, lost, given_up };
};

const bounded = (all: readonly GivenUp[]): readonly GivenUp[] => {
  const [first, second, ...rest] = all;
  if (!first || !second || all.length <= GIVEN_UP_MAX) return all;
  const { epoch, journal } = second;
  const end = Math.min(first.end, second.end);
  const lost_to = Math.max(first.lost_to, second.lost_to);
  return [{ epoch, end, kept: Math.min(first.kept, second.kept), lost_to, journal }, ...rest];
};

/** An entry that nobody of ours wrote. */
export class HeadUnreadable extends Fault {
  constructor(name: string, why: string) {
    super(
      'STORE_UNAVAILABLE',
      `what ${HEADS_BUCKET} holds of ${name} cannot be read (${why}): somebody wrote there past Stele; see with \`stele doctor\` that the log is whole, then \`stele accept-loss ${name}\` writes it anew`,
    );
  }
}

const isNumber = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
const isText = (value: unknown): boolean => typeof value === 'string';
/** Nothing, or something of which these are what they must be. */
const perhaps =
  (parts: Readonly<Record<string, (value: unknown) => boolean>>) =>
  (value: unknown): boolean =>
    value == null ||
    Object.entries(parts).every(([name, isSo]) =>
      isSo((value as Readonly<Record<string, unknown>>)[name]),
    );
const isMissing = perhaps({ sequence: isNumber });
const isGivenUp = perhaps({ epoch: isNumber, end: isNumber, lost_to: isNumber });
const isListOf = (all: unknown, isOne: (one: unknown) => boolean): boolean =>
  all === undefined || (Array.isArray(all) && all.every((one) => one !== null && isOne(one)));
const PARTS = {
  sequence: isNumber,
  event: perhaps({ sequence: isNumber, event_id: isText }),
  accepted: perhaps({ lost_to: isNumber, at: isText }),
  lost: perhaps({ sequence: isNumber, at: (at) => at === null || isText(at) }),
  given_up: (all: unknown) => isListOf(all, isGivenUp),
  missing: (all: unknown) => isListOf(all, isMissing),
};

/** @throws HeadUnreadable */
export const headIn = (name: string, text: string): Head => {
  try {
    const head = JSON.parse(text) as Readonly<Record<string, unknown>>;
    for (const [part, isSo] of Object.entries(PARTS))
      if (!isSo(head[part])) throw new TypeError(`"${part}" is not what it must be`);
    return headOf(head as Kept);
  } catch (error) {
    throw new HeadUnreadable(name, (error as Error).message);
  }
};

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

  /** It was seen to be so far. Of an epoch that is over that says nothing. */
  raise(
    name: string,
    { sequence, event, epoch }: Pick<Head, 'sequence' | 'event'> & { readonly epoch?: number },
  ): Promise<void> {
    return this.#change(name, (head) =>
      sequence > head.sequence && (epoch ?? Infinity) >= epochOf(head.given_up)
        ? { ...head, sequence, event }
        : undefined,
    );
  }

  /** A node found that it has not any more what it once held: the furthest, and the latest epoch. */
  lost(name: string, lost: Lost & { readonly epoch: number }): Promise<void> {
    return this.#change(name, (head) => {
      const known = head.lost;
      if (lost.epoch < epochOf(head.given_up)) return undefined;
      if (known && known.sequence >= lost.sequence && (known.epoch ?? 0) >= lost.epoch)
        return undefined;
      const furthest = known && known.sequence > lost.sequence ? known : lost;
      return { ...head, lost: { ...furthest, epoch: Math.max(lost.epoch, known?.epoch ?? 0) } };
    });
  }

  /** What was told to be lost is there again. */
  found(name: string, { sequence, at }: Pick<Lost, 'sequence' | 'at'>): Promise<void> {
    return this.#change(name, (head) =>
      head.lost?.sequence === sequence && head.lost.at === at ? { ...head, lost: null } : undefined,
    );
  }

  /** Other messages are known to be gone from among the others. */
  missing(
    name: string,
    next: (known: readonly Missing[]) => readonly Missing[] | undefined,
  ): Promise<void> {
    return this.#change(name, (head) => {
      const missing = next(head.missing ?? []);
      return missing && { ...head, missing };
    });
  }

  /** Remove what cannot be read, so that it can be written anew. */
  async dropUnreadable(name: string): Promise<void> {
    try {
      await this.read(name);
    } catch (error) {
      if (!(error instanceof HeadUnreadable)) throw error;
      await this.#kv.delete(name);
    }
  }

  /**
   * It is as it is now, and that is known: another epoch begins, later than any that anybody knows
   * of. `known`: the latest that is known elsewhere.
   */
  async accept(
    name: string,
    { event, known }: Pick<Head, 'event'> & { readonly known: number },
    accepting: Omit<Accepted, 'epoch' | 'id' | 'kept'>,
  ): Promise<Accepted> {
    let accepted: Accepted | undefined;
    await this.#change(name, (head) => {
      const epoch = Math.max(epochOf(head.given_up), head.lost?.epoch ?? 0, known) + 1;
      const { end } = accepting;
      // What is missing before the end was written over.
      const kept = head.lost && head.lost.sequence <= end ? 0 : end;
      accepted = { ...accepting, epoch, kept, id: crypto.randomUUID() };
      const given_up = bounded([...head.given_up, givenUpIn(accepted)]);
      return { ...head, event, sequence: end, accepted, given_up, lost: null };
    });
    return accepted!;
  }

  async #entry(name: string): Promise<{ readonly head: Head; readonly revision: number }> {
    const entry = await this.#get(name);
    if (entry?.operation !== 'PUT') return { head: NONE, revision: entry?.revision ?? 0 };
    return { head: headIn(name, entry.string()), revision: entry.revision };
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
