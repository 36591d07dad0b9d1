import type { Projection, ProjectionSource, View } from '../../core/projection.js';
import { Fault } from '../../core/refusal.js';
import type { EventStore, JournalMessage, LogEntry } from '../../write/store/port.js';
import type { Discarded, Fold, Parked } from '../views/port.js';
import { applyBatch, eventSteps, eventsIn, journalSteps, type Step } from './apply-batch.js';
import { dropFeeds, feedOf, type Message } from './feeds.js';
import { PROJECTOR_LIMITS } from './limits.js';
import type { Vector } from './projections.js';
import type { Turns } from './turns.js';

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
  readonly documents = new Map<string, View>();
  readonly #projection: Projection;
  readonly #store: EventStore;
  readonly #turns: Turns;
  readonly #leftOut: LeftOut;
  readonly #folds = new Map<string, Map<string, Fold>>();
  readonly #taken = new Map<string, number>();
  /** Messages taken. */
  done = 0;

  constructor(
    projection: Projection,
    leftOut: LeftOut,
    { store, turns }: { readonly store: EventStore; readonly turns: Turns },
  ) {
    this.#projection = projection;
    this.#leftOut = leftOut;
    this.#store = store;
    this.#turns = turns;
  }

  /** Move to a position. @throws Fault VERIFY_STUCK when the log does not bring it. */
  async advance(until: Vector, onBatch: (done: number) => void): Promise<void> {
    for (const source of this.#projection.sources)
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
    const name = `verify-${this.#projection.name}-${crypto.randomUUID().slice(0, 8)}`;
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
        await this.#turns.run(async () => this.#apply(source, wanted));
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

  #apply(source: ProjectionSource, messages: readonly Message[]): void {
    const { folds, steps } = this.#steps(source, messages);
    const before = { documents: this.documents, parked: new Set<string>() };
    const applied = applyBatch(this.#projection, steps, before);
    for (const [key, document] of applied.documents) {
      if (document === null) this.documents.delete(key);
      else this.documents.set(key, document);
    }
    for (const [id, fold] of applied.folds) folds.set(id, fold);
  }

  #steps(
    { slug, definition }: ProjectionSource,
    messages: readonly Message[],
  ): { readonly folds: Map<string, Fold>; readonly steps: readonly Step[] } {
    const folds = this.#folds.get(slug) ?? new Map<string, Fold>();
    this.#folds.set(slug, folds);
    const waits = new Map(
      this.#leftOut.parked
        .filter(({ source }) => source === slug)
        .map(({ aggregate_id, sequence }) => [aggregate_id, sequence]),
    );
    const left = this.#leftOut.discarded.filter(({ source }) => source === slug);
    const isThere = (unit: string, sequence: number): boolean =>
      sequence < (waits.get(unit) ?? Number.POSITIVE_INFINITY);
    if (definition === null) {
      const discarded = new Set(left.map(({ aggregate_id }) => aggregate_id));
      const all = journalSteps(this.#projection, messages as readonly JournalMessage[], discarded);
      return { folds, steps: all.filter(({ unit, sequence }) => isThere(unit, sequence)) };
    }
    const events = eventsIn(messages as readonly LogEntry[]).filter(({ aggregate_id, sequence }) =>
      isThere(aggregate_id, sequence),
    );
    const discarded = new Set(left.map(({ sequence }) => sequence));
    const known = { folds, parked: new Set<string>(), discarded };
    return { folds, steps: eventSteps(this.#projection, definition, events, known) };
  }
}
