import { placeOf, type Window } from './window-of.js';

/** An application of the roadmap, as the server tells it. */
export type StatusHistory = {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly lifecycle: string;
  readonly main_capability_id: string | null;
  readonly main_capability_name: string | null;
  readonly spans: readonly {
    readonly lifecycle: string;
    readonly from: string;
    readonly to: string | null;
  }[];
  readonly sunset_date: string | null;
  readonly sunset_plans: readonly {
    readonly at: string;
    readonly from: string | null;
    readonly to: string | null;
  }[];
  readonly slips: number;
  readonly days_slipped: number;
  readonly ended_on: string | null;
  readonly overdue: boolean;
};

/** What is drawn in the line of one application, in pixels from the left. */
export type Shape =
  | {
      readonly kind: 'bar';
      readonly lifecycle: string;
      /** Not yet: what will be if nothing changes. */
      readonly expected: boolean;
      readonly x: number;
      readonly width: number;
      readonly title: string;
    }
  /** From the first sunset date to the one that counts. */
  | { readonly kind: 'slip'; readonly x: number; readonly width: number; readonly title: string }
  /** Still there behind its sunset. */
  | { readonly kind: 'late'; readonly x: number; readonly width: number; readonly title: string }
  | {
      readonly kind: 'sunset';
      /** `now`: the date that counts; `before`: one that was given up. */
      readonly date: 'now' | 'before';
      readonly x: number;
      readonly title: string;
    };

export type Picture = {
  readonly window: Window;
  readonly width: number;
  /** The moment that is shown. */
  readonly now: number;
};

/** A date counts to its end: what is due on a day is not late on it. */
const endOfDay = (date: string): number => Date.parse(`${date}T23:59:59.999Z`);
const dayOf = (instant: string): string => instant.slice(0, 'YYYY-MM-DD'.length);

/** The part of a stretch that is seen. */
const seen = (from: number, to: number, { window, width }: Picture) => {
  const x = Math.max(0, placeOf(from, window, width));
  const end = Math.min(width, placeOf(to, window, width));
  return end <= 0 || x >= width || end < x ? null : { x, width: end - x };
};

const barsOf = (statusHistory: StatusHistory, picture: Picture): Shape[] =>
  statusHistory.spans.flatMap(({ lifecycle, from, to }, index): Shape[] => {
    const begin = Date.parse(from);
    const end = to === null ? Math.max(picture.now, begin) : Date.parse(to);
    const title = `${lifecycle} ${dayOf(from)} to ${to === null ? 'now' : dayOf(to)}`;
    const place = seen(begin, end, picture);
    const bar = { kind: 'bar', lifecycle, title } as const;
    const there: Shape[] = place ? [{ ...bar, expected: false, ...place }] : [];
    const open = to === null && index === statusHistory.spans.length - 1 && lifecycle !== 'retired';
    const until =
      statusHistory.sunset_date === null ? picture.window.to : endOfDay(statusHistory.sunset_date);
    const ahead = open && until > end ? seen(end, until, picture) : null;
    const what =
      statusHistory.sunset_date === null
        ? `${lifecycle}, no end is planned`
        : `${lifecycle} until its sunset on ${statusHistory.sunset_date}`;
    return ahead ? [...there, { ...bar, expected: true, ...ahead, title: what }] : there;
  });

/** The dates of the plan that counts, the first one first; plans that were dropped are over. */
export const sunsetsOf = ({ sunset_plans, sunset_date }: StatusHistory): readonly string[] => {
  const since = sunset_plans.findLastIndex(({ to }) => to === null) + 1;
  const dates = sunset_plans.slice(since).flatMap(({ to }) => to ?? []);
  return dates.length === 0 && sunset_date !== null ? [sunset_date] : dates;
};

const plansOf = (statusHistory: StatusHistory, picture: Picture): Shape[] => {
  const dates = sunsetsOf(statusHistory);
  const [first, last] = [dates[0], dates.at(-1)];
  if (first === undefined || last === undefined) return [];
  const [from, to] = [endOfDay(first), endOfDay(last)];
  const slip = from === to ? null : seen(Math.min(from, to), Math.max(from, to), picture);
  const ended = statusHistory.ended_on === null ? picture.now : endOfDay(statusHistory.ended_on);
  const late = ended > to ? seen(to, ended, picture) : null;
  const marks = dates.flatMap((date, index): Shape[] => {
    const x = placeOf(endOfDay(date), picture.window, picture.width);
    if (x < 0 || x > picture.width) return [];
    const counts = index === dates.length - 1;
    const title = counts ? `sunset ${date}` : `sunset was ${date}`;
    return [{ kind: 'sunset', date: counts ? 'now' : 'before', x, title }];
  });
  return [
    ...(slip ? [{ kind: 'slip', ...slip, title: `moved from ${first} to ${last}` } as const] : []),
    ...(late ? [{ kind: 'late', ...late, title: `still there after ${last}` } as const] : []),
    ...marks,
  ];
};

/** Everything that is drawn of one application. */
export const shapesOf = (statusHistory: StatusHistory, picture: Picture): readonly Shape[] => [
  ...barsOf(statusHistory, picture),
  ...plansOf(statusHistory, picture),
];

/** The same in words, for whoever cannot see it. */
export const storyOf = (statusHistory: StatusHistory): string => {
  const spans = statusHistory.spans.map(
    ({ lifecycle, from, to }) => `${lifecycle} from ${dayOf(from)}${to ? ` to ${dayOf(to)}` : ''}`,
  );
  const dates = sunsetsOf(statusHistory);
  const before = dates.slice(0, -1);
  const sunset = dates.at(-1);
  return [
    ...spans,
    ...(sunset === undefined ? [] : [`sunset ${sunset}`]),
    ...(before.length === 0 ? [] : [`moved from ${before.join(', then ')}`]),
    ...(statusHistory.overdue ? ['overdue'] : []),
  ].join('; ');
};
