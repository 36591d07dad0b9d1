import type { MachineJson } from '../../../src/core/picture/json.js';
import type { Shape } from './shape-of.js';

type Happened = {
  readonly event_type: string;
  readonly data: Readonly<Record<string, unknown>>;
};
type Step = { readonly from: string; readonly event: string; readonly to: string };

/**
 * A form without what the chart does not let happen now: where every event of a command leads from
 * this status by a value that it holds, only these values can be chosen among statuses.
 */
export const possibleFrom = (
  { arrows, states }: Pick<MachineJson, 'arrows' | 'states'>,
  status: string,
  { shape, emits }: { readonly shape: Shape; readonly emits: readonly string[] },
): Shape => {
  const ways = arrows.filter(({ from, event }) => from === status && emits.includes(event));
  const values = new Set(ways.map(({ when }) => when?.value));
  if (shape.kind !== 'object' || ways.length === 0 || values.has(undefined)) return shape;
  const statuses = new Set<unknown>(states.map(({ name }) => name));
  const fields = shape.fields.map((field) => {
    const { shape: inner } = field;
    if (inner.kind !== 'choice' || !inner.options.every((one) => statuses.has(one))) return field;
    const impossible = inner.options.filter((one) => !values.has(String(one)));
    return { ...field, shape: { ...inner, impossible } };
  });
  return { ...shape, fields };
};

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
