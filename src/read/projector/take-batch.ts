import type { ProjectionSource } from '../../core/projection.js';
import type { JournalMessage } from '../../write/store/event-feeds.js';
import type { LogEntry } from '../../write/store/event-log.js';
import type { Parked } from '../views/port.js';
import {
  applyBatch,
  eventSteps,
  foldsNeededBy,
  happenedIn,
  journalSteps,
  keysOfSteps,
} from './apply-batch.js';
import type { Message } from './feeds.js';
import type { KnownSlot } from './known-slot.js';
import { parkedAfter } from './parking.js';
import type { SourceProgress } from './source-progress.js';
import type { Step } from './step.js';

/** What became of a batch. */
export type Taken = {
  /** Whether nothing had to be written: the checkpoint follows later. */
  readonly quiet: boolean;
  /** Aggregates that were parked by it. */
  readonly failed: readonly Parked[];
};

/**
 * Take a batch: documents, states, what waits and the checkpoint, in one transaction.
 * @param now ISO 8601 UTC
 */
export const takeBatch = async (
  known: KnownSlot,
  progress: SourceProgress,
  { messages, now }: { readonly messages: readonly Message[]; readonly now: string },
): Promise<Taken> => {
  const { slug } = progress.source;
  const { steps, at } = await stepsOf(known, progress.source, messages);
  const documents = await known.documentsOf(keysOfSteps(steps));
  const applied = applyBatch(known.projection, steps, { documents, parked: known.parkedIn(slug) });
  const { sequence } = messages[messages.length - 1]!;
  const reached = { sequence, at: at ?? progress.at };
  const quiet = applied.documents.size + applied.folds.size + applied.waiting.size === 0;
  const park = parkedAfter(slug, applied, known.parked, now);
  if (!quiet) {
    const advance = { source: slug, expected: progress.written, ...reached };
    await known.write(slug, applied, { advance, park });
    progress.written = sequence;
  }
  progress.taken = sequence;
  progress.at = reached.at;
  return { quiet, failed: park.filter(({ aggregate_id }) => applied.failed.has(aggregate_id)) };
};

const stepsOf = async (
  known: KnownSlot,
  { slug, definition }: ProjectionSource,
  messages: readonly Message[],
): Promise<{ readonly steps: readonly Step[]; readonly at: string | null }> => {
  const left = known.discarded.filter(({ source }) => source === slug);
  if (definition === null) {
    const journal = messages as readonly JournalMessage[];
    const at = journal.at(-1)?.entries.at(-1)?.received_at ?? null;
    const discarded = new Set(left.map(({ aggregate_id }) => aggregate_id));
    return { at, steps: journalSteps(known.projection, journal, discarded) };
  }
  const entries = happenedIn(messages as readonly LogEntry[]);
  const parked = known.parkedIn(slug);
  const needed = foldsNeededBy(entries).filter(({ id }) => !parked.has(id));
  const folds = await known.foldsBefore(slug, needed);
  const discarded = new Set(left.map(({ sequence }) => sequence));
  const last = entries.findLast((entry) => 'event' in entry);
  return {
    at: last && 'event' in last ? last.event.event_timestamp : null,
    steps: eventSteps(known.projection, definition, entries, { folds, parked, discarded }),
  };
};

/** Write how far sources were taken over messages that changed nothing. */
export const writeCheckpoints = async (
  known: KnownSlot,
  progress: Iterable<SourceProgress>,
): Promise<void> => {
  for (const one of progress) {
    const { source, written: expected, taken: sequence, at } = one;
    if (sequence === expected) continue;
    const advance = { source: source.slug, expected, sequence, at };
    await known.write(source.slug, { documents: new Map(), folds: new Map() }, { advance });
    one.written = sequence;
  }
};
