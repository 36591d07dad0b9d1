import type { Aggregate } from '../../core/aggregate.js';
import { occurredAt, type StoredEvent } from '../../core/event.js';
import { step } from '../../write/runtime/load.js';
import type { Turn } from './turns.js';

/** Something with a time from which on it counts; milliseconds since 1970. */
export type Timed<E> = { readonly event: E; readonly at: number };

/** An event from the time on that it says itself. */
export const asSaid = <E extends StoredEvent>(event: E): Timed<E> => ({
  event,
  at: Date.parse(occurredAt(event)),
});

const fits = async (
  definition: Aggregate,
  events: readonly Timed<StoredEvent>[],
  turn: Turn,
): Promise<boolean> => {
  let { initial: state } = definition;
  try {
    for (const { event } of events) {
      await turn();
      state = step(definition, state, event);
    }
    return true;
  } catch {
    return false;
  }
};

/**
 * The clock of the world, for everything that asks it: which events of one aggregate count, in which
 * order, and from when on. Of all events known, those count at a time whose `at` is not later.
 *
 * They are in the order in which they became true, equal times by version. Where its lifecycle does
 * not allow that order (somebody recorded the retirement before the creation), they stay as
 * recorded, and each counts from when all before it do. That is decided over all events given, so
 * that it does not change from one time to the next.
 *
 * @param events all events known, by version
 */
export const inEffectiveOrder = async <E extends StoredEvent>(
  definition: Aggregate,
  events: readonly E[],
  turn: Turn,
): Promise<readonly Timed<E>[]> => {
  const recorded = events.map(asSaid);
  const ordered = recorded.toSorted((a, b) => a.at - b.at); // stable: equal times by version
  if (recorded.every((one, index) => one === ordered[index])) return recorded;
  if (await fits(definition, ordered, turn)) return ordered;
  let latest = Number.NEGATIVE_INFINITY;
  return recorded.map(({ event, at }) => {
    latest = Math.max(latest, at);
    return { event, at: latest };
  });
};
