import type { StoredEvent } from './event.js';
import { Fault } from './refusal.js';

/** Messages that are gone from among the others of a stream; of one aggregate, where that is known. */
export class Hole extends Fault {
  constructor(
    readonly stream: string,
    readonly from: number,
    readonly to: number,
    aggregate?: string,
  ) {
    const what = from === to ? `message ${from}` : `messages ${from} to ${to}`;
    super(
      'HISTORY_BROKEN',
      aggregate === undefined
        ? `${stream} lost ${what} from among the others: restore it, or go on without with "stele accept-loss"; "stele doctor" tells more`
        : `the history of ${aggregate} is broken: ${stream} lost ${what} of it: restore it; "stele doctor" tells more`,
    );
  }
}

/** A history that does not hang together at an event: something before it was lost or changed. */
export const historyBroken = (
  { aggregate_type, aggregate_id, sequence }: StoredEvent,
  broken: string,
): Fault =>
  new Fault(
    'HISTORY_BROKEN',
    `the history of ${aggregate_type} ${aggregate_id} is broken at sequence ${sequence}: ${broken}; run "stele doctor"`,
  );
