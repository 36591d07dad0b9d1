import type { State } from '../../core/aggregate.js';
import { type EventRecord, occurredAt, type StoredEvent } from '../../core/event.js';
import { canonicalInstant } from '../../core/instant.js';
import type { Projected } from '../../core/projection.js';

/** A stored event, with the time from which it counts where that is not the one that it says. */
export type Projectable = StoredEvent & { readonly occurred_at?: string };

type States = { readonly before: State; readonly after: State };

const noStates = (): never => {
  throw new TypeError('this projection keeps no states: it must say "withState: true"');
};

/** A stored event as handlers see it. Field by field: a spread of this many costs more. */
class ProjectedEvent implements Projected {
  readonly event_id: string;
  readonly event_type: string;
  readonly event_version: number;
  readonly aggregate_type: string;
  readonly aggregate_id: string;
  readonly aggregate_version: number;
  readonly event_timestamp: string;
  readonly actor: string;
  readonly actor_type: string;
  readonly source: string;
  readonly causation_id: string;
  readonly command_hash: string;
  readonly correlation_id: string | null;
  readonly business_justification: string | null;
  readonly approval_id: string | null;
  readonly effective_at: string | null;
  readonly traceparent: string | null;
  readonly data: EventRecord['data'];
  readonly hash_recipe: number;
  readonly previous_hash: string | null;
  readonly hash: string;
  readonly sequence: number;
  readonly occurred_at: string;
  readonly #states: States | undefined;

  constructor(event: Projectable, data: EventRecord['data'], states: States | undefined) {
    this.event_id = event.event_id;
    this.event_type = event.event_type;
    this.event_version = event.event_version;
    this.aggregate_type = event.aggregate_type;
    this.aggregate_id = event.aggregate_id;
    this.aggregate_version = event.aggregate_version;
    this.event_timestamp = canonicalInstant(event.event_timestamp);
    this.actor = event.actor;
    this.actor_type = event.actor_type;
    this.source = event.source;
    this.causation_id = event.causation_id;
    this.command_hash = event.command_hash;
    this.correlation_id = event.correlation_id;
    this.business_justification = event.business_justification;
    this.approval_id = event.approval_id;
    this.effective_at = event.effective_at === null ? null : canonicalInstant(event.effective_at);
    this.traceparent = event.traceparent;
    this.data = data;
    this.hash_recipe = event.hash_recipe;
    this.previous_hash = event.previous_hash;
    this.hash = event.hash;
    this.sequence = event.sequence;
    this.occurred_at = event.occurred_at ?? occurredAt(event);
    this.#states = states;
  }

  get before(): State {
    return this.#states?.before ?? noStates();
  }

  get after(): State {
    return this.#states?.after ?? noStates();
  }
}

/** An event as a projection sees it; `data` is in the form of the current schema. */
export const projected = (
  event: Projectable,
  data: EventRecord['data'],
  states?: States,
): Projected => new ProjectedEvent(event, data, states);
