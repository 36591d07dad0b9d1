import type { Projection, ProjectionSource, View } from '../../core/projection.js';
import { Fault } from '../../core/refusal.js';
import type { JournalMessage } from '../../write/store/event-feeds.js';
import type { LogEntry } from '../../write/store/event-log.js';
import type { EventStore } from '../../write/store/event-store.js';
import type { Discarded, Parked } from '../views/port.js';
import { happenedIn } from './apply-batch.js';
import { type DecodedEntry, decodeEvent, decodeJournalEntry, decodeLost } from './decoded-entry.js';
import { dropFeeds, feedOf, type Message } from './feeds.js';
import { PROJECTOR_LIMITS } from './limits.js';
import { leftOutKey, MemoryDocuments } from './memory-documents.js';
import { rowKey } from './parking.js';
import type { Vector } from './projections.js';
import type { Semaphore } from './semaphore.js';

/** How long the log may bring nothing while documents are computed from it. */
const SILENT_MAX_MS = 30_000;

/** What is left out of documents: it waits, or an operator decided so. */
export type LeftOut = {
  readonly parked: readonly Parked[];
  readonly discarded: readonly Discarded[];
};

/**
 * The documents of a projection computed from the log, in memory, by the same functions as the
 * live ones. It can be moved forward, never back.
 */
export class Recomputed {
  readonly #documents: MemoryDocuments;
  readonly #store: EventStore;
  readonly #turns: Semaphore;
  /** Sequences from which on units wait, by `rowKey`. */
  readonly #parkedFrom: ReadonlyMap<string, number>;
  readonly #taken = new Map<string, number>();
  /** Messages taken. */
  done = 0;

  constructor(
    projection: Projection,
    leftOut: LeftOut,
    { store, turns }: { readonly store: EventStore; readonly turns: Semaphore },
  ) {
    this.#documents = new MemoryDocuments(projection, new Set(leftOut.discarded.map(leftOutKey)));
    this.#parkedFrom = new Map(leftOut.parked.map((row) => [rowKey(row), row.sequence]));
    this.#store = store;
    this.#turns = turns;
  }

  get documents(): ReadonlyMap<string, View> {
    return this.#documents.views;
  }

  /** Move to a position. @throws Fault VERIFY_STUCK when the log does not bring it. */
  async advance(until: Vector, onBatch: (done: number) => void): Promise<void> {
    for (const source of this.#documents.projection.sources)
      await this.#source(source, until.get(source.slug) ?? 0, onBatch);
  }

  async #source(
    source: ProjectionSource,
    until: number,
    onBatch: (done: number) => void,
  ): Promise<void> {
    const taken = this.#taken.get(source.slug) ?? 0;
    if (taken >= until) return;
    const stop = new AbortController();
    const late = setTimeout(() => stop.abort(), SILENT_MAX_MS);
    const name = `verify-${this.#documents.projection.name}-${crypto.randomUUID().slice(0, 8)}`;
    const { batch } = PROJECTOR_LIMITS;
    const feed = feedOf(this.#store, source, {
      name,
      from: taken + 1,
      signal: stop.signal,
      batch,
    });
    let at = taken;
    try {
      for await (const { entries } of feed) {
        late.refresh();
        const wanted = entries.filter(({ sequence }) => sequence <= until);
        await this.#turns.run(async () => this.#take(source, wanted));
        at = entries[entries.length - 1]?.sequence ?? at;
        this.done += wanted.length;
        onBatch(this.done);
        if (at >= until) break;
      }
    } finally {
      clearTimeout(late);
      stop.abort();
      dropFeeds(this.#store, [source], name);
    }
    if (at < until)
      throw new Fault(
        'VERIFY_STUCK',
        `${source.slug}: the log brought nothing after ${at} for ${SILENT_MAX_MS} ms`,
      );
    this.#taken.set(source.slug, until);
  }

  #take(source: ProjectionSource, messages: readonly Message[]): void {
    for (const entry of decodedEntries(source, messages))
      if (entry.sequence < this.#waitsFrom(entry)) this.#documents.take(entry, { now: epoch });
  }

  /** Where what waits of its unit begins. */
  #waitsFrom({ source, unit }: DecodedEntry): number {
    return this.#parkedFrom.get(rowKey({ source, aggregate_id: unit })) ?? Number.POSITIVE_INFINITY;
  }
}

/** What waits is compared by nobody: the time at which it was parked says nothing. */
const epoch = (): string => new Date(0).toISOString();

const decodedEntries = (
  { definition }: ProjectionSource,
  messages: readonly Message[],
): readonly DecodedEntry[] =>
  definition
    ? happenedIn(messages as readonly LogEntry[]).map((one) =>
        'event' in one
          ? decodeEvent(definition, one.event)
          : decodeLost(definition, one.lost, { version: 0, at: 0 }),
      )
    : (messages as readonly JournalMessage[]).flatMap(({ sequence, entries }) =>
        entries.map((entry, index) => decodeJournalEntry(entry, sequence, index)),
      );
