import type { Aggregate } from '../../core/aggregate.js';
import { eventJson, type StoredEvent } from '../../core/event.js';
import { RING_BYTES_MAX, RING_EVENTS_MAX } from './limits.js';

/** An event as clients get it: what filters look at, and its JSON, encoded once for all of them. */
export type Entry = Pick<
  StoredEvent,
  | 'sequence'
  | 'event_type'
  | 'aggregate_id'
  | 'aggregate_version'
  | 'actor'
  | 'source'
  | 'correlation_id'
> & { readonly json: Buffer };

export const entryOf = (kind: Aggregate, event: StoredEvent): Entry => ({
  sequence: event.sequence,
  event_type: event.event_type,
  aggregate_id: event.aggregate_id,
  aggregate_version: event.aggregate_version,
  actor: event.actor,
  source: event.source,
  correlation_id: event.correlation_id,
  json: Buffer.from(JSON.stringify(eventJson(event, kind.slug))),
});

export type RingLimits = { readonly events: number; readonly bytes: number };
export const RING_LIMITS: RingLimits = { events: RING_EVENTS_MAX, bytes: RING_BYTES_MAX };

/** The most recent events of one type, without a gap: all that were written behind `after`. */
export class Ring {
  /** Sequence behind which every event is here. */
  after: number;
  /** Sequence of the newest event; `after` when there is none. */
  last: number;
  readonly #limits: RingLimits;
  #entries: Entry[] = [];
  /** Entries before this one were let go. */
  #start = 0;
  #bytes = 0;

  constructor(after: number, limits: RingLimits) {
    this.after = after;
    this.last = after;
    this.#limits = limits;
  }

  get size(): number {
    return this.#entries.length - this.#start;
  }

  /** Add the next event; the oldest make room. The newest stays, however long it is. */
  push(entry: Entry): void {
    this.#entries.push(entry);
    this.last = entry.sequence;
    this.#bytes += entry.json.length;
    const { events, bytes } = this.#limits;
    while (this.size > 1 && (this.size > events || this.#bytes > bytes)) {
      const oldest = this.#entries[this.#start]!;
      this.#start++;
      this.#bytes -= oldest.json.length;
      this.after = oldest.sequence;
    }
    // Moved together now and then, so that what was let go is free and adding stays cheap.
    if (this.#start > events) {
      this.#entries = this.#entries.slice(this.#start);
      this.#start = 0;
    }
  }

  /** Events behind a sequence, oldest first. The sequence must not be before `after`. */
  *behind(sequence: number): Generator<Entry> {
    let low = this.#start;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#entries[middle]!.sequence <= sequence) low = middle + 1;
      else high = middle;
    }
    for (; low < this.#entries.length; low++) yield this.#entries[low]!;
  }
}
