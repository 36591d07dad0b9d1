import { type InfiniteData, keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { isNotNow } from '../../../src/client/stele-problem.js';
import { address, type Query } from './address.js';
import { ask, node } from './node.js';
import type { Page } from './types.js';

const PAGE_SIZE = 100;
const ASK_AGAIN_MS = 3_000;
/** A list that was scrolled further than this is asked anew from its beginning only. */
const PAGES_REFRESHED = 10;

export type List<T> = {
  readonly items: readonly T[];
  readonly total: number | undefined;
  readonly error: Error | null;
  readonly loading: boolean;
  readonly hasMore: boolean;
  readonly more: () => void;
  readonly retry: () => void;
  /** The moment as the server understood it. */
  readonly moment: { readonly as_of?: string; readonly effective_at?: string };
};

/** A list of the server, filtered and sorted there, loaded page by page as it is scrolled. */
export const useList = <T>(
  path: string,
  query: Query = {},
  options: { readonly follows?: readonly string[]; readonly enabled?: boolean } = {},
): List<T> => {
  const full = address(path, { limit: PAGE_SIZE, ...query });
  const answer = useInfiniteQuery<
    Page<T>,
    Error,
    InfiniteData<Page<T>>,
    readonly string[],
    string | null
  >({
    queryKey: ['list', full],
    meta: { follows: options.follows },
    enabled: options.enabled ?? true,
    placeholderData: keepPreviousData,
    retry: false,
    maxPages: PAGES_REFRESHED * 100,
    refetchInterval: ({ state }) =>
      state.status === 'error' && isNotNow(state.error) ? ASK_AGAIN_MS : false,
    initialPageParam: null,
    getNextPageParam: ({ next_cursor }) => next_cursor,
    queryFn: ({ pageParam, signal }) => {
      const isNow = query.as_of === undefined && query.effective_at === undefined;
      const cursor = pageParam ?? undefined;
      const asked = address(path, { limit: PAGE_SIZE, ...query, cursor });
      const isFirst = isNow && pageParam === null;
      return isFirst ? node.read<Page<T>>(asked, {}, { signal }) : ask<Page<T>>(asked, { signal });
    },
  });
  const { data } = answer;
  const items = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data]);
  const first = data?.pages[0];
  return {
    items,
    total: first?.total,
    error: answer.error,
    loading: answer.isPending,
    hasMore: answer.hasNextPage,
    more: () => {
      if (answer.hasNextPage && !answer.isFetchingNextPage) void answer.fetchNextPage();
    },
    retry: () => void answer.refetch(),
    moment: {
      ...(first?.as_of !== undefined && { as_of: first.as_of }),
      ...(first?.effective_at !== undefined && { effective_at: first.effective_at }),
    },
  };
};
