const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A stretch of time up to now, in steps that the server counts by. */
export const RANGES = {
  hour: { label: 'Hour', last: 'the last hour', unit: 'minute', stepMs: MINUTE_MS, steps: 60 },
  day: { label: 'Day', last: 'the last 24 hours', unit: 'hour', stepMs: HOUR_MS, steps: 24 },
  month: { label: '30 days', last: 'the last 30 days', unit: 'day', stepMs: DAY_MS, steps: 30 },
} as const;
export type RangeName = keyof typeof RANGES;
export const isRange = (name: string | undefined): name is RangeName =>
  name !== undefined && name in RANGES;

/** How many characters of an instant name a step. */
const LENGTH = { minute: 16, hour: 13, day: 10 } as const;

export type Step = {
  /** As the server names it: `2026-11-21T15:04`. */
  readonly name: string;
  readonly from: string;
  /** The last instant that belongs to it. */
  readonly to: string;
  readonly count: number;
};

const firstMs = (range: RangeName, now: number): number => {
  const { stepMs, steps } = RANGES[range];
  return Math.floor(now / stepMs) * stepMs - (steps - 1) * stepMs;
};

/** Where a range begins: at a whole step. */
export const rangeBegins = (range: RangeName, now: number): string =>
  new Date(firstMs(range, now)).toISOString();

/** Every step of a range up to now, those without anything too. */
export const seriesOf = (
  range: RangeName,
  now: number,
  groups: readonly { readonly value: string | null; readonly count: number }[],
): readonly Step[] => {
  const { unit, stepMs, steps } = RANGES[range];
  const counts = new Map(groups.map(({ value, count }) => [value, count]));
  const first = firstMs(range, now);
  return Array.from({ length: steps }, (_, nth) => {
    const from = new Date(first + nth * stepMs).toISOString();
    const name = from.slice(0, LENGTH[unit]);
    const to = new Date(first + (nth + 1) * stepMs - 1).toISOString();
    return { name, from, to, count: counts.get(name) ?? 0 };
  });
};

const TEXT_STEPS = [1, 2, 5];
/** A round number, not smaller: the top of an axis. */
export const roundUp = (count: number): number => {
  if (count <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(count));
  return (TEXT_STEPS.find((one) => one * power >= count) ?? 10) * power;
};
