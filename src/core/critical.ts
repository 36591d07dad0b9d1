import type { Aggregate } from './aggregate.js';
import { arrows } from './chart.js';

/** What an event does to its aggregate, as far as its chart says. */
export type Change = 'created' | 'deleted' | 'changed';
/** Why the events of one type raise an audit alert. */
export type Critical = {
  readonly change: Change;
  /** The critical commands that may have led to it. */
  readonly commands: readonly string[];
};

const changeOf = ({ chart }: Aggregate, type: string): Change => {
  const own = arrows(chart).filter(({ event }) => event === type);
  if (own.some(({ from }) => from === chart.initial)) return 'created';
  return own.some(({ to }) => chart.states[to]?.kind === 'deleted') ? 'deleted' : 'changed';
};

/**
 * The event types of a definition that raise an audit alert: all that a critical command may emit.
 * An event does not say which command it came from, so one that a harmless command emits as well
 * raises an alert there too: one too many rather than one too few.
 */
export const criticalEvents = (definition: Aggregate): ReadonlyMap<string, Critical> => {
  const found = new Map<string, Critical>();
  for (const [command, { critical, emits }] of Object.entries(definition.commands)) {
    if (!critical) continue;
    for (const type of emits)
      found.set(type, {
        change: changeOf(definition, type),
        commands: [...(found.get(type)?.commands ?? []), command],
      });
  }
  return found;
};
