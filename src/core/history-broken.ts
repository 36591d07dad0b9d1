import type { StoredEvent } from './event.js';
import { Fault } from './refusal.js';

/** A history that does not hang together at an event: something before it was lost or changed. */
export const historyBroken = (
  { aggregate_type, aggregate_id, sequence }: StoredEvent,
  broken: string,
): Fault =>
  new Fault(
    'HISTORY_BROKEN',
    `the history of ${aggregate_type} ${aggregate_id} is broken at sequence ${sequence}: ${broken}; run "stele doctor"`,
  );
