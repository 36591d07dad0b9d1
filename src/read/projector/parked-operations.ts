import { type Refusal, refuse } from '../../core/refusal.js';
import type { Drained } from './drain.js';
import { type FailedEvent, type ParkedRow, rowKey } from './parking.js';
import type { By } from './projections.js';
import { notNow } from './role.js';
import type { Worker } from './worker.js';

/** Why a worker cannot try this again now. */
const notPossible = (
  name: string,
  worker: Worker,
  which: ParkedRow | 'all',
): Refusal | undefined => {
  // Nothing can be tried again from a log that is not the one it was taken from.
  if (worker.problem?.state === 'log_truncated')
    return notNow('PROJECTION_NOT_READY', `${name}: ${worker.problem.reason}`);
  if (which === 'all' || worker.parked.some((row) => rowKey(row) === rowKey(which)))
    return undefined;
  return refuse('NOT_PARKED', `nothing of ${rowKey(which)} waits for ${name}`);
};

/** Readers were switched to other documents, or it ends, while somebody wanted this. */
const notAnyMore = (name: string): Refusal =>
  notNow('PROJECTION_NOT_READY', `${name}: its documents were switched meanwhile; look again`);

/** Try the events of one parked aggregate, or of all, again. */
export const retryParked = async (
  name: string,
  worker: Worker,
  which: ParkedRow | 'all',
): Promise<Drained | Refusal> => {
  const not = notPossible(name, worker, which);
  if (not) return not;
  let drained = 0;
  let still_parked = 0;
  for (const row of which === 'all' ? worker.parked : [which]) {
    const done = await worker.drain(row);
    if (!done) return notAnyMore(name);
    drained += done.drained;
    still_parked += done.still_parked;
  }
  return { drained, still_parked };
};

/** Leave the event that failed out, and go on with the next one. */
export const discardParked = async (
  name: string,
  worker: Worker,
  { which, by }: { readonly which: FailedEvent; readonly by: By },
): Promise<Drained | Refusal> => {
  const not = notPossible(name, worker, which);
  if (not) return not;
  const row = worker.parked.find((one) => rowKey(one) === rowKey(which));
  if (row?.attempts === 0)
    return refuse(
      'NOT_PARKED',
      `nothing of ${rowKey(which)} has failed since it was tried again in part: retry it`,
    );
  return (await worker.drain(which, by)) ?? notAnyMore(name);
};
