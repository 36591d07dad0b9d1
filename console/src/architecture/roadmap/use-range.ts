import type { Query } from '../../api/address.js';
import type { Page } from '../../api/types.js';
import { useAnswer } from '../../api/use-answer.js';
import { rangeOf, type Window } from './window-of.js';

const FOLLOWS = { follows: ['Application'] } as const;

type Ends = { readonly since: string | null; readonly sunset_date: string | null };

/** From the first beginning to the last sunset of all that meet the filters, and to now at least. */
export const useRange = (path: string, query: Query, now: number): Window => {
  const first = useAnswer<Page<Ends>>(path, { ...query, sort: 'since', limit: 1 }, FOLLOWS);
  const last = useAnswer<Page<Ends>>(path, { ...query, sort: '-sunset_date', limit: 1 }, FOLLOWS);
  const since = Date.parse(first.data?.items[0]?.since ?? '');
  const sunset = Date.parse(last.data?.items[0]?.sunset_date ?? '');
  return rangeOf(since, sunset, now);
};
