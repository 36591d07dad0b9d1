import { useQueries } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { isNotNow } from '../../../../src/client/stele-problem.js';
import { address, type Query } from '../../api/address.js';
import { node } from '../../api/node.js';
import type { Kind } from '../../api/use-kinds.js';
import { useMay } from '../../api/use-session.js';
import { type HistoryEvent, type HistoryPage, thingPath } from './use-document.js';

const PAGE_SIZE = 100;
const ASK_AGAIN_MS = 3_000;

export type Filter = {
  readonly event_type?: string | undefined;
  readonly field?: string | undefined;
  readonly actor?: string | undefined;
};
export type History = {
  readonly total: number | undefined;
  /** The event in this place, newest first; undefined while it is awaited. */
  readonly at: (index: number) => HistoryEvent | undefined;
  readonly error: Error | undefined;
  readonly retry: () => void;
};

/** Whoever may audit has the filters of the audit log, others those of the history. */
const questionOf = (
  { kind, id, filter }: { readonly kind: Kind; readonly id: string; readonly filter: Filter },
  mayAudit: boolean,
): { readonly path: string; readonly query: Query } => {
  const { event_type, field, actor } = filter;
  const sort = '-aggregate_version';
  if (!mayAudit) return { path: `${thingPath(kind, id)}/history`, query: { field, sort } };
  const one = { aggregate_type: kind.type, aggregate_id: id };
  return { path: '/audit', query: { ...one, event_type, fields: field, actor, sort } };
};

/**
 * The events in the places from `first` to `last`, asked for in pages: one may jump to any place of
 * a long history without loading what is before it.
 */
export const useHistory = (
  of: { readonly kind: Kind; readonly id: string; readonly filter: Filter },
  { first, last }: { readonly first: number; readonly last: number },
): History => {
  const { path, query } = questionOf(of, useMay('audit'));
  const question = address(path, query);
  const from = Math.floor(Math.max(0, first) / PAGE_SIZE);
  const to = Math.floor(Math.max(0, last) / PAGE_SIZE);
  const numbers = Array.from({ length: to - from + 1 }, (_, nth) => from + nth + 1);
  const pages = useQueries({
    queries: numbers.map((page) => ({
      queryKey: ['history', question, page],
      meta: { follows: [of.kind.type] },
      retry: false,
      refetchInterval: ({ state }: { readonly state: { readonly error: Error | null } }) =>
        state.error && isNotNow(state.error) ? ASK_AGAIN_MS : (false as const),
      queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
        node.read<HistoryPage>(address(path, { ...query, page, limit: PAGE_SIZE }), {}, { signal }),
    })),
  });
  const newest = pages.reduce<(typeof pages)[number] | undefined>(
    (best, one) => (one.data && one.dataUpdatedAt >= (best?.dataUpdatedAt ?? 0) ? one : best),
    undefined,
  );
  const known = newest?.data?.total;
  const [kept, keep] = useState<{ readonly question: string; readonly total: number }>();
  useEffect(() => {
    if (known !== undefined) keep({ question, total: known });
  }, [known, question]);
  return {
    total: known ?? (kept?.question === question ? kept.total : undefined),
    at: (index) => pages[Math.floor(index / PAGE_SIZE) - from]?.data?.items[index % PAGE_SIZE],
    error: pages.find(({ error }) => error)?.error ?? undefined,
    retry: () => {
      for (const one of pages) void one.refetch();
    },
  };
};
