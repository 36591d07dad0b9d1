import type { Aggregate, State } from '../../core/aggregate.js';
import type { Projection, View } from '../../core/projection.js';
import type { Refusal } from '../../core/refusal.js';
import type { Reading, Vector } from '../projector/projections.js';
import type { Stay } from './stays.js';

/**
 * A point in time. Without `effectiveAt`: what the record said, its events in the order recorded, as
 * commands are decided on it and live documents show it. With it: what was true in the world then,
 * as far as it was known at `asOf`.
 */
export type Moment = {
  /**
   * What was recorded by then: ISO 8601 UTC, or the last sequence of each source that counts; one
   * not named counts whole. null = everything.
   */
  readonly asOf: string | Vector | null;
  /** ISO 8601 UTC. An event without `effective_at` was true from its server time on. */
  readonly effectiveAt: string | null;
};

/** A moment, or a version, which only one aggregate has. */
export type MomentOrVersion = Moment | { readonly version: number };

/** One aggregate at one point of its life. */
export type AggregateAt = {
  readonly definition: Aggregate;
  readonly id: string;
  readonly state: State;
  /** The highest version among the events counted, its place in its stream and its server time. */
  readonly version: number;
  readonly sequence: number;
  readonly recorded_at: string;
  /** When the last event, in the order they count, became true in the world. */
  readonly occurred_at: string;
};

/** Answers about other moments than now. Nothing here writes. */
export type TimeTravel = {
  /**
   * The documents of a projection at a moment, to be queried like live ones. Kept for a while; a
   * Refusal AS_OF_BUILDING says how far it is when the log is too long to wait for, and
   * VALIDATION_ERROR that a position is ahead of the log. `who` = who asks: nobody's questions keep
   * those of others waiting for long.
   */
  reading(projection: Projection, moment: Moment, who?: string): Promise<Reading | Refusal>;
  /**
   * One aggregate, from its own events alone and the newest snapshot that is old enough. A deleted
   * one is told as it is. Refusal NOT_FOUND when it did not exist then, or never had that version.
   */
  aggregate(definition: Aggregate, id: string, at: MomentOrVersion): Promise<AggregateAt | Refusal>;
  /**
   * The statuses that one aggregate has been in, in the world, as everything recorded tells it, also
   * those still to come. Which it has at a time is what `aggregate` tells for that time.
   */
  stays(definition: Aggregate, id: string): Promise<readonly Stay[] | Refusal>;
  /**
   * What the events of one aggregate make of the document with its id; null for no document. It is
   * the whole document of a projection that is `perAggregate`.
   */
  document(
    projection: Projection,
    definition: Aggregate,
    id: string,
    at: MomentOrVersion,
  ): Promise<{ readonly document: View | null; readonly at: AggregateAt } | Refusal>;
};
