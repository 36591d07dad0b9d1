import { z } from 'zod';
import { answerSchema } from '../openapi/index.js';

const Text = z.string();
const Count = z.int().min(0);

const Status = z.object({
  name: Text,
  summary: Text,
  state: z.enum([
    ...(['starting', 'running', 'waiting', 'stopped', 'stalled'] as const),
    ...(['log_truncated', 'store_unavailable'] as const),
  ]),
  reason: Text.nullable(),
  version: z.number(),
  generation: Count,
  documents: Count,
  sources: z.array(
    z.object({
      source: Text,
      sequence: Count,
      end: Count,
      lag_events: Count,
      lag_seconds: z.number().min(0),
    }),
  ),
  lag_events: Count,
  lag_seconds: z.number().min(0),
  parked_aggregates: Count,
  parked_events: Count,
  discarded_events: Count,
  build: z
    .object({
      generation: Count,
      version: z.number(),
      started_at: Text,
      done: Count,
      total: Count,
      events_per_second: z.number(),
      eta_seconds: z.number().nullable(),
      caught_up: z.boolean(),
      switch_when_ready: z.boolean(),
    })
    .nullable(),
  previous: z.object({ generation: Count, version: z.number() }).nullable(),
  links: z.object({ self: Text, view: Text }),
});
const Statuses = z.object({ projections: z.array(Status) });
const Comparison = z.object({
  equal: z.boolean(),
  documents: Count,
  only_in_first: Count,
  only_in_second: Count,
  different: Count,
  differences: z.array(z.looseObject({ key: Text })),
  position: Text,
});
const Drained = z.object({ drained: Count, still_parked: Count });
const failed = { source: Text, aggregate_id: Text, sequence: Count, event_type: Text, error: Text };
const Parked = z.object({
  parked: z.array(
    z.object({
      ...failed,
      attempts: Count,
      waiting: Count,
      parked_at: Text,
      last_tried_at: Text,
    }),
  ),
  total: Count,
});
const Discarded = z.object({
  discarded: z.array(z.object({ ...failed, by: Text, reason: Text, at: Text })),
  total: Count,
});

/** What operations on projections answer. */
export const PROJECTION_ANSWERS = {
  Status: answerSchema('ProjectionStatus', Status),
  Statuses: answerSchema('ProjectionStatuses', Statuses),
  Comparison: answerSchema('ProjectionComparison', Comparison),
  Drained: answerSchema('ProjectionDrained', Drained),
  Parked: answerSchema('ProjectionParked', Parked),
  Discarded: answerSchema('ProjectionDiscarded', Discarded),
} as const;
