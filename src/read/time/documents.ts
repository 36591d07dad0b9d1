import type { State } from '../../core/aggregate.js';
import { type Foldable, replay } from '../../core/fold.js';
import type { Projection, View } from '../../core/projection.js';
import { errorText } from '../projector/apply-batch.js';
import { notJson } from '../projector/not-json.js';
import { projected } from '../projector/projected.js';
import type { Parked } from '../views/port.js';
import type { Told } from './told.js';

type States = { readonly before: State; readonly after: State };

/** What keeps its order and waits as a whole: an aggregate; each journal entry by itself. */
const unitOf = (told: Told): string => {
  if (told.kind === 'entry') return told.entry.entry_id;
  return told.kind === 'event' ? told.stored.aggregate_id : told.aggregate_id;
};
const place = (told: Told): string => `${told.source}/${unitOf(told)}`;
/** Names what an operator left out: an event, or one entry of a message of the journal. */
export const leftOutKey = ({
  source,
  aggregate_id,
  sequence,
}: Pick<Parked, 'source' | 'aggregate_id' | 'sequence'>): string =>
  `${source}/${aggregate_id}:${sequence}`;
const typeOf = (told: Told): string => {
  if (told.kind === 'entry') return String(told.entry.outcome);
  return told.kind === 'event' ? told.stored.event_type : told.event_type;
};

/**
 * The documents of a projection in memory, as the projector would have them: an event that a
 * handler cannot take leaves its aggregate as it is from there on, and nothing else.
 */
export class Documents {
  readonly projection: Projection;
  readonly views: Map<string, View>;
  readonly parked: Map<string, Parked>;
  readonly #states: Map<string, State>;
  /** What an operator decided to leave out: by `leftOutKey`. */
  readonly #left: ReadonlySet<string>;

  constructor(projection: Projection, left: ReadonlySet<string>, from?: Documents) {
    this.projection = projection;
    this.views = new Map(from?.views);
    this.parked = new Map(from?.parked);
    this.#states = new Map(from ? from.#states : []);
    this.#left = left;
  }

  /** The same documents, to go on from. Views are never changed, so they are shared. */
  copy(): Documents {
    return new Documents(this.projection, this.#left, this);
  }

  /**
   * Take what follows: events of one aggregate in the order they count, others in any.
   * @param now for what has to wait, ISO 8601 UTC
   */
  take(told: Told, now: () => string): void {
    const { projection } = this;
    if (told.kind !== 'entry' && !projection.folds && !projection.wants(told.source, typeOf(told)))
      return;
    const waiting = this.parked.get(place(told));
    if (waiting) {
      this.parked.set(place(told), { ...waiting, waiting: waiting.waiting + 1 });
      return;
    }
    const leftOut = this.#left.has(
      leftOutKey({ source: told.source, aggregate_id: unitOf(told), sequence: told.sequence }),
    );
    try {
      if (told.kind === 'entry') this.#takeEntry(told, leftOut);
      else this.#takeEvent(told, leftOut);
    } catch (error) {
      if (!leftOut) this.#park(told, errorText(error), now());
    }
  }

  #takeEntry({ entry }: Extract<Told, { kind: 'entry' }>, leftOut: boolean): void {
    if (leftOut) return;
    const { projection } = this;
    this.#putAll(projection.keysOfEntry(entry), (view, key) =>
      projection.applyEntry(view, entry, key),
    );
  }

  #takeEvent(told: Exclude<Told, { kind: 'entry' }>, leftOut: boolean): void {
    const { projection } = this;
    if (told.kind === 'unreadable') throw new Error(told.error);
    const { source, stored, event: bare } = told;
    const states = projection.folds ? this.#statesAround(told) : undefined;
    const event = states ? projected(stored, bare.data as Foldable['data'], states) : bare;
    // An event that is left out of the documents still happened to its aggregate.
    if (!leftOut && projection.wants(source, event.event_type))
      this.#putAll(projection.keysOf(event), (view, key) => projection.apply(view, event, key));
    if (states) this.#states.set(place(told), states.after);
  }

  #statesAround(told: Extract<Told, { kind: 'event' }>): States {
    const definition = this.projection.sources.find(({ slug }) => slug === told.source)!
      .definition!;
    const before = this.#states.get(place(told)) ?? definition.initial;
    const event = { ...told.stored, data: told.event.data as Foldable['data'] };
    return { before, after: replay(definition, before, event) };
  }

  /** All documents of an event or none: one of them may refuse. */
  #putAll(keys: readonly string[], change: (view: View, key: string) => View | null): void {
    const after = keys.map((key) => {
      const before = this.views.get(key) ?? this.projection.initial;
      const view = change(before, key);
      const wrong = view && notJson(view, before);
      if (wrong)
        throw new TypeError(
          `the document ${key} would hold something that is no JSON at "${wrong}"`,
        );
      return { key, view, changed: view !== before };
    });
    for (const { key, view, changed } of after)
      if (view === null) this.views.delete(key);
      else if (changed) this.views.set(key, view);
  }

  #park(told: Told, error: string, at: string): void {
    this.parked.set(place(told), {
      source: told.source,
      aggregate_id: unitOf(told),
      sequence: told.sequence,
      event_type: typeOf(told),
      error,
      attempts: 1,
      waiting: 1,
      parked_at: at,
      last_tried_at: at,
    });
  }
}
