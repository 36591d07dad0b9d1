import type { Aggregate } from '../../core/aggregate.js';
import type { Projection, View } from '../../core/projection.js';
import type { JournalMessage } from '../../write/store/event-feeds.js';
import type { LogEntry } from '../../write/store/event-log.js';
import type { Fold } from '../views/port.js';
import { decodeEvent, decodeJournalEntry, decodeLost } from './decoded-entry.js';
import { errorText } from './error-text.js';
import { matters, noStep, type Step, stepOf, takeStep } from './step.js';

/** What is known before a batch. */
export type Known = {
  /** States of the aggregates of the batch; one that is missing has no events yet. */
  readonly folds: ReadonlyMap<string, Fold>;
  /** Units whose events wait. */
  readonly parked: ReadonlySet<string>;
  /** Sequences that an operator left out. */
  readonly discarded: ReadonlySet<number>;
};

/** An event that failed: its unit waits from here on. */
export type Failure = {
  readonly sequence: number;
  readonly event_type: string;
  readonly error: string;
};

/** What a batch changes. Nothing in it is half done: an event is in all its documents or in none. */
export type Applied = {
  /** Documents that changed; null = removed. */
  readonly documents: ReadonlyMap<string, View | null>;
  readonly folds: ReadonlyMap<string, Fold>;
  readonly failed: ReadonlyMap<string, Failure>;
  /** How many events wait, per unit: those of units parked before, or that failed here. */
  readonly waiting: ReadonlyMap<string, number>;
};

/** The steps of what happened to one source, in order. */
export const eventSteps = (
  projection: Projection,
  definition: Aggregate,
  entries: readonly Happened[],
  known: Known,
): Step[] => {
  const folds = new Map<string, Fold>();
  const stuck = new Set(known.parked);
  const steps: Step[] = [];
  for (const entry of entries) {
    if ('event' in entry && !matters(projection, definition.slug, entry.event.event_type)) continue;
    const before = 'event' in entry ? entry.event.aggregate_id : entry.lost.aggregate_id;
    const fold = folds.get(before ?? '') ?? known.folds.get(before ?? '') ?? null;
    const leftOut = known.discarded.has(entry.sequence);
    const decoded =
      'event' in entry
        ? decodeEvent(definition, entry.event)
        : decodeLost(definition, entry.lost, { version: (fold?.version ?? 0) + 1, at: 0 });
    const { unit } = decoded;
    if (stuck.has(unit)) {
      steps.push(noStep(decoded, leftOut));
      continue;
    }
    const step = stepOf(projection, decoded, { fold, leftOut });
    if (step.error !== null) stuck.add(unit);
    else if (step.fold) folds.set(unit, step.fold);
    steps.push(step);
  }
  return steps;
};

/** The steps of messages of the journal. */
export const journalSteps = (
  projection: Projection,
  messages: readonly JournalMessage[],
  discarded: ReadonlySet<string>,
): Step[] =>
  messages.flatMap(({ sequence, entries }) =>
    entries.map((entry, index) => {
      const decoded = decodeJournalEntry(entry, sequence, index);
      return stepOf(projection, decoded, { fold: null, leftOut: discarded.has(decoded.unit) });
    }),
  );

/** Keys of all documents that steps concern. */
export const keysOfSteps = (steps: readonly Step[]): string[] => [
  ...new Set(steps.flatMap(({ keys }) => keys)),
];

/** Apply steps in order to documents (null = there is none). Pure. */
export const applyBatch = (
  projection: Projection,
  steps: readonly Step[],
  before: {
    readonly documents: ReadonlyMap<string, View | null>;
    readonly parked: ReadonlySet<string>;
  },
): Applied => {
  const documents = new Map<string, View | null>();
  const folds = new Map<string, Fold>();
  const failed = new Map<string, Failure>();
  const waiting = new Map<string, number>();
  const current = (key: string): View | null =>
    documents.has(key) ? documents.get(key)! : (before.documents.get(key) ?? null);
  for (const step of steps) {
    const { unit, sequence, type: event_type } = step;
    let error = step.error;
    if (!before.parked.has(unit) && !failed.has(unit) && error === null) {
      try {
        for (const [key, after] of takeStep(projection, step, current)) documents.set(key, after);
        if (step.fold) folds.set(unit, step.fold);
        continue;
      } catch (thrown) {
        error = errorText(thrown);
      }
    }
    if (error !== null && !failed.has(unit)) failed.set(unit, { sequence, event_type, error });
    waiting.set(unit, (waiting.get(unit) ?? 0) + 1);
  }
  return { documents, folds, failed, waiting };
};

/** An event, or that one is gone. */
export type Happened = Extract<LogEntry, { readonly event: unknown } | { readonly lost: unknown }>;

/** What happened among the entries of a log. */
export const happenedIn = (entries: readonly LogEntry[]): Happened[] =>
  entries.flatMap((entry) => ('event' in entry || 'lost' in entry ? [entry] : []));

/** The state that each needs before it: of which aggregate, and before which version. */
export const foldsNeededBy = (
  entries: readonly Happened[],
): readonly { readonly id: string; readonly version: number }[] =>
  entries.flatMap((entry) => {
    if ('event' in entry)
      return [{ id: entry.event.aggregate_id, version: entry.event.aggregate_version }];
    const { aggregate_id: id } = entry.lost;
    return id === null ? [] : [{ id, version: 0 }];
  });
