/** What one measurement of a rate came to. Times in milliseconds. */
export type Rate = {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** CPU time of the measured process for one operation, microseconds. */
  readonly cpuUs: number;
};

export type Window = { readonly warmMs: number; readonly ms: number };

export const percentile = (sorted: ArrayLike<number>, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

export const median = (values: readonly number[]): number =>
  percentile(
    [...values].sort((a, b) => a - b),
    0.5,
  );

/** Some times of the same thing, milliseconds. */
export type Times = { readonly n: number; readonly p50: number; readonly p99: number };

export const timesOf = (values: readonly number[]): Times => {
  const sorted = [...values].sort((a, b) => a - b);
  return { n: sorted.length, p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99) };
};

/** The medians of several measurements of the same thing. */
export const medianRate = (rates: readonly Rate[]): Rate => ({
  perSecond: median(rates.map(({ perSecond }) => perSecond)),
  p50: median(rates.map(({ p50 }) => p50)),
  p99: median(rates.map(({ p99 }) => p99)),
  cpuUs: median(rates.map(({ cpuUs }) => cpuUs)),
});

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/**
 * Callers that each wait for the answer before they ask again. What ends within the window counts;
 * what ends before it warms up.
 */
export const closedLoop = async (
  callers: number,
  { warmMs, ms }: Window,
  one: (caller: number) => Promise<void>,
): Promise<Rate> => {
  const latencies: number[] = [];
  const from = performance.now() + warmMs;
  const until = from + ms;
  let cpuFrom = cpuMs();
  let cpuUntil = cpuFrom;
  const marks = [
    setTimeout(() => {
      cpuFrom = cpuMs();
    }, warmMs),
    setTimeout(() => {
      cpuUntil = cpuMs();
    }, warmMs + ms),
  ];
  const call = async (caller: number): Promise<void> => {
    for (let start = performance.now(); start < until; ) {
      await one(caller);
      const end = performance.now();
      if (end >= from && end < until) latencies.push(end - start);
      start = end;
    }
  };
  await Promise.all(Array.from({ length: callers }, (_, caller) => call(caller)));
  if (cpuUntil <= cpuFrom) cpuUntil = cpuMs();
  marks.forEach(clearTimeout);
  const sorted = Float64Array.from(latencies).sort();
  return {
    perSecond: (sorted.length / ms) * 1000,
    p50: percentile(sorted, 0.5),
    p99: percentile(sorted, 0.99),
    cpuUs: ((cpuUntil - cpuFrom) / sorted.length) * 1000,
  };
};
