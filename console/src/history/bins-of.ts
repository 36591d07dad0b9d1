/** Units that the server counts times by, the finest last. */
const UNITS = ['year', 'month', 'day', 'hour', 'minute'] as const;
export type Unit = (typeof UNITS)[number];

/** More bars than this cannot be told apart. */
const BINS_MAX = 180;
/** A stray date in the far past must not make a picture of thousands of empty years. */
const DRAWN_MAX = 400;
const MINUTE_MS = 60_000;
const LENGTH_MS: Readonly<Record<Unit, number>> = {
  year: 31_557_600_000,
  month: 2_629_800_000,
  day: 86_400_000,
  hour: 3_600_000,
  minute: MINUTE_MS,
};
/** How many characters of an instant name a period. */
const NAME_CHARS: Readonly<Record<Unit, number>> = {
  year: 4,
  month: 7,
  day: 10,
  hour: 13,
  minute: 16,
};

export type Bin = {
  /** As the server names it: `2026-11-21T15`. */
  readonly name: string;
  readonly from: string;
  /** The last instant that belongs to it. */
  readonly to: string;
  readonly count: number;
};
export type Span = { readonly from: string; readonly to: string };

/** The finest unit by which a span still makes a picture. */
export const unitFor = ({ from, to }: Span): Unit => {
  const span = Math.max(0, Date.parse(to) - Date.parse(from));
  return UNITS.findLast((unit) => span / LENGTH_MS[unit] <= BINS_MAX) ?? 'year';
};

/** Where the period begins that is `steps` after the one of an instant. Periods are in UTC. */
const beginning = (ms: number, unit: Unit, steps = 0): number => {
  const at = new Date(ms);
  at.setUTCHours(0, 0, 0, 0);
  // Not by Date.UTC, which takes the year 50 for 1950.
  if (unit === 'year') return at.setUTCFullYear(at.getUTCFullYear() + steps, 0, 1);
  if (unit === 'month') return at.setUTCMonth(at.getUTCMonth() + steps, 1);
  const length = LENGTH_MS[unit];
  return (Math.floor(ms / length) + steps) * length;
};

type Count = { readonly value: string | null; readonly count: number };

/** Every period of a span, those without anything too; of very many the last ones. */
export const binsOf = (span: Span, unit: Unit, groups: readonly Count[]): readonly Bin[] => {
  const counts = new Map(groups.map(({ value, count }) => [value, count]));
  const bins: Bin[] = [];
  const first = Date.parse(span.from);
  let start = beginning(Date.parse(span.to), unit);
  while (bins.length < DRAWN_MAX && start >= beginning(first, unit)) {
    const from = new Date(start).toISOString();
    const name = from.slice(0, NAME_CHARS[unit]);
    const to = new Date(beginning(start, unit, 1) - 1).toISOString();
    bins.push({ name, from, to, count: counts.get(name) ?? 0 });
    start = beginning(start, unit, -1);
  }
  return bins.reverse();
};

/** Which bars are chosen: from where it began to where the pointer or the keyboard is. */
export type Selection = { readonly anchor: number; readonly head: number };

export const endsOf = ({ anchor, head }: Selection): readonly [number, number] => [
  Math.min(anchor, head),
  Math.max(anchor, head),
];

/** The time that the chosen bars stand for. */
export const spanOf = (bins: readonly Bin[], selection: Selection): Span | undefined => {
  const [first, last] = endsOf(selection);
  const [begin, end] = [bins[first], bins[last]];
  return begin && end && { from: begin.from, to: end.to };
};

/** Which bar is under a place of the picture. */
export const binAt = (x: number, width: number, count: number): number =>
  Math.max(0, Math.min(count - 1, Math.floor((x / Math.max(1, width)) * count)));

/** What a key makes of a selection: arrows move it, with Shift they widen it. */
export const keyed = (
  selection: Selection | undefined,
  { key, shift }: { readonly key: string; readonly shift: boolean },
  count: number,
): Selection | undefined => {
  const from = selection?.head ?? (key === 'ArrowLeft' || key === 'End' ? count : -1);
  const to = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: count - 1 }[key];
  if (to === undefined || count === 0) return undefined;
  const head = Math.max(0, Math.min(count - 1, to));
  return { anchor: shift && selection ? selection.anchor : head, head };
};

/** Three times as much time, the same middle. */
export const widened = ({ from, to }: Span): Span => {
  const [begin, end] = [Date.parse(from), Date.parse(to)];
  const more = Math.max(end - begin, MINUTE_MS);
  return { from: new Date(begin - more).toISOString(), to: new Date(end + more).toISOString() };
};
