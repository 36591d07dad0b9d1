import type { Counts } from '../../../../src/core/picture/layout.js';
import type { Query } from '../../api/address.js';
import type { Report } from '../../api/types.js';
import { useAnswer } from '../../api/use-answer.js';
import type { MomentQuery } from '../../ui/moment-picker.js';

const STATISTICS = '/views/lifecycles/statistics';

type Spread = { readonly median: number; readonly max: number };
export type StatusStatistics = {
  readonly status: string;
  readonly count: number;
  readonly entered: number;
  /** Of those that left it: how long they had been there. */
  readonly dwell_seconds: (Spread & { readonly p90: number; readonly mean: number }) | null;
  /** Of those in it: for how long they have been there. */
  readonly current_seconds: Spread | null;
};
export type Transition = {
  readonly from: string;
  readonly event: string;
  readonly to: string;
  readonly count: number;
  readonly last_at: string | null;
};
export type Statistics = {
  readonly aggregate_type: string;
  readonly aggregates: number;
  readonly statuses: readonly StatusStatistics[];
  readonly edges: readonly Transition[];
};
export type TypeCounts = {
  readonly aggregate_type: string;
  readonly aggregates: number;
  readonly statuses: readonly { readonly status: string; readonly count: number }[];
};

/** How many aggregates of a type are in each status, how they came there, and how long it took. */
export const useStatistics = (type: string | undefined, moment: MomentQuery) => {
  const query: Query = { aggregate_type: type, ...moment };
  return useAnswer<Report<Statistics>>(type === undefined ? null : STATISTICS, query, {
    ...(type !== undefined && { follows: [type] }),
    reflects: true,
  });
};

/** The same for all types at once, counts only. */
export const useTypeCounts = (moment: MomentQuery = {}) =>
  useAnswer<Report<{ readonly types: readonly TypeCounts[] }>>(
    STATISTICS,
    { ...moment },
    { reflects: true },
  );

/** As the picture takes it: nothing is ever counted in the status before the beginning. */
export const countsOf = ({ statuses, edges }: Statistics, initial: string): Counts => ({
  statuses: Object.fromEntries(
    statuses.filter(({ status }) => status !== initial).map(({ status, count }) => [status, count]),
  ),
  edges,
});
