import { Fault } from '../../core/refusal.js';
import type { EventStore } from '../../write/store/event-store.js';
import type { Discarded, Parked } from '../views/port.js';
import { applyBatch, eventSteps, foldsNeededBy, journalSteps, keysOfSteps } from './apply-batch.js';
import type { KnownSlot } from './known-slot.js';
import { DRAIN_EVENTS_MAX } from './limits.js';
import { type ParkedRow, readUnit, rowKey, settled, type Unit } from './parking.js';
import type { By } from './projections.js';
import type { Progress, SourceProgress } from './source-progress.js';
import { matters, type Step } from './step.js';

/** What trying parked events again came to. */
export type Drained = { readonly drained: number; readonly still_parked: number };

/** What is tried again with, and how. */
export type Draining = {
  readonly known: KnownSlot;
  readonly progress: Progress;
  readonly store: EventStore;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Leave the event that failed out, and who wants that. */
  readonly leaveOut: By | undefined;
};

type Piece = {
  readonly row: Parked | undefined;
  readonly drained: number;
  readonly failed: boolean;
};

/**
 * Try the events of a parked unit again, in order, up to what was taken. A long history is written
 * in pieces, each with its row. `failed` is the row of an event that failed (again).
 * @throws Fault STORE_UNAVAILABLE when the log brings fewer events than wait: it stays parked
 */
export const drain = async (
  which: ParkedRow,
  draining: Draining,
): Promise<Drained & { readonly failed: Parked | undefined }> => {
  let row = draining.known.parked.get(rowKey(which));
  let drained = 0;
  let failed = false;
  for (let piece = 0; row && !failed; piece++) {
    // Only what has failed is left out: the row of a drain that was interrupted names no such event.
    const fails = piece === 0 && row.attempts > 0;
    const leaveOut = fails ? draining.leaveOut : undefined;
    const done = await drainPiece(row, { ...draining, leaveOut });
    drained += done.drained;
    ({ row, failed } = done);
  }
  return { drained, still_parked: row?.waiting ?? 0, failed: failed ? row : undefined };
};

const drainPiece = async (row: Parked, draining: Draining): Promise<Piece> => {
  const { known, store, leaveOut } = draining;
  const now = new Date(draining.clock()).toISOString();
  const progress = draining.progress.get(row.source)!;
  const unit = await readUnit(store, progress.source, row, DRAIN_EVENTS_MAX);
  const steps = await stepsAgain(row, unit, progress, draining);
  if (!unit.more && steps.length < row.waiting) throw tooFew(row, steps.length);
  const documents = await known.documentsOf(keysOfSteps(steps));
  const applied = applyBatch(known.projection, steps, { documents, parked: new Set() });
  const done = steps.length - (applied.waiting.get(row.aggregate_id) ?? 0);
  const next = Math.min(unit.last, progress.taken) + 1;
  const after = settled(row, applied, { done, now, next });
  const { written: expected, taken: sequence, at } = progress;
  await known.write(row.source, applied, {
    // All that was taken, not only what is written: `at` belongs to that.
    advance: { source: row.source, expected, sequence, at },
    park: after ? [after] : [],
    unpark: after ? [] : [{ source: row.source, aggregate_id: row.aggregate_id }],
    discard: leaveOut ? [discarded(row, leaveOut, now)] : [],
  });
  progress.written = sequence;
  const leftOut = steps.slice(0, done).filter((step) => step.leftOut).length;
  return { row: after, drained: done - leftOut, failed: applied.failed.size > 0 };
};

/** Whoever took them for all that wait would lose the rest. */
const tooFew = (row: Parked, found: number): Fault =>
  new Fault(
    'STORE_UNAVAILABLE',
    `${rowKey(row)}: ${row.waiting} events wait and the log brought ${found} of them; it stays parked: try again`,
  );

const stepsAgain = async (
  row: Parked,
  unit: Unit,
  progress: SourceProgress,
  { known, leaveOut }: Draining,
): Promise<readonly Step[]> => {
  const { slug, definition } = progress.source;
  // What was left out before stays so: a set built anew knows of it before it meets the event.
  const left: readonly Pick<Discarded, 'aggregate_id' | 'sequence'>[] = [
    ...known.discarded.filter(({ source }) => source === slug),
    ...(leaveOut ? [row] : []),
  ];
  if (definition === null) {
    const units = new Set(left.map(({ aggregate_id }) => aggregate_id));
    const all = journalSteps(known.projection, unit.messages, units);
    return all.filter((step) => step.unit === row.aggregate_id);
  }
  const events = unit.events.filter(
    (one) =>
      one.sequence <= progress.taken &&
      ('lost' in one || matters(known.projection, slug, one.event.event_type)),
  );
  const folds = await known.foldsBefore(slug, foldsNeededBy(events));
  return eventSteps(known.projection, definition, events, {
    folds,
    parked: new Set<string>(),
    discarded: new Set(left.map(({ sequence }) => sequence)),
  });
};

const discarded = (row: Parked, leaveOut: By, at: string): Discarded => {
  const { source, aggregate_id, sequence, event_type, error } = row;
  return { source, aggregate_id, sequence, event_type, error, ...leaveOut, at };
};
