import type { Aggregate } from '../../core/aggregate.js';
import type { StoredEvent } from '../../core/event.js';
import { replay } from '../../core/fold.js';
import type { ProjectedEntry, Projection, View } from '../../core/projection.js';
import { Fault } from '../../core/refusal.js';
import { upcast } from '../../core/upcast.js';
import type { JournalEntry, JournalMessage, LogEntry } from '../../write/store/port.js';
import type { Fold } from '../views/port.js';
import { ERROR_LENGTH_MAX } from './limits.js';
import { notJson } from './not-json.js';
import { projected } from './projected.js';

/**
 * One event, or one entry of the journal, on its way into documents. `unit` is what keeps its
 * order and is parked as a whole: the aggregate; each entry of the journal stands for itself.
 */
export type Step = {
  readonly unit: string;
  readonly sequence: number;
  readonly type: string;
  /** Documents it concerns. */
  readonly keys: readonly string[];
  /** null: it changes no document. */
  readonly change: ((view: View, key: string) => View | null) | null;
  /** The state of its aggregate after it; null when the projection keeps none. */
  readonly fold: Fold | null;
  /** Why it cannot be applied, known before it was tried. */
  readonly error: string | null;
  /** Whether an operator left it out. */
  readonly leftOut: boolean;
};

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

/** What went wrong, as a text that is kept. */
export const errorText = (error: unknown): string => {
  const text =
    error instanceof Fault
      ? `${error.code}: ${error.message}${error.cause instanceof Error ? ` (${error.cause.message})` : ''}`
      : String(error);
  return text.length > ERROR_LENGTH_MAX ? `${text.slice(0, ERROR_LENGTH_MAX)}…` : text;
};

const foldNext = (
  definition: Aggregate,
  before: Fold,
  event: StoredEvent,
  data: Readonly<Record<string, unknown>>,
): Fold => {
  if (event.aggregate_version !== before.version + 1)
    throw new Fault(
      'HISTORY_BROKEN',
      `version ${event.aggregate_version} of ${definition.name} ${event.aggregate_id} came after version ${before.version}; run "stele doctor"`,
    );
  return {
    state: replay(definition, before.state, { ...event, data }),
    version: event.aggregate_version,
  };
};

/** Whether a projection would do anything about an event. */
export const matters = (projection: Projection, source: string, event: StoredEvent): boolean =>
  projection.folds || projection.wants(source, event.event_type);

/** The steps of events of one source, in order: upcast, folded, and with the keys they concern. */
export const eventSteps = (
  projection: Projection,
  definition: Aggregate,
  events: readonly StoredEvent[],
  known: Known,
): Step[] => {
  const folds = new Map<string, Fold>();
  const foldOf = (id: string): Fold =>
    folds.get(id) ?? known.folds.get(id) ?? { state: definition.initial, version: 0 };
  const stuck = new Set(known.parked);
  const steps: Step[] = [];
  for (const event of events) {
    if (!matters(projection, definition.slug, event)) continue;
    const { aggregate_id: unit, sequence, event_type: type } = event;
    const leftOut = known.discarded.has(sequence);
    const nothing = {
      unit,
      sequence,
      type,
      keys: [],
      change: null,
      fold: null,
      error: null,
      leftOut,
    };
    if (stuck.has(unit)) {
      steps.push(nothing);
      continue;
    }
    const before = foldOf(unit);
    try {
      const data = upcast(definition, type, event.event_version, event.data);
      const fold = projection.folds ? foldNext(definition, before, event, data) : null;
      if (leftOut || !projection.wants(definition.slug, type)) steps.push({ ...nothing, fold });
      else {
        const states = fold ? { before: before.state, after: fold.state } : undefined;
        const one = projected(event, data, states);
        const change: Step['change'] = (view, key) => projection.apply(view, one, key);
        steps.push({
          unit,
          sequence,
          type,
          keys: projection.keysOf(one),
          change,
          fold,
          error: null,
          leftOut,
        });
      }
      if (fold) folds.set(unit, fold);
    } catch (error) {
      if (leftOut) {
        // It cannot be folded: the state stays, and the next event follows it all the same.
        const fold = projection.folds ? { ...before, version: event.aggregate_version } : null;
        if (fold) folds.set(unit, fold);
        steps.push({ ...nothing, fold });
      } else {
        stuck.add(unit);
        steps.push({ ...nothing, error: errorText(error) });
      }
    }
  }
  return steps;
};

/** The place of an entry of the journal: `<sequence of the message>-<index in it>`. */
export const entryId = (sequence: number, index: number): string => `${sequence}-${index}`;

const entryStep = (
  projection: Projection,
  entry: JournalEntry,
  at: { readonly sequence: number; readonly index: number; readonly leftOut: boolean },
): Step => {
  const { sequence, leftOut } = at;
  const entry_id = entryId(sequence, at.index);
  const nothing = {
    unit: entry_id,
    sequence,
    type: entry.outcome,
    keys: [],
    change: null,
    fold: null,
    error: null,
    leftOut,
  };
  if (leftOut) return nothing;
  try {
    const one: ProjectedEntry = { ...entry, entry_id, sequence };
    const change: Step['change'] = (view, key) => projection.applyEntry(view, one, key);
    return { ...nothing, keys: projection.keysOfEntry(one), change };
  } catch (error) {
    return { ...nothing, error: errorText(error) };
  }
};

/** The steps of messages of the journal. */
export const journalSteps = (
  projection: Projection,
  messages: readonly JournalMessage[],
  discarded: ReadonlySet<string>,
): Step[] =>
  messages.flatMap(({ sequence, entries }) =>
    entries.map((entry, index) =>
      entryStep(projection, entry, {
        sequence,
        index,
        leftOut: discarded.has(entryId(sequence, index)),
      }),
    ),
  );

/** Keys of all documents that steps concern. */
export const keysOfSteps = (steps: readonly Step[]): string[] => [
  ...new Set(steps.flatMap(({ keys }) => keys)),
];

/** One step on the documents as they are; throws when any of them cannot take it. */
const changesOf = (
  projection: Projection,
  step: Step,
  current: (key: string) => View | null,
): (readonly [string, View | null])[] =>
  step.keys.flatMap((key) => {
    const stored = current(key);
    const before = stored ?? projection.initial;
    const after = step.change?.(before, key) ?? null;
    if (after === before || (after === null && stored === null)) return [];
    const wrong = after && notJson(after, before);
    if (wrong)
      throw new TypeError(`the document ${key} would hold something that is no JSON at "${wrong}"`);
    return [[key, after] as const];
  });

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
        for (const [key, after] of changesOf(projection, step, current)) documents.set(key, after);
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

/** The events among the entries of a log. */
export const eventsIn = (entries: readonly LogEntry[]): StoredEvent[] =>
  entries.flatMap((entry) => ('event' in entry ? [entry.event] : []));
