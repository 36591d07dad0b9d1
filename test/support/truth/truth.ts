import type { StoredEvent } from '../../../src/core/event.js';
import { type Entry, isTold, type Json, type Slug } from './ledger.js';

/** What the log says of one aggregate after an event. */
export type Stand = {
  readonly sequence: number;
  readonly version: number;
  readonly status: string;
  readonly data: Json;
  readonly event: StoredEvent;
};

/** Messages of a stream, from the one that was surely there to the last one that may have been. */
export type Span = { readonly low: number; readonly high: number };

/** A moment at which something may have changed, and where each stream may have ended then. */
export type Moment = Readonly<Record<Slug, Span>>;

/** The log of one aggregate type: all its events, and how many messages there are. */
export type Logged = { readonly events: readonly StoredEvent[]; readonly last: number };

const SLUGS: readonly Slug[] = ['application', 'integration'];

/** What events make of what is compared; written by hand, so that it is no part of what is judged. */
const CHANGES: Readonly<Record<string, (data: Json) => Json>> = {
  ApplicationCreated: ({ lifecycle: status, ...data }) => ({ status, data }),
  ApplicationRenamed: ({ new_name: name }) => ({ data: { name } }),
  OwnerSet: ({ new_owner: owner }) => ({ data: { owner } }),
  LifecycleTransitioned: ({ to_lifecycle: status }) => ({ status }),
  IntegrationCreated: (data) => ({ status: 'present', data }),
  SourceRerouted: ({ new_app_id: source_app_id }) => ({ data: { source_app_id } }),
  TargetRerouted: ({ new_app_id: target_app_id }) => ({ data: { target_app_id } }),
  SlaSet: ({ new_sla: sla }) => ({ data: { sla } }),
};

const after = (before: Stand | undefined, event: StoredEvent): Stand => {
  const change = CHANGES[event.event_type];
  if (!change) throw new Error(`the ledger does not know ${event.event_type}`);
  const { status = before?.status, data = {} } = change(event.data as Json);
  return {
    sequence: event.sequence,
    version: event.aggregate_version,
    status: String(status),
    data: { ...before?.data, ...(data as Json) },
    event,
  };
};

/** Positions in a text such as `application:42,integration:7`. */
export const positionsIn = (text: string): ReadonlyMap<string, number> =>
  new Map(
    text.split(',').map((one) => {
      const [slug = '', sequence] = one.split(':');
      return [slug, Number(sequence)] as const;
    }),
  );

/** Where in a sorted list the first number above `limit` stands. */
const above = (sorted: Float64Array, limit: number): number => {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! > limit) high = middle;
    else low = middle + 1;
  }
  return low;
};

/** One stream: what stands where, and between when and when each message came there. */
class Stream {
  readonly stands = new Map<string, Stand[]>();
  readonly events: readonly StoredEvent[];
  readonly last: number;
  /** By sequence: the earliest and the latest moment at which it can have been written. */
  readonly #sent: Float64Array;
  readonly #known: Float64Array;
  /** Which answer said so first. */
  readonly #proof: (Entry | undefined)[] = [];

  constructor({ events, last }: Logged) {
    this.events = events;
    this.last = last;
    this.#sent = new Float64Array(last + 1).fill(Number.NEGATIVE_INFINITY);
    this.#known = new Float64Array(last + 1).fill(Number.POSITIVE_INFINITY);
    this.#known[0] = Number.NEGATIVE_INFINITY;
    for (const event of events) {
      const stands = this.stands.get(event.aggregate_id) ?? [];
      stands.push(after(stands.at(-1), event));
      this.stands.set(event.aggregate_id, stands);
    }
  }

  sent(sequence: number, at: number): void {
    this.#sent[sequence] = at;
  }

  /** Somebody was told that it was written. */
  known(sequence: number, by: Entry): void {
    if (sequence > this.last || sequence < 1 || by.end >= this.#known[sequence]!) return;
    this.#known[sequence] = by.end;
    this.#proof[sequence] = by;
  }

  proof(sequence: number): Entry | undefined {
    return this.#proof[sequence];
  }

  /** What is there is there with all before it; nothing was there before what is before it. */
  settle(): void {
    for (let at = 1; at <= this.last; at++)
      this.#sent[at] = Math.max(this.#sent[at]!, this.#sent[at - 1]!);
    for (let at = this.last - 1; at > 0; at--) {
      if (this.#known[at]! <= this.#known[at + 1]!) continue;
      this.#known[at] = this.#known[at + 1]!;
      this.#proof[at] = this.#proof[at + 1];
    }
  }

  span(begin: number, end: number): Span {
    return { low: above(this.#known, begin) - 1, high: above(this.#sent, end) - 1 };
  }

  /** Moments at which messages of a span may have come. */
  *changes({ low, high }: Span): Generator<number> {
    for (let at = low + 1; at <= high; at++) {
      yield this.#sent[at]!;
      yield this.#known[at]!;
    }
  }
}

/** What was true when, computed from the log afterwards. */
export class Truth {
  readonly #streams: Readonly<Record<Slug, Stream>>;
  readonly #byCommand = new Map<string, StoredEvent[]>();

  constructor(logged: Readonly<Record<Slug, Logged>>, entries: readonly Entry[]) {
    this.#streams = {
      application: new Stream(logged.application),
      integration: new Stream(logged.integration),
    };
    for (const slug of SLUGS)
      for (const event of logged[slug].events) {
        const events = this.#byCommand.get(event.causation_id) ?? [];
        events.push(event);
        this.#byCommand.set(event.causation_id, events);
      }
    const asked = new Map<string, number>();
    for (const entry of entries) {
      if (isTold(entry)) {
        const { command_id } = entry.question;
        asked.set(command_id, Math.min(asked.get(command_id) ?? entry.begin, entry.begin));
        this.#learn(entry);
      }
    }
    for (const slug of SLUGS) {
      for (const { sequence, causation_id } of logged[slug].events)
        this.#streams[slug].sent(sequence, asked.get(causation_id) ?? Number.NEGATIVE_INFINITY);
      this.#streams[slug].settle();
    }
  }

  /**
   * What was acknowledged must be known to whoever asks later. What was only shown need not be: a
   * copy may show what a majority has a moment before the leader says so.
   */
  #learn(entry: Entry): void {
    const { position } = entry.answer;
    if (position === null) return;
    for (const [slug, sequence] of positionsIn(position))
      this.#streams[slug as Slug].known(sequence, entry);
  }

  last(slug: Slug): number {
    return this.#streams[slug].last;
  }

  /** The events of a command, wherever they stand. */
  eventsOf(command_id: string): readonly StoredEvent[] {
    return this.#byCommand.get(command_id) ?? [];
  }

  /** Where a stream may have ended at some moment between two. */
  span(slug: Slug, begin: number, end: number): Span {
    return this.#streams[slug].span(begin, end);
  }

  /** The answer that first said that the last message which was surely there at a moment is. */
  proofAt(slug: Slug, moment: number): Entry | undefined {
    return this.#streams[slug].proof(this.span(slug, moment, moment).low);
  }

  /** Every moment between two at which both streams may have been otherwise than before. */
  *moments(begin: number, end: number): Generator<Moment> {
    const at = new Set([begin, end]);
    for (const slug of SLUGS)
      for (const change of this.#streams[slug].changes(this.span(slug, begin, end)))
        if (change > begin && change < end) at.add(change);
    for (const moment of at)
      yield {
        application: this.span('application', moment, moment),
        integration: this.span('integration', moment, moment),
      };
  }

  /** All that is known of an aggregate. */
  history(slug: Slug, id: string): readonly Stand[] {
    return this.#streams[slug].stands.get(id) ?? [];
  }

  /** An aggregate as a stream had it that ended at a message. */
  standAt(slug: Slug, id: string, position: number): Stand | undefined {
    return this.history(slug, id).findLast(({ sequence }) => sequence <= position);
  }

  /** All that an aggregate may have been while a stream ended somewhere in a span. */
  stands(slug: Slug, id: string, { low, high }: Span): readonly (Stand | undefined)[] {
    const later = this.history(slug, id).filter(
      ({ sequence }) => sequence > low && sequence <= high,
    );
    return [this.standAt(slug, id, low), ...later];
  }

  /** How many applications there are, at most those of one owner, by what counts. */
  count(owner: string | null, counts: (event: StoredEvent) => boolean): number {
    let count = 0;
    for (const stands of this.#streams.application.stands.values()) {
      const stand = stands.findLast(({ event }) => counts(event));
      if (stand && (owner === null || stand.data.owner === owner)) count++;
    }
    return count;
  }

  /** Messages of a span behind which an application is another. */
  changesIn(slug: Slug, { low, high }: Span): readonly number[] {
    const { events } = this.#streams[slug];
    const later = events.filter(({ sequence }) => sequence > low && sequence <= high);
    return [low, ...later.map(({ sequence }) => sequence)];
  }
}
