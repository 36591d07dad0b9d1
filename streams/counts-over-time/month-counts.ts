import { z } from 'zod';

/** When it was true in the world, and when it was written down. */
export const CLOCKS = ['effective', 'recorded'] as const;

const Count = z.number().default(0);

/** What happened in one month, by one of the clocks. */
export const MonthCounts = z.object({
  clock: z.enum(CLOCKS).default('effective'),
  month: z.string().default(''),
  events: Count,
  created: Count,
  deleted: Count,
  deprecated: Count,
  retired: Count,
  transitions: Count,
  entered: Count,
  left: Count,
  owner_changes: Count,
  classification_changes: Count,
  net_planned: Count,
  net_active: Count,
  net_deprecated: Count,
  net_retired: Count,
});
export type MonthCounts = z.output<typeof MonthCounts>;
