import { z } from 'zod';

const Text = z.string().default('');

const Visits = z.object({
  status: z.string(),
  /** How often it came into this status. */
  entered: z.number(),
  /** Stays that are over: how many, seconds in all of them, the longest, and the latest of them. */
  stays: z.number(),
  seconds: z.number(),
  longest_seconds: z.number(),
  latest_seconds: z.array(z.number()),
});
const Travelled = z.object({
  from: z.string(),
  event: z.string(),
  to: z.string(),
  count: z.number(),
  last_at: z.string(),
});

/** Where an aggregate stands in its lifecycle, and how it came there. */
export const Lifecycle = z.object({
  aggregate_type: Text,
  aggregate_id: Text,
  status: Text,
  /** Since when it has this status, in the world. */
  since: z.string().nullable().default(null),
  deleted: z.boolean().default(false),
  statuses: z.array(Visits).default([]),
  edges: z.array(Travelled).default([]),
});

export type Visits = z.output<typeof Visits>;
export type Travelled = z.output<typeof Travelled>;
export type Lifecycle = z.output<typeof Lifecycle>;
