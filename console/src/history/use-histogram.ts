import { useMemo } from 'react';
import type { Query } from '../api/address.js';
import type { Groups, Page } from '../api/types.js';
import { useAnswer } from '../api/use-answer.js';
import { type Bin, binsOf, type Span, type Unit, unitFor } from './bins-of.js';

/** How often the picture of a log that grows is drawn anew. */
const EVERY_MS = 15_000;
const SLOWLY = { follows: [], everyMs: EVERY_MS };

type Row = Readonly<Record<string, unknown>>;
type Counted = Groups & { readonly group_by: string };

const timeIn = (page: Page<Row> | undefined, field: string): string | undefined => {
  const value = page?.items[0]?.[field];
  return typeof value === 'string' ? value : undefined;
};

type Histogram = {
  readonly bins: readonly Bin[];
  readonly unit: Unit;
  readonly total: number;
  readonly error: Error | null;
  readonly retry: () => void;
  /** Nothing is known yet. */
  readonly loading: boolean;
};

/** How many there are over time of all that meets the filters, counted by the server. */
export const useHistogram = (path: string, query: Query, field: string): Histogram => {
  const first = useAnswer<Page<Row>>(path, { ...query, sort: field, limit: 1 }, { follows: [] });
  const last = useAnswer<Page<Row>>(path, { ...query, sort: `-${field}`, limit: 1 }, SLOWLY);
  const [from, to] = [timeIn(first.data, field), timeIn(last.data, field)];
  const span: Span | undefined = useMemo(
    () => (from !== undefined && to !== undefined ? { from, to } : undefined),
    [from, to],
  );
  const unit = span ? unitFor(span) : 'year';
  const group_by = `${field}.${unit}`;
  const counted = useAnswer<Counted>(span ? path : null, { ...query, group_by }, SLOWLY);
  // What was counted by another unit says nothing about these bars.
  const groups = counted.data?.group_by === group_by ? counted.data.groups : undefined;
  const bins = useMemo(() => (span ? binsOf(span, unit, groups ?? []) : []), [span, unit, groups]);
  return {
    bins,
    unit,
    total: last.data?.total ?? 0,
    error: first.error ?? last.error ?? counted.error,
    retry: () => {
      for (const answer of [first, last, counted]) void answer.refetch();
    },
    loading: !first.data || !last.data || (span !== undefined && !groups),
  };
};
