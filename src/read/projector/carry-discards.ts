import type { Discarded } from '../views/port.js';
import type { Draining } from './drain.js';
import { drain } from './drain.js';
import { rowKey } from './parking.js';

/** Names an event, or an entry of the journal, among those that were left out. */
const eventKey = (one: Pick<Discarded, 'source' | 'aggregate_id' | 'sequence'>): string =>
  `${rowKey(one)} ${one.sequence}`;

/** What came of it. */
export type Carried = {
  /** Those that the documents hold already: nothing was changed then. */
  readonly applied: readonly Discarded[];
};

/**
 * Leave events out that were left out of other documents at the same position; what waits behind
 * one of them goes on. What was taken beyond the log, and lost with its tail, is no event any more.
 */
export const carryDiscards = async (
  discards: readonly Discarded[],
  draining: Omit<Draining, 'leaveOut'>,
): Promise<Carried> => {
  const { known, progress } = draining;
  const there = new Set(known.discarded.map(eventKey));
  const missing = discards.filter(
    (one) => !there.has(eventKey(one)) && one.sequence <= (progress.get(one.source)?.taken ?? 0),
  );
  const applied = missing.filter((one) => {
    const row = known.parked.get(rowKey(one));
    return !row || row.sequence > one.sequence;
  });
  if (applied.length > 0) return { applied };
  for (const source of new Set(missing.map((one) => one.source)))
    await known.write(
      source,
      { documents: new Map(), folds: new Map() },
      { advance: null, discard: missing.filter((one) => one.source === source) },
    );
  const left = new Set(known.discarded.map(eventKey));
  for (const row of [...known.parked.values()])
    if (left.has(eventKey(row))) await drain(row, { ...draining, leaveOut: undefined });
  return { applied };
};
