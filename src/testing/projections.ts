import { isDeepStrictEqual } from 'node:util';
import type { Aggregate, State } from '../core/aggregate.js';
import { deepFreeze } from '../core/deep-freeze.js';
import { type StoredEvent, seal } from '../core/event.js';
import { replay } from '../core/fold.js';
import { eventId } from '../core/ids.js';
import {
  type AnyEventOf,
  JOURNAL,
  type Projected,
  type Projection,
  type TypedProjection,
  type View,
} from '../core/projection.js';
import { done } from '../core/steps.js';
import {
  type DecodedEntry,
  decodeEvent,
  decodeJournalEntry,
} from '../read/projector/decoded-entry.js';
import { MemoryDocuments } from '../read/projector/memory-documents.js';
import { projected } from '../read/projector/projected.js';
import type { JournalEntry } from '../write/store/command-journal.js';
import { Expectation, plain, show } from './expectation.js';

/** What else can be said of an event of a test; what is left out is made up. */
type Circumstances = {
  /** Server time; default: one minute after the event before. */
  readonly at?: string;
  /** When it became true in the world, as an import says it. */
  readonly effective_at?: string;
  readonly event_id?: string;
  readonly command_id?: string;
  readonly actor?: string;
  readonly actor_type?: string;
  readonly source?: string;
  readonly correlation_id?: string;
  readonly business_justification?: string;
  readonly approval_id?: string;
};

/** Data of a test is often written `as const`. */
type Unchanging<T> = T extends object ? { readonly [K in keyof T]: Unchanging<T[K]> } : T;

type Said<D extends Aggregate, E> = E extends {
  readonly event_type: infer Type;
  readonly data: infer Data;
}
  ? { readonly type: D['name']; readonly event: Type; readonly data: Unchanging<Data> }
  : never;
type SaidOf<D extends Aggregate> = D extends Aggregate ? Said<D, AnyEventOf<D>> : never;

/** An event of the log in a test: of which aggregate, which event, with which data. */
export type GivenEvent<D extends Aggregate = Aggregate> = SaidOf<D> &
  Circumstances & { readonly id: string };
/** An entry of the journal of commands in a test. */
export type GivenEntry = { readonly journal: Readonly<Record<string, unknown>> };

/** A projection whose types are not known takes any event. */
type FromOf<P> =
  P extends TypedProjection<infer A, unknown>
    ? A extends readonly Aggregate[]
      ? A[number]
      : Aggregate
    : Aggregate;
type ViewOf<P> = P extends TypedProjection<unknown, infer V> ? V : View;

const FIRST_AT_MS = Date.parse('2026-01-06T10:00:00.000Z');
const MINUTE_MS = 60_000;
const NOW = '2026-01-06T12:00:00.000Z';

type Known = { readonly state: State; readonly version: number };

/** An event of a test as the log would hold it, of an aggregate as it is `known` so far. */
const stored = (
  definition: Aggregate,
  one: GivenEvent,
  { known, index, sequence }: { readonly known: Known; index: number; sequence: number },
): StoredEvent => {
  const { type, id, event, data } = one;
  const spec = definition.events[event];
  if (!spec) throw new Expectation(`${type} has no event ${event}`);
  const record = seal({
    event_id: one.event_id ?? eventId('given', index, { aggregate_type: type, aggregate_id: id }),
    event_type: event,
    event_version: spec.version,
    aggregate_type: type,
    aggregate_id: id,
    aggregate_version: known.version + 1,
    event_timestamp: one.at ?? new Date(FIRST_AT_MS + index * MINUTE_MS).toISOString(),
    actor: one.actor ?? 'tester',
    actor_type: one.actor_type ?? 'user',
    source: one.source ?? 'api',
    causation_id: one.command_id ?? `command-${index}`,
    command_hash: '',
    correlation_id: one.correlation_id ?? null,
    business_justification: one.business_justification ?? null,
    approval_id: one.approval_id ?? null,
    effective_at: one.effective_at ?? null,
    traceparent: null,
    data: spec.schema.parse(data) as Record<string, unknown>,
    previous_hash: null,
  });
  return { ...record, hash: '', sequence };
};

/**
 * What was given as the projector meets it, in the order given: sequences count per type, versions
 * per aggregate, and each event has to fit the chart and its schema.
 */
export const arrivals = (
  projection: Projection,
  given: readonly (GivenEvent | GivenEntry)[],
): readonly DecodedEntry[] => {
  const states = new Map<string, Known>();
  const sequences = new Map<string, number>();
  const next = (source: string): number => {
    const sequence = (sequences.get(source) ?? 0) + 1;
    sequences.set(source, sequence);
    return sequence;
  };
  return given.map((one, index): DecodedEntry => {
    if ('journal' in one) {
      const entry = one.journal as unknown as JournalEntry;
      return decodeJournalEntry(entry, next(JOURNAL), 0);
    }
    const source = projection.sources.find(({ definition }) => definition?.name === one.type);
    const definition = source?.definition;
    if (!definition) throw new Expectation(`${projection.name} takes no events of ${one.type}`);
    const unit = `${one.type} ${one.id}`;
    const known = states.get(unit) ?? { state: definition.initial, version: 0 };
    const sequence = next(definition.slug);
    const event = stored(definition, one, { known, index, sequence });
    const after = replay(definition, known.state, event);
    states.set(unit, { state: after, version: event.aggregate_version });
    const decoded = decodeEvent(definition, event);
    if (decoded.kind !== 'event' || !projection.withState) return decoded;
    const seen = projected(event, event.data, { before: known.state, after });
    return { ...decoded, event: () => seen };
  });
};

/** The events among what was given, as handlers are given them. */
export const eventsOf = (
  projection: Projection,
  given: readonly (GivenEvent | GivenEntry)[],
): readonly Projected[] =>
  arrivals(projection, given).flatMap((one) => (one.kind === 'event' ? [one.event()] : []));

/** A projection whose handlers cannot change what they are given. */
const strict = (projection: Projection, failed: (error: unknown) => void): Projection => {
  const take = <E extends object>(
    apply: (view: View, one: E, key: string) => View | null,
  ): typeof apply => {
    return (view, one, key) => {
      try {
        return deepFreeze(apply(deepFreeze(view), deepFreeze(one), key));
      } catch (error) {
        failed(error);
        throw error;
      }
    };
  };
  const { withState } = projection;
  return {
    ...projection,
    apply: take((view, event: Projected, key) => {
      if (withState) deepFreeze([event.before, event.after]);
      return projection.apply(view, event, key);
    }),
    applyEntry: take(projection.applyEntry),
  };
};

/**
 * The documents that a projection makes of what arrives, in this order, by the function that the
 * projector makes them with; they cannot be changed. A running projection would park what its
 * handlers throw at: here it is thrown.
 */
export const project = (
  projection: Projection,
  arriving: readonly DecodedEntry[],
): ReadonlyMap<string, View> => {
  let thrown: unknown;
  const documents = new MemoryDocuments(
    strict(projection, (error) => {
      thrown ??= error;
    }),
  );
  for (const one of arriving) {
    documents.take(one, { now: () => NOW });
    const [parked] = documents.parked.values();
    if (parked)
      throw (
        thrown ?? new Expectation(`${projection.name} cannot take ${one.type}: ${parked.error}`)
      );
  }
  return documents.views;
};

/** MemoryDocuments of other projections, by projection and key. */
type Others = Readonly<Record<string, Readonly<Record<string, View>>>>;

/** What came of some events, and the sentences to expect of it. */
export type ProjectedDocuments<V = View> = {
  readonly documents: ReadonlyMap<string, V>;
  /** These documents have these fields; null = there is no such document. */
  then(expected: Readonly<Record<string, Partial<V> | null>>): void;
  /** What a report answers; parameters are texts, as in a query. `others` as for `show`. */
  report(
    name: string,
    params?: Readonly<Record<string, string>>,
    now?: string,
    others?: Others,
  ): unknown;
  /** What readers get of a document. `others` = documents of other projections by key. */
  show(
    key: string,
    context?: {
      readonly now?: string;
      readonly others?: Others;
    },
  ): View;
};

/** Schema, JSON and columns: what must be true of every document. */
const checkDocument = (projection: Projection, key: string, document: View): void => {
  const parsed = projection.view.safeParse(document);
  if (!parsed.success)
    throw new Expectation(`${projection.name} ${key} is not as its view says: ${parsed.error}`);
  if (!isDeepStrictEqual(plain(document), parsed.data))
    throw new Expectation(
      `${projection.name} ${key} is not plain JSON in the form of its view: ${show(document)} is read as ${show(parsed.data)}`,
    );
};

const expectFields = (key: string, got: View | undefined, wanted: View | null): void => {
  if (wanted === null || got === undefined) {
    if (wanted === null && got === undefined) return;
    throw new Expectation(`expected ${show({ [key]: wanted })}\ngot ${show(got ?? null)}`);
  }
  const part = Object.fromEntries(Object.keys(wanted).map((field) => [field, got[field]]));
  if (!isDeepStrictEqual(plain(part), plain(wanted)))
    throw new Expectation(`expected ${show({ [key]: wanted })}\ngot ${show({ [key]: part })}`);
};

/**
 * Test a projection in one sentence, without a log or a read store.
 *
 * @example
 * givenEvents(portfolio, { type: 'Application', id: 'a', event: 'OwnerSet', data: { … } })
 *   .then({ a: { owner: 'finance-it' } });
 */
export const givenEvents = <P extends Projection & TypedProjection<unknown, unknown>>(
  projection: P,
  ...given: readonly (GivenEvent<FromOf<P>> | GivenEntry)[]
): ProjectedDocuments<ViewOf<P>> => {
  const documents = project(
    projection,
    arrivals(projection, given as readonly (GivenEvent | GivenEntry)[]),
  );
  for (const [key, document] of documents) checkDocument(projection, key, document);
  const shownTo = (document: View, now: string, others: Others): View =>
    projection.show?.(document, { now, related: (name, key) => others[name]?.[key] }) ?? document;
  return {
    documents: documents as ReadonlyMap<string, ViewOf<P>>,
    then: (expected) => {
      for (const [key, wanted] of Object.entries(expected))
        expectFields(key, documents.get(key), wanted as View | null);
    },
    report: (name, params = {}, now = NOW, others = {}) => {
      const report = projection.reports[name];
      if (!report) throw new Expectation(`${projection.name} has no report ${name}`);
      const all = [...documents.values()].map((document) =>
        report.asShown ? shownTo(document, now, others) : document,
      );
      return done(report.answer(all, report.params.parse(params), { now }));
    },
    show: (key, { now = NOW, others = {} } = {}) => {
      const document = documents.get(key);
      if (!document) throw new Expectation(`${projection.name} has no document ${key}`);
      return shownTo(document, now, others);
    },
  };
};
