import type { Query } from '../../api/http.js';
import type { Page } from '../../api/types.js';
import { useAnswer } from '../../api/use-answer.js';
import type { Window } from './scale.js';

const YEARS_SHOWN_MS = 5 * 365.25 * 86_400_000;
const FOLLOWS = { follows: ['Application'] } as const;

type Ends = { readonly since: string | null; readonly sunset_date: string | null };

/** From the first beginning to the last sunset of all that meet the filters, and to now at least. */
export const useRange = (path: string, query: Query, now: number): Window => {
  const first = useAnswer<Page<Ends>>(path, { ...query, sort: 'since', limit: 1 }, FOLLOWS);
  const last = useAnswer<Page<Ends>>(path, { ...query, sort: '-sunset_date', limit: 1 }, FOLLOWS);
  const since = Date.parse(first.data?.items[0]?.since ?? '');
  const sunset = Date.parse(last.data?.items[0]?.sunset_date ?? '');
  return {
    from: Number.isNaN(since) ? now - YEARS_SHOWN_MS : Math.min(since, now),
    to: Number.isNaN(sunset) ? now : Math.max(sunset, now),
  };
};
