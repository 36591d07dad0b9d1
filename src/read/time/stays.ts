import type { Aggregate } from '../../core/aggregate.js';
import type { StoredEvent } from '../../core/event.js';
import { step } from '../../write/runtime/load.js';
import type { Timed } from './effective-order.js';
import type { Turn } from './turns.js';

/** That an aggregate had a status, from when on and before when; ms since 1970, null = it has it. */
export type Stay = {
  readonly status: string;
  readonly from: number;
  readonly to: number | null;
  /** What brought it there. */
  readonly event: StoredEvent;
};

/** The statuses that an aggregate has been in, by the events that count in their order. */
export const staysIn = async (
  definition: Aggregate,
  counted: readonly Timed<StoredEvent>[],
  turn: Turn,
): Promise<readonly Stay[]> => {
  let { initial: state } = definition;
  const entered: Omit<Stay, 'to'>[] = [];
  for (const { event, at } of counted) {
    await turn();
    state = step(definition, state, event);
    if (state.status !== entered.at(-1)?.status)
      entered.push({ status: state.status, from: at, event });
  }
  return entered.map((one, index) => ({ ...one, to: entered[index + 1]?.from ?? null }));
};
