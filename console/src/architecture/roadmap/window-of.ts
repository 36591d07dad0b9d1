/** Instants are milliseconds since 1970, as `Date.parse` gives them. */
export type Window = { readonly from: number; readonly to: number };

export const DAY_MS = 86_400_000;
const YEAR_MS = 365.25 * DAY_MS;
/** Room before the first and behind the last thing that is drawn. */
const MARGIN = 0.02;
/** Less than this cannot be told apart from nothing. */
const WINDOW_MIN_MS = 30 * DAY_MS;

const YEARS_SHOWN = 5;
/** With less around it, what began today cannot be told from what is to come. */
const YEARS_MIN = 1;

/** From the first beginning to the last sunset, as far as there are any, and now in it. */
export const rangeOf = (since: number, sunset: number, now: number): Window => {
  const from = Number.isNaN(since) ? now - YEARS_SHOWN * YEAR_MS : Math.min(since, now);
  const to = Number.isNaN(sunset) ? now : Math.max(sunset, now);
  const missing = Math.max(0, YEARS_MIN * YEAR_MS - (to - from));
  return { from: from - missing / 2, to: to + missing / 2 };
};

/** The instant that is shown: now, or the middle of another day. */
export const instantOf = (day: string, now: Date): number =>
  now.toISOString().startsWith(day) ? now.getTime() : Date.parse(`${day}T12:00:00Z`);

/** How much time is seen at once; `all` is as much as there is. */
export const ZOOMS = [
  { id: 'all', label: 'All', years: null },
  { id: 'decade', label: 'Decade', years: 10 },
  { id: 'years', label: '3 years', years: 3 },
  { id: 'year', label: 'Year', years: 1 },
  { id: 'quarter', label: 'Quarter', years: 0.25 },
] as const;
export type Zoom = (typeof ZOOMS)[number]['id'];

export const zoomNamed = (text: string | undefined): Zoom =>
  ZOOMS.find(({ id }) => id === text)?.id ?? 'all';

/** What is seen: everything with some room around it, or so many years around a day. */
export const windowOf = (zoom: Zoom, middle: number, all: Window): Window => {
  const years = ZOOMS.find(({ id }) => id === zoom)?.years ?? null;
  if (years !== null) {
    const half = (years * YEAR_MS) / 2;
    return { from: middle - half, to: middle + half };
  }
  const margin = Math.max(all.to - all.from, WINDOW_MIN_MS) * MARGIN;
  return { from: all.from - margin, to: all.to + margin };
};

/** Half a window earlier (-1) or later (1): the middle to go to. */
export const moved = ({ from, to }: Window, by: -1 | 1): number =>
  (from + to) / 2 + (by * (to - from)) / 2;

/** Where an instant stands on a line of some width, also outside of it. */
export const placeOf = (at: number, { from, to }: Window, width: number): number =>
  ((at - from) / (to - from)) * width;

export type Tick = {
  readonly at: number;
  readonly label: string;
  /** Where a larger unit begins: drawn stronger. */
  readonly major: boolean;
};

/** Steps of a calendar, in months; below that in weeks. */
const MONTH_STEPS = [1, 3, 12, 24, 60, 120] as const;
const WEEK_MS = 7 * DAY_MS;
const MONTH_MS = YEAR_MS / 12;
const TICKS_MAX = 400;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const monthTick = (month: number, step: number): Tick => {
  const [year, ofYear] = [Math.floor(month / 12), month % 12];
  const begins = ofYear === 0;
  const quarter = step === 3 ? `Q${ofYear / 3 + 1}` : (MONTHS[ofYear] ?? '');
  const label = step >= 12 ? String(year) : begins ? `${quarter} ${year}` : quarter;
  return { at: Date.UTC(year, ofYear, 1), label, major: step < 12 ? begins : year % 10 === 0 };
};

const monthTicks = ({ from, to }: Window, step: number): readonly Tick[] => {
  const first = new Date(from);
  const begin = first.getUTCFullYear() * 12 + first.getUTCMonth();
  const ticks: Tick[] = [];
  for (let month = Math.ceil(begin / step) * step; ticks.length < TICKS_MAX; month += step) {
    const tick = monthTick(month, step);
    if (tick.at > to) break;
    if (tick.at >= from) ticks.push(tick);
  }
  return ticks;
};

const weekTicks = ({ from, to }: Window): readonly Tick[] => {
  const monday = Date.UTC(2024, 0, 1);
  const ticks: Tick[] = [];
  const begin = monday + Math.ceil((from - monday) / WEEK_MS) * WEEK_MS;
  for (let at = begin; at <= to && ticks.length < TICKS_MAX; at += WEEK_MS) {
    const day = new Date(at);
    const label = `${day.getUTCDate()} ${MONTHS[day.getUTCMonth()] ?? ''}`;
    ticks.push({ at, label, major: day.getUTCDate() <= 7 });
  }
  return ticks;
};

/** The finest division of the calendar whose labels have room. */
export const ticksOf = (window: Window, width: number, labelPx = 64): readonly Tick[] => {
  const perPx = (window.to - window.from) / Math.max(width, 1);
  if (WEEK_MS / perPx >= labelPx) return weekTicks(window);
  const step = MONTH_STEPS.find((months) => (months * MONTH_MS) / perPx >= labelPx) ?? 120;
  return monthTicks(window, step);
};
