import { type InfiniteData, keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { isNotNow } from '../../../../src/client/stele-problem.js';
import { address, type Query } from '../../api/address.js';
import { ask } from '../../api/node.js';
import type { ChangeKind, Document, FieldChange } from './compared.js';

const PAGE_SIZE = 50;
const ASK_AGAIN_MS = 3_000;
/** The first question about a moment may have to compute it. */
const WITHIN_MS = 60_000;

export type Change = {
  readonly key: string;
  readonly change: ChangeKind;
  readonly document: Document;
  readonly fields?: readonly FieldChange[];
};
type End = { readonly as_of?: string | null; readonly effective_at?: string | null };
export type Difference = {
  readonly from: End;
  readonly to: End;
  readonly totals: Readonly<Record<ChangeKind | 'unchanged', number>>;
  readonly items: readonly Change[];
  readonly has_more: boolean;
  readonly next_cursor: string | null;
};

/** What is different between two moments, page by page; everything is counted on each. */
export const useChanges = (view: string, query: Query) => {
  const path = `/views/${view}/diff`;
  return useInfiniteQuery<
    Difference,
    Error,
    InfiniteData<Difference>,
    readonly string[],
    string | null
  >({
    queryKey: ['changes', address(path, query)],
    placeholderData: keepPreviousData,
    retry: false,
    refetchInterval: ({ state }) =>
      state.status === 'error' && isNotNow(state.error) ? ASK_AGAIN_MS : false,
    initialPageParam: null,
    getNextPageParam: ({ next_cursor }) => next_cursor,
    queryFn: ({ pageParam, signal }) =>
      ask<Difference>(address(path, { ...query, limit: PAGE_SIZE, cursor: pageParam }), {
        signal,
        withinMs: WITHIN_MS,
      }),
  });
};
