import type { Aggregate, EventMeta, State } from './aggregate.js';
import { nextStatus } from './chart.js';
import { Fault } from './refusal.js';

/** An event ready to be folded: current schema version, parsed data. */
export type Foldable = EventMeta & {
  readonly event_type: string;
  readonly data: Readonly<Record<string, unknown>>;
};

/** The state after an event, or undefined when the event does not fit the chart there. */
export const apply = (definition: Aggregate, state: State, event: Foldable): State | undefined => {
  const status = nextStatus(definition.chart, state.status, event.event_type, event.data);
  if (status === undefined) return undefined;
  const change = definition.evolve[event.event_type]?.(state.data, event.data, event);
  return { status, data: change ? { ...state.data, ...change } : state.data };
};

/**
 * The state after an event that is already history.
 * @throws Fault HISTORY_MISFIT when the event does not fit: the chart may only grow.
 */
export const replay = (definition: Aggregate, state: State, event: Foldable): State => {
  const next = apply(definition, state, event);
  if (next) return next;
  throw new Fault(
    'HISTORY_MISFIT',
    `${definition.name}: the stored event ${event.event_type} (version ${event.aggregate_version}) does not fit the chart in status "${state.status}"; an edge that histories have used was removed, or the log was altered`,
  );
};
