import type { MachineJson } from '../../../src/picture/json.js';

type Happened = {
  readonly event_type: string;
  readonly data: Readonly<Record<string, unknown>>;
};
type Step = { readonly from: string; readonly event: string; readonly to: string };

/** The arrows that events follow from a status on; an event that fits nowhere is left out. */
export const stepsFrom = (
  { arrows }: Pick<MachineJson, 'arrows'>,
  status: string,
  events: readonly Happened[],
): readonly Step[] => {
  let at = status;
  return events.flatMap(({ event_type: event, data }) => {
    const arrow = arrows.find(
      (one) =>
        one.from === at &&
        one.event === event &&
        (!one.when || data[one.when.field] === one.when.value),
    );
    if (!arrow) return [];
    const step = { from: at, event, to: arrow.to };
    at = arrow.to;
    return [step];
  });
};
