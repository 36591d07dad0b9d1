import type { State } from '../../core/aggregate.js';
import type { EventRecord } from '../../core/event.js';
import type { Folded } from './load.js';

/** A point between two commands of a turn: the folded state there, nothing of it written yet. */
export type Point = {
  readonly state: State;
  readonly version: number;
  readonly head: string | null;
  readonly timestamp: string;
};

/** The point after events. */
export const after = (at: Point, events: readonly EventRecord[], state: State): Point => {
  const last = events[events.length - 1];
  if (!last) return at;
  const { aggregate_version: version, hash: head, event_timestamp: timestamp } = last;
  return { state, version, head, timestamp };
};

export const pointOf = ({ state, version, head, timestamp }: Folded): Point => ({
  state,
  version,
  head,
  timestamp,
});
