import { z } from 'zod';

const Source = z.looseObject({
  source: z.string(),
  sequence: z.number(),
  end: z.number(),
  lag_events: z.number(),
  lag_seconds: z.number(),
});
const Build = z.looseObject({
  generation: z.number(),
  version: z.number(),
  done: z.number(),
  total: z.number(),
  events_per_second: z.number(),
  eta_seconds: z.number().nullable(),
  caught_up: z.boolean(),
  switch_when_ready: z.boolean(),
});

/** The state of a projection as a server tells it. */
export const ProjectionStatus = z.looseObject({
  name: z.string(),
  summary: z.string(),
  state: z.string(),
  reason: z.string().nullable(),
  version: z.number(),
  generation: z.number(),
  documents: z.number(),
  sources: z.array(Source),
  lag_events: z.number(),
  lag_seconds: z.number(),
  parked_aggregates: z.number(),
  parked_events: z.number(),
  discarded_events: z.number(),
  build: Build.nullable(),
  previous: z.looseObject({ generation: z.number(), version: z.number() }).nullable(),
});
export type ProjectionStatus = z.output<typeof ProjectionStatus>;
export const Statuses = z.looseObject({ projections: z.array(ProjectionStatus) });

/** Two sets of documents, compared. */
export const Comparison = z.looseObject({
  equal: z.boolean(),
  documents: z.number(),
  only_in_first: z.number(),
  only_in_second: z.number(),
  different: z.number(),
  differences: z.array(
    z.looseObject({
      key: z.string(),
      first: z.unknown().optional(),
      second: z.unknown().optional(),
    }),
  ),
  position: z.string(),
});
export type Comparison = z.output<typeof Comparison>;

const ParkedOne = z.looseObject({
  source: z.string(),
  aggregate_id: z.string(),
  sequence: z.number(),
  event_type: z.string(),
  error: z.string(),
  attempts: z.number(),
  waiting: z.number(),
  parked_at: z.string(),
});
export type ParkedOne = z.output<typeof ParkedOne>;
export const Parked = z.looseObject({ parked: z.array(ParkedOne) });
export const Drained = z.looseObject({ drained: z.number(), still_parked: z.number() });
