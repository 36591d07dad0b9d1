import { z } from 'zod';
import type { Permission } from './access.js';
import type { Aggregate, Typed } from './aggregate.js';
import { type AnyObject, type AnySchema, ownSchema } from './any-schema.js';
import { canonical, sha256 } from './canonical.js';
import { carried } from './carried.js';
import { canBeColumn, checkProjection } from './check-projection.js';
import type { Column } from './column.js';
import { columnOf } from './column-of.js';
import { deepFreeze } from './deep-freeze.js';
import type { Projected, View } from './projected.js';

export type { Column, ColumnType } from './column.js';
export type { Projected, View } from './projected.js';

/** The source of what became of commands, beside the streams of aggregate types. */
export const JOURNAL = 'journal';

/**
 * The form in which handlers are given what happened. Raise it when that changes, though no handler
 * did: all documents are then built anew. 2: every time of an event is a canonical instant.
 */
const GIVEN_FORM = 2;

/** What became of one command, as the journal keeps it, with its place there. */
export type ProjectedEntry = Readonly<Record<string, unknown>> & {
  /** `<sequence of the message>-<index in it>` */
  readonly entry_id: string;
  readonly sequence: number;
};

type DataOf<S> = S extends { readonly schema: infer Z extends AnySchema }
  ? z.output<Z>
  : S extends AnySchema
    ? z.output<S>
    : never;
type EventsOf<A> = A extends Typed<infer E, unknown, unknown> ? E : never;
type StateDataOf<A> = A extends Typed<unknown, unknown, infer D> ? D : never;
type NamesOf<A> = keyof EventsOf<A> & string;
type EventsByName<A> = {
  readonly [T in NamesOf<A>]: Projected<T, DataOf<EventsOf<A>[T]>, StateDataOf<A>>;
};
/** An event of a definition whose types are not known here: any `Aggregate`. */
export type SomeEvent = Projected<string, Readonly<Record<string, unknown>>>;
/** Whether a definition came without the types its author wrote. */
type Erased<A> = [EventsOf<A>] extends [never] ? true : false;
/** Any event of an aggregate type, told apart by `event_type`. */
export type AnyEventOf<A> = Erased<A> extends true ? SomeEvent : EventsByName<A>[NamesOf<A>];

/** A document before and an event → the document after; null = no document (any more). Pure. */
export type Handler<V, E> = (view: V, event: E, key: string) => V | null;

type HandlersOf<A, V> = (Erased<A> extends true
  ? { readonly [event: string]: Handler<V, SomeEvent> }
  : { readonly [T in NamesOf<A>]?: Handler<V, EventsByName<A>[T]> }) & {
  /** Every event that has no handler of its own. */
  readonly '*'?: Handler<V, AnyEventOf<A>>;
};

/** The clock of the record (when we knew it), or that of the world (when it was true). */
export type Clock = 'recorded' | 'effective';

/** A question about all documents at once, answered by a pure function. */
export type Report<V = View> = {
  readonly summary: string;
  /** Query parameters: an object schema over texts; use `z.coerce` for numbers. */
  readonly params: z.ZodObject;
  /**
   * Which clock an answer is on. `effective`: it is made of what is true by now, events in the order
   * in which they became true, where live documents have them as recorded. Default: `recorded`.
   */
  readonly clock?: (params: Readonly<Record<string, unknown>>) => Clock;
  /** Whether it is given documents as readers get them, with what `show` adds. Default false. */
  readonly asShown?: boolean;
  /**
   * A generator where it may take long: it yields between its steps, others get their turn there,
   * and what it returns is the answer.
   */
  readonly answer: (
    documents: readonly V[],
    params: Readonly<Record<string, unknown>>,
    context: { readonly now: string },
  ) => unknown;
};

/** A report whose answer knows the types of its parameters. */
export const report = <V, P extends AnyObject>(one: {
  readonly summary: string;
  readonly params: P;
  readonly clock?: (params: z.output<P>) => Clock;
  readonly asShown?: boolean;
  readonly answer: (
    documents: readonly V[],
    params: z.output<P>,
    context: { readonly now: string },
  ) => unknown;
}): Report<V> => one as unknown as Report<V>;

/** What `show` knows besides the document. */
export type ShowContext = {
  /** The moment that is asked about, ISO 8601 UTC. */
  readonly now: string;
  /** A document that `related` named, or undefined. */
  readonly related: (projection: string, key: string) => View | undefined;
};
export type Related = { readonly projection: string; readonly key: string };

/**
 * A tree that a column points into: the documents of a projection, each naming the one above in
 * its column `parent`. A filter `<column>.within=<key>` then takes that document and all below it.
 */
export type Within = { readonly projection: string; readonly parent: string };

type Field<V> = keyof V & string;

export type ProjectionDefinition<
  N extends string,
  A extends readonly Aggregate[],
  S extends AnyObject,
  V = z.output<S>,
> = {
  /** kebab-case noun a user would say: `application-portfolio`. */
  readonly name: N;
  readonly summary: string;
  /**
   * Raise it when handlers, or what they call, make other documents than before: they are built anew
   * then. What else shapes a document, its view, its columns, its sources, is seen by itself.
   * Default 1.
   */
  readonly version?: number;
  /** JSON that handlers were made from, where a function makes projections: seen by itself, too. */
  readonly madeFrom?: unknown;
  /**
   * Shape of a document. Every field has a default: a document that is not there yet has a form.
   * To that of a resource `id`, `version` and `status` are added where it does not name them.
   */
  readonly view: S;
  /** Fields that can be filtered, sorted and grouped by; they become columns. */
  readonly indexed: readonly Field<V>[];
  /** Text fields that `search` looks into; among the indexed. Default: none. */
  readonly search?: readonly Field<V>[];
  /** What lists are sorted by when nobody says: `-updated_at`, `name`. Default: by key. */
  readonly sort?: string;
  /** The definitions whose events it takes. No order is assumed between their streams. */
  readonly from: A;
  /** Whether events carry the state of their aggregate before and after. Default false. */
  readonly withState?: boolean;
  /**
   * Keys of the documents that an event concerns; default: the id of its aggregate. What an event
   * adds to a document may not depend on events of other aggregates: those may come in any order.
   */
  readonly documentIds?: {
    readonly [T in A[number]['name']]?: (
      event: AnyEventOf<Extract<A[number], { readonly name: T }>>,
    ) => string | readonly string[];
  };
  readonly on: {
    readonly [T in A[number]['name']]?: HandlersOf<Extract<A[number], { readonly name: T }>, V>;
  };
  /** Documents from the command journal: same rules, one entry at a time. */
  readonly journal?: {
    readonly documentIds: (entry: ProjectedEntry) => string | readonly string[];
    readonly on: Handler<V, ProjectedEntry>;
  };
  /** Name of the aggregate type whose resource it is: it answers `GET /{plural}` and by id. */
  readonly resource?: A[number]['name'];
  /** Field that says that the thing was deleted; lists leave those out unless `include_deleted`. */
  readonly deleted?: Field<V>;
  /** What somebody needs to be allowed to read it. Default `read`. */
  readonly permission?: Permission;
  /** Path of its list instead of `views/<name>`. */
  readonly path?: string;
  /** Columns that hold a place in a tree, so that lists can be filtered by a whole branch. */
  readonly within?: { readonly [C in Field<V>]?: Within };
  /** Documents of other projections that `show` wants to see. */
  readonly related?: (view: V) => readonly Related[];
  /** What readers get instead of the bare document: what depends on the day, names of others. */
  readonly show?: (view: V, context: ShowContext) => View;
  readonly reports?: Readonly<Record<string, Report<V>>>;
};

/** One stream that feeds a projection. */
export type ProjectionSource = {
  /** Slug of the aggregate type, or `journal`. */
  readonly slug: string;
  /** null for the journal. */
  readonly definition: Aggregate | null;
};

/** A projection as the projector uses it: checked, inferred types erased. */
export type Projection = {
  readonly name: string;
  readonly summary: string;
  readonly version: number;
  readonly view: z.ZodObject;
  readonly initial: View;
  readonly columns: readonly Column[];
  readonly search: readonly string[];
  readonly sort: string | null;
  readonly sources: readonly ProjectionSource[];
  readonly withState: boolean;
  readonly resource: string | null;
  readonly permission: Permission;
  readonly deleted: string | null;
  readonly path: string;
  readonly within: Readonly<Record<string, Within>>;
  /** Whether a document is fed by the aggregate of the same id alone, so that one is enough to read. */
  readonly perAggregate: boolean;
  /**
   * Changes when a document is declared to be another: it is built anew beside the old one. No
   * function is in it, so it is the same whatever compiled them.
   */
  readonly hash: string;
  /** Whether any handler takes events of this type. */
  readonly wants: (source: string, eventType: string) => boolean;
  readonly keysOf: (event: Projected) => readonly string[];
  readonly keysOfEntry: (entry: ProjectedEntry) => readonly string[];
  readonly apply: (view: View, event: Projected, key: string) => View | null;
  readonly applyEntry: (view: View, entry: ProjectedEntry, key: string) => View | null;
  readonly related: ((view: View) => readonly Related[]) | null;
  readonly show: ((view: View, context: ShowContext) => View) | null;
  readonly reports: Readonly<Record<string, Report>>;
};

const many = (keys: string | readonly string[]): readonly string[] =>
  typeof keys === 'string' ? [keys] : [...new Set(keys)];

/** The types an author wrote, kept for tests; nothing at run time. */
export type TypedProjection<A, V> = {
  readonly types?: { readonly from: A; readonly view: V };
};

type ErasedHandlers = Readonly<
  Record<string, Readonly<Record<string, Handler<View, Projected>>> | undefined>
>;
type ErasedDocumentIds = Readonly<
  Record<string, ((event: Projected) => string | readonly string[]) | undefined>
>;

/** What makes the states of a definition, as far as it is declared: documents are made from them. */
const statesOf = ({ slug, revision, chart, data, events }: Aggregate): unknown => ({
  slug,
  revision,
  chart,
  data: z.toJSONSchema(data, { io: 'input', unrepresentable: 'any' }),
  events: Object.entries(events).map(([type, { version }]) => [type, version]),
});

/** Names of the handlers: a new one changes documents. */
const handled = (handlers: ErasedHandlers): unknown =>
  Object.fromEntries(
    Object.entries(handlers).map(([type, on]) => [type, Object.keys(on ?? {}).sort()]),
  );

/**
 * Define a projection: which events feed it, which documents each concerns, and how a document
 * changes. Handlers are pure; events of different aggregates may reach them in any order, those of
 * one aggregate come in theirs.
 *
 * @throws TypeError naming the projection and the mistake.
 */
export const defineProjection = <
  const N extends string,
  const A extends readonly Aggregate[],
  S extends AnyObject,
>(
  definition: ProjectionDefinition<N, A, S>,
): Projection & { readonly name: N } & TypedProjection<A, z.output<S>> => {
  const { name, from, journal, resource } = definition;
  const handlers = definition.on as unknown as ErasedHandlers;
  const documentIds = (definition.documentIds ?? {}) as ErasedDocumentIds;
  const show = (definition.show ?? null) as Projection['show'];
  checkProjection({
    ...definition,
    view: ownSchema(definition.view),
    within: definition.within ?? {},
    on: handlers,
    documentIds,
  });
  const { view, added, carry, keep } = carried(ownSchema(definition.view), resource);
  const withState = definition.withState || added.includes('status');
  const indexed = [
    ...definition.indexed,
    ...added.filter((field) => canBeColumn(field, view.shape[field])),
  ];
  const columns = indexed.map((field) => columnOf(field, view.shape[field]));
  const names = new Map(from.map((one) => [one.slug, one.name]));
  const handlerOf = (type: string, eventType: string): Handler<View, Projected> | undefined =>
    handlers[type]?.[eventType] ?? handlers[type]?.['*'];
  const shape = {
    given: GIVEN_FORM,
    name,
    version: definition.version ?? 1,
    view: z.toJSONSchema(view, { io: 'input', unrepresentable: 'any' }),
    columns,
    search: definition.search ?? [],
    withState,
    from: from.map((one) => (withState ? statesOf(one) : one.slug)),
    on: handled(handlers),
    documentIds: Object.keys(documentIds).sort(),
    journal: journal !== undefined,
    madeFrom: definition.madeFrom ?? null,
  };
  return Object.freeze({
    name,
    summary: definition.summary,
    version: definition.version ?? 1,
    view,
    initial: deepFreeze(view.parse({})) as View,
    columns,
    search: definition.search ?? [],
    sort: definition.sort ?? null,
    sources: [
      ...from.map((one) => ({ slug: one.slug, definition: one })),
      ...(journal ? [{ slug: JOURNAL, definition: null }] : []),
    ],
    withState,
    resource: resource ?? null,
    permission: definition.permission ?? 'read',
    deleted: definition.deleted ?? null,
    path: definition.path ?? `views/${name}`,
    within: (definition.within ?? {}) as Projection['within'],
    perAggregate: from.length === 1 && !definition.documentIds && !journal,
    hash: sha256(canonical(shape)),
    wants: (source: string, eventType: string) =>
      handlerOf(names.get(source) ?? '', eventType) !== undefined ||
      // Each event of an aggregate raises the version of its document.
      (added.includes('version') && names.get(source) === resource),
    keysOf: (event: Projected) =>
      many(documentIds[event.aggregate_type]?.(event) ?? event.aggregate_id),
    keysOfEntry: (entry: ProjectedEntry) => (journal ? many(journal.documentIds(entry)) : []),
    apply: (before: View, event: Projected, key: string) => {
      const handler = handlerOf(event.aggregate_type, event.event_type);
      return carry(before, handler ? handler(before, event, key) : before, { event, key });
    },
    applyEntry: (before: View, entry: ProjectedEntry, key: string) =>
      journal
        ? carry(
            before,
            (journal.on as unknown as Handler<View, ProjectedEntry>)(before, entry, key),
            { event: null, key },
          )
        : before,
    related: (definition.related ?? null) as Projection['related'],
    show:
      show && ((document: View, context: ShowContext) => keep(document, show(document, context))),
    reports: (definition.reports ?? {}) as unknown as Projection['reports'],
  });
};
