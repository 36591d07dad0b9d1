import { z } from 'zod';

const Counts = z.record(z.string(), z.number());
/** How far an import or a revert is, as a server tells it. */
export const ImportStatus = z.looseObject({
  import_id: z.string(),
  correlation_id: z.string(),
  operation: z.enum(['import', 'revert']),
  dry_run: z.boolean(),
  state: z.enum(['planning', 'running', 'finished', 'interrupted', 'stopped', 'failed']),
  reason: z.string().nullable(),
  code: z.string().nullable(),
  done: z.number(),
  total: z.number(),
  sent: z.object({
    accepted: z.number(),
    replayed: z.number(),
    refused: z.number(),
    left_out: z.number(),
  }),
  found: Counts,
  commands: Counts,
  notes: Counts,
  refusals: Counts,
});
export type ImportStatus = z.output<typeof ImportStatus>;
