const DAY_MS = 86_400_000;
/** A shorter history is walked by days. */
const BY_DAYS_MAX = 92;

const dateOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/**
 * The days that a slider stops at, from the first month there is (`2016-12`) to today: ends of
 * months, or every day of a short history. Today is the last one.
 */
export const stopsFrom = (firstMonth: string, today: string): readonly string[] => {
  const end = Date.parse(today);
  const first = Date.parse(`${firstMonth}-01`);
  if (Number.isNaN(first) || first > end) return [today];
  if (end - first <= BY_DAYS_MAX * DAY_MS)
    return Array.from({ length: Math.round((end - first) / DAY_MS) + 1 }, (_, nth) =>
      dateOf(first + nth * DAY_MS),
    );
  const stops: string[] = [];
  const from = new Date(first);
  for (let nth = 1; ; nth++) {
    const last = Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + nth, 0);
    if (last >= end) return [...stops, today];
    stops.push(dateOf(last));
  }
};

/** Where a date stands on the slider: the last stop that is not after it. */
export const stopOf = (stops: readonly string[], date: string | undefined): number => {
  if (date === undefined) return stops.length - 1;
  const after = stops.findIndex((stop) => stop > date);
  return after === -1 ? stops.length - 1 : Math.max(0, after - 1);
};
