import type { Arrow, Chart, Edge } from '../chart.js';
import type { MachineJson } from './json.js';

export type { Chart, MachineJson };

const edgeOf = (arrows: readonly Arrow[]): Edge => {
  const [first] = arrows;
  if (!first) return {};
  if (!first.when) return first.to === first.from ? {} : first.to;
  const to = Object.fromEntries(arrows.flatMap(({ when, to }) => (when ? [[when.value, to]] : [])));
  return { by: first.when.field, to };
};

/** The chart that a lifecycle as data tells of: what a browser draws from. */
export const chartFrom = ({ initial, states, arrows }: MachineJson): Chart => ({
  initial,
  states: Object.fromEntries(
    states.map(({ name, kind, on }) => [
      name,
      {
        ...(kind === 'deleted' && { kind }),
        on: Object.fromEntries(
          on.map((event) => [
            event,
            edgeOf(arrows.filter((one) => one.from === name && one.event === event)),
          ]),
        ),
      },
    ]),
  ),
});
