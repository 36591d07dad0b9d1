import { replay } from '../../core/fold.js';
import type { Projected, Projection, View } from '../../core/projection.js';
import { Fault } from '../../core/refusal.js';
import type { Fold } from '../views/port.js';
import { type DecodedEntry, LOST } from './decoded-entry.js';
import { errorText } from './error-text.js';
import { notJson } from './not-json.js';
import { projected } from './projected.js';

/** One event, or one entry of the journal, on its way into the documents of a projection. */
export type Step = Pick<DecodedEntry, 'unit' | 'sequence' | 'type'> & {
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

/** What is known of the unit before a step. */
type Before = {
  /** Its state; null = it has no events yet. */
  readonly fold: Fold | null;
  readonly leftOut: boolean;
  /** In the order of the world versions need not follow one another. Default: they must. */
  readonly inEffectiveOrder?: boolean;
};

type DecodedEvent = Extract<DecodedEntry, { kind: 'event' }>;

/** Whether a projection would do anything about an event. */
export const matters = (projection: Projection, source: string, eventType: string): boolean =>
  projection.withState || eventType === LOST || projection.wants(source, eventType);

/** A step that does nothing. */
export const noStep = (
  { unit, sequence, type }: Pick<DecodedEntry, 'unit' | 'sequence' | 'type'>,
  leftOut: boolean,
): Step => ({ unit, sequence, type, keys: [], change: null, fold: null, error: null, leftOut });

/** The step that an entry is for a projection: folded, and with the keys it concerns. Never throws. */
export const stepOf = (projection: Projection, entry: DecodedEntry, before: Before): Step => {
  const { leftOut } = before;
  const nothing = noStep(entry, leftOut);
  try {
    if (entry.kind === 'event') return eventStep(projection, entry, before);
    if (entry.kind === 'unreadable') return failed(projection, entry, before, entry.error);
    if (leftOut) return nothing;
    const change: Step['change'] = (view, key) => projection.applyEntry(view, entry.entry, key);
    return { ...nothing, keys: projection.keysOfEntry(entry.entry), change };
  } catch (error) {
    return failed(projection, entry, before, errorText(error));
  }
};

/** What is left out and cannot be folded leaves the state as it is: the next event follows it. */
const failed = (
  projection: Projection,
  entry: DecodedEntry,
  { fold, leftOut }: Before,
  error: string,
): Step => {
  const nothing = noStep(entry, leftOut);
  if (!leftOut) return { ...nothing, error };
  if (!projection.withState || entry.kind === 'entry') return nothing;
  const version = entry.kind === 'event' ? entry.stored.aggregate_version : entry.version;
  const { definition } = projection.sources.find(({ slug }) => slug === entry.source)!;
  return { ...nothing, fold: { state: fold?.state ?? definition!.initial, version } };
};

const eventStep = (projection: Projection, entry: DecodedEvent, before: Before): Step => {
  const { definition, stored, data } = entry;
  const nothing = noStep(entry, before.leftOut);
  const state = before.fold?.state ?? definition.initial;
  const fold = projection.withState ? foldNext(entry, before) : null;
  // An event that is left out of the documents still happened to its aggregate.
  if (before.leftOut || !projection.wants(entry.source, entry.type)) return { ...nothing, fold };
  const event: Projected = fold
    ? projected(stored, data, { before: state, after: fold.state })
    : entry.event();
  const change: Step['change'] = (view, key) => projection.apply(view, event, key);
  return { ...nothing, keys: projection.keysOf(event), change, fold };
};

const foldNext = (
  { definition, stored, data }: DecodedEvent,
  { fold, inEffectiveOrder = false }: Before,
): Fold => {
  const { state, version } = fold ?? { state: definition.initial, version: 0 };
  if (!inEffectiveOrder && stored.aggregate_version !== version + 1)
    throw new Fault(
      'HISTORY_BROKEN',
      `version ${stored.aggregate_version} of ${definition.name} ${stored.aggregate_id} came after version ${version}; run "stele doctor"`,
    );
  return {
    state: replay(definition, state, { ...stored, data }),
    version: stored.aggregate_version,
  };
};

/** Documents that a step changes; null = removed. */
export type Changes = readonly (readonly [key: string, document: View | null])[];

/**
 * A step taken on documents as they are (null = there is none): all of them or, where one cannot
 * take it, none. This is the one place where events become documents.
 *
 * @throws whatever a handler throws, TypeError for what is no JSON
 */
export const takeStep = (
  projection: Projection,
  step: Step,
  current: (key: string) => View | null,
): Changes =>
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
