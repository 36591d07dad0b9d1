import { isDeepStrictEqual } from 'node:util';
import type { Aggregate, State } from '../core/aggregate.js';
import { seal } from '../core/event.js';
import { replay } from '../core/fold.js';
import { eventId } from '../core/ids.js';
import { canonicalInstant } from '../core/instant.js';
import type {
  AnyEventOf,
  Projected,
  ProjectedEntry,
  Projection,
  TypedProjection,
  View,
} from '../core/projection.js';
import { done } from '../core/steps.js';
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

/** Something that a projection takes. */
export type Arrival = Projected | ProjectedEntry;

const FIRST_AT_MS = Date.parse('2026-01-06T10:00:00.000Z');
const MINUTE_MS = 60_000;

const freeze = <T>(value: T): T => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.values(value).forEach(freeze);
  return Object.freeze(value);
};

/** An event with the states around it, which only projections with `folds: true` may look at. */
const withStates = (
  projection: Projection,
  event: Omit<Projected, 'before' | 'after'>,
  states: { readonly before: State; readonly after: State },
): Projected => {
  if (projection.folds) return { ...event, ...states };
  const refuse = (): never => {
    throw new TypeError(`${projection.name} looks at states, but does not say "folds: true"`);
  };
  return Object.defineProperties(event as Projected, {
    before: { get: refuse },
    after: { get: refuse },
  });
};

/**
 * Events as a projection sees them, in the order given: sequences count per type, versions per
 * aggregate, and each event has to fit the chart and its schema.
 */
export const arrivals = (
  projection: Projection,
  given: readonly (GivenEvent | GivenEntry)[],
): readonly Arrival[] => {
  const states = new Map<string, { readonly state: State; readonly version: number }>();
  const sequences = new Map<string, number>();
  const next = (source: string): number => {
    const sequence = (sequences.get(source) ?? 0) + 1;
    sequences.set(source, sequence);
    return sequence;
  };
  return given.map((one, index): Arrival => {
    if ('journal' in one) {
      const sequence = next('journal');
      return freeze({ entry_id: `${sequence}-0`, sequence, ...one.journal });
    }
    const { type, id, event, data } = one;
    const source = projection.sources.find(({ definition }) => definition?.name === type);
    const definition = source?.definition;
    if (!definition) throw new Expectation(`${projection.name} takes no events of ${type}`);
    const schema = definition.events[event]?.schema;
    if (!schema) throw new Expectation(`${type} has no event ${event}`);
    const known = states.get(`${type} ${id}`) ?? { state: definition.initial, version: 0 };
    const event_timestamp = one.at ?? new Date(FIRST_AT_MS + index * MINUTE_MS).toISOString();
    const { hash: _, ...record } = seal({
      event_id: one.event_id ?? eventId('given', index, { aggregate_type: type, aggregate_id: id }),
      event_type: event,
      event_version: definition.events[event]!.version,
      aggregate_type: type,
      aggregate_id: id,
      aggregate_version: known.version + 1,
      event_timestamp,
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
      data: schema.parse(data) as Record<string, unknown>,
      previous_hash: null,
    });
    const state = replay(definition, known.state, record);
    states.set(`${type} ${id}`, { state, version: known.version + 1 });
    const seen = {
      ...record,
      hash: '',
      sequence: next(definition.slug),
      event_timestamp: canonicalInstant(event_timestamp),
      effective_at: one.effective_at === undefined ? null : canonicalInstant(one.effective_at),
      occurred_at: canonicalInstant(one.effective_at ?? event_timestamp),
    };
    return freeze(withStates(projection, seen, { before: known.state, after: state }));
  });
};

/** The documents that a projection makes of what arrives, in this order. They cannot be changed. */
export const project = (
  projection: Projection,
  arriving: readonly Arrival[],
): ReadonlyMap<string, View> => {
  const documents = new Map<string, View>();
  const initial = freeze(structuredClone(projection.initial));
  for (const one of arriving) {
    const entry = 'entry_id' in one;
    const keys = entry
      ? projection.keysOfEntry(one as ProjectedEntry)
      : projection.keysOf(one as Projected);
    for (const key of keys) {
      const before = documents.get(key) ?? initial;
      const after = entry
        ? projection.applyEntry(before, one as ProjectedEntry, key)
        : projection.apply(before, one as Projected, key);
      if (after === null || after === initial) documents.delete(key);
      else documents.set(key, freeze(after));
    }
  }
  return documents;
};

/** Documents of other projections, by projection and key. */
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

const NOW = '2026-01-06T12:00:00.000Z';

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
