const UNITS = [
  [60, '1 minute'],
  [3_600, '1 hour'],
  [86_400, '1 day'],
  [604_800, '1 week'],
  [2_629_800, '1 month'],
  [31_557_600, '1 year'],
  [157_788_000, '5 years'],
  [315_576_000, '10 years'],
  [1_577_880_000, '50 years'],
] as const;
/** Ticks nearer to each other than this share of the width would touch. */
const TICK_APART = 0.14;
/** No scale is shorter: a second against a minute says nothing. */
const LEAST_MAX_SECONDS = 60;

export type Scale = {
  /** Where a duration stands, from 0 to 1. */
  readonly at: (seconds: number) => number;
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
};

/**
 * A scale on which minutes and decades are both seen: by the logarithm, from nothing at 0 to the
 * longest at 1. Its ticks are durations people say.
 */
export const dwellScale = (durations: readonly number[]): Scale => {
  const longest = Math.max(LEAST_MAX_SECONDS, ...durations);
  const at = (seconds: number): number =>
    Math.min(1, Math.log1p(Math.max(0, seconds)) / Math.log1p(longest));
  const ticks: { at: number; label: string }[] = [];
  for (const [seconds, label] of UNITS.toReversed()) {
    if (seconds > longest) continue;
    const next = ticks[0]?.at ?? 1 + TICK_APART / 2;
    if (next - at(seconds) >= TICK_APART) ticks.unshift({ at: at(seconds), label });
  }
  return { at, ticks };
};
