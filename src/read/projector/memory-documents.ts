import type { Projection, View } from '../../core/projection.js';
import type { Fold, Parked } from '../views/port.js';
import type { DecodedEntry } from './decoded-entry.js';
import { errorText } from './error-text.js';
import { matters, type Step, stepOf, takeStep } from './step.js';

const placeOf = ({ source, unit }: DecodedEntry): string => `${source}/${unit}`;

/** Names what an operator left out: an event, or one entry of a message of the journal. */
export const leftOutKey = ({
  source,
  aggregate_id,
  sequence,
}: Pick<Parked, 'source' | 'aggregate_id' | 'sequence'>): string =>
  `${source}/${aggregate_id}:${sequence}`;

/** When, and in which order, something is taken. */
type Taking = {
  /** For what has to wait, ISO 8601 UTC. */
  readonly now: () => string;
  /** By the order of the world instead of that of versions. Default false. */
  readonly inEffectiveOrder?: boolean;
};

/**
 * The documents of a projection in memory, as the projector would have them: an event that a
 * handler cannot take leaves its aggregate as it is from there on, and nothing else.
 */
export class MemoryDocuments {
  readonly projection: Projection;
  readonly views: Map<string, View>;
  readonly parked: Map<string, Parked>;
  readonly #folds: Map<string, Fold>;
  /** What an operator decided to leave out: by `leftOutKey`. */
  readonly #leftOut: ReadonlySet<string>;

  constructor(
    projection: Projection,
    leftOut: ReadonlySet<string> = new Set(),
    from?: MemoryDocuments,
  ) {
    this.projection = projection;
    this.views = new Map(from?.views);
    this.parked = new Map(from?.parked);
    this.#folds = new Map(from ? from.#folds : []);
    this.#leftOut = leftOut;
  }

  /** The same documents, to go on from. Views are never changed, so they are shared. */
  copy(): MemoryDocuments {
    return new MemoryDocuments(this.projection, this.#leftOut, this);
  }

  /** Take what follows: events of one aggregate in the order they count, others in any. */
  take(entry: DecodedEntry, { now, inEffectiveOrder = false }: Taking): void {
    const { projection } = this;
    const { source, unit, sequence, type } = entry;
    if (entry.kind !== 'entry' && !matters(projection, source, type)) return;
    const place = placeOf(entry);
    const waiting = this.parked.get(place);
    if (waiting) {
      this.parked.set(place, { ...waiting, waiting: waiting.waiting + 1 });
      return;
    }
    const leftOut =
      this.#leftOut.size > 0 &&
      this.#leftOut.has(leftOutKey({ source, aggregate_id: unit, sequence }));
    const fold = this.#folds.get(place) ?? null;
    const step = stepOf(projection, entry, { fold, leftOut, inEffectiveOrder });
    const error = step.error ?? this.#put(step);
    if (error !== null) this.#park(entry, error, now());
    else if (step.fold) this.#folds.set(place, step.fold);
  }

  /** null = its documents took it. */
  #put(step: Step): string | null {
    try {
      const changes = takeStep(this.projection, step, (key) => this.views.get(key) ?? null);
      for (const [key, view] of changes)
        if (view === null) this.views.delete(key);
        else this.views.set(key, view);
      return null;
    } catch (error) {
      return errorText(error);
    }
  }

  #park(entry: DecodedEntry, error: string, at: string): void {
    this.parked.set(placeOf(entry), {
      source: entry.source,
      aggregate_id: entry.unit,
      sequence: entry.sequence,
      event_type: entry.type,
      error,
      attempts: 1,
      waiting: 1,
      parked_at: at,
      last_tried_at: at,
    });
  }
}
