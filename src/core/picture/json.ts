import type { Aggregate } from '../aggregate.js';
import { type Arrow, arrows, arrowsFrom, presence } from '../chart.js';
import { commandsPossible } from '../decide.js';

/** A lifecycle as data: for programs, and for a browser that draws it itself. */
export type MachineJson = {
  readonly name: string;
  readonly summary: string;
  readonly initial: string;
  readonly states: readonly {
    readonly name: string;
    readonly kind: 'absent' | 'present' | 'deleted';
    /** The events that fit there. */
    readonly on: readonly string[];
  }[];
  readonly arrows: readonly Arrow[];
  /** By status, the commands that may do something there. */
  readonly commands: Readonly<Record<string, readonly string[]>>;
};

export const machineJson = (definition: Aggregate): MachineJson => {
  const { name, summary, chart } = definition;
  const statuses = Object.keys(chart.states);
  return {
    name,
    summary,
    initial: chart.initial,
    states: statuses.map((status) => ({
      name: status,
      kind: presence(chart, status),
      on: [...new Set(arrowsFrom(chart, status).map(({ event }) => event))],
    })),
    arrows: arrows(chart),
    commands: Object.fromEntries(
      statuses.map((status) => [status, commandsPossible(definition, status)]),
    ),
  };
};
