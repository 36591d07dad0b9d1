import type { Graph } from './graph.js';
import type { Size } from './shape.js';
import { short, widthOf, wrap } from './text.js';

/** Font sizes and distances of the picture, in pixels. */
export const SIZE = {
  name: 14,
  text: 11,
  /** From one text line to the next. */
  line: 15,
  /** The row of step numbers above a label. */
  steps: 18,
  /** Between two events on one edge. */
  gap: 5,
  /** A status without a list. */
  status: 38,
  /** Left and right of the text in a status. */
  inset: 14,
  margin: 20,
  heading: 34,
  note: 22,
  /** The row of a status that says how many are in it. */
  count: 24,
  countText: 17,
} as const;
const STAYS_MAX = 3;
const LABELS_MAX = 4;
const STEPS_MAX = 3;
const NAME_CHARS = 32;
const WRAP_CHARS = 15;
/** Bold text is wider. */
const BOLD = 1.08;

/** What a status shows. */
export type NodeText = {
  readonly name: string;
  /** The first few events that leave the status as it is, then how many more there are. */
  readonly stays: readonly string[];
  readonly allStays: readonly string[];
  /** How many are in it. */
  readonly count?: string;
};
/** What of a status is said: a count, and whether also the events that leave it as it is. */
export type NodeTelling = { readonly count?: number | undefined; readonly stays: boolean };
/** What an edge shows: the numbers of its steps, a count and its events; `gap` = another event begins. */
export type LabelText = {
  readonly steps: string;
  /** How often it was travelled: `1,204×`. */
  readonly tally: string;
  readonly lines: readonly { readonly text: string; readonly gap: boolean }[];
};

const firstOf = (all: readonly string[], max: number): readonly string[] =>
  all.length <= max + 1 ? all : [...all.slice(0, max), `+ ${all.length - max} more`];

export const boldWidth = (text: string): number => widthOf(text, SIZE.name) * BOLD;
export const pillWidth = (steps: string): number => widthOf(steps, SIZE.text) + 12;

export const countText = (count: number): string => count.toLocaleString('en');

export const nodeText = (
  graph: Graph,
  status: string,
  telling: NodeTelling = { stays: true },
): NodeText & Size => {
  const allStays = graph.stays[status] ?? [];
  const name = short(status, NAME_CHARS);
  const count = telling.count === undefined ? undefined : countText(telling.count);
  const stays = firstOf(telling.stays ? allStays : [], STAYS_MAX).map((one) =>
    short(one, NAME_CHARS),
  );
  const dot = status === graph.statuses[0] ? 18 : 0;
  const counted = count === undefined ? 0 : widthOf(count, SIZE.countText) * BOLD;
  const widths = [boldWidth(name) + dot, counted, ...stays.map((one) => widthOf(one, SIZE.text))];
  return {
    name,
    stays,
    allStays,
    ...(count !== undefined && { count }),
    width: Math.ceil(Math.max(50, ...widths)) + 2 * SIZE.inset,
    height:
      SIZE.status +
      (count === undefined ? 0 : SIZE.count) +
      (stays.length > 0 ? (stays.length + 1) * SIZE.line + 8 : 0),
  };
};

const stepsText = (steps: readonly number[]): string =>
  [
    ...steps.slice(0, STEPS_MAX).map(String),
    ...(steps.length > STEPS_MAX ? [`+${steps.length - STEPS_MAX}`] : []),
  ].join(' · ');

/** A label without anything to show has no size. */
export const labelText = (
  labels: readonly string[],
  travelled: readonly number[],
  count = 0,
): LabelText & Size => {
  const steps = stepsText(travelled);
  const tally = count === 0 ? '' : `${countText(count)}×`;
  const lines = firstOf(labels, LABELS_MAX).flatMap((label, nth) =>
    wrap(label, WRAP_CHARS).map((text, i) => ({ text, gap: nth > 0 && i === 0 })),
  );
  if (lines.length === 0 && steps === '' && tally === '')
    return { steps, tally, lines, width: 0, height: 0 };
  const gaps = lines.filter(({ gap }) => gap).length * SIZE.gap;
  const numbers = steps === '' ? 0 : SIZE.steps;
  const counted = tally === '' ? 0 : SIZE.line;
  const widths = [
    pillWidth(steps),
    widthOf(tally, SIZE.text) * BOLD + 8,
    ...lines.map(({ text }) => widthOf(text, SIZE.text) + 8),
  ];
  return {
    steps,
    tally,
    lines,
    width: Math.max(...widths),
    height: lines.length * SIZE.line + gaps + numbers + counted + 4,
  };
};
