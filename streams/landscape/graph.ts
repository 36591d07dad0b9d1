import { z } from 'zod';
import { Confidence } from '../../actors/shared.js';
import { type Steps, sortedInSteps } from '../../src/core/steps.js';
import { byName } from '../by-name.js';
import { dateOf } from '../calendar.js';
import { holdsOn } from '../stated.js';
import { type Edge, EdgeType, type Element, type ElementType } from './document.js';

/** What is told of an element wherever it is named. */
export type Named = Pick<Element, 'type' | 'id' | 'name' | 'status'>;

/** What a graph is made from. */
export type Stated = { readonly elements: readonly Element[]; readonly edges: readonly Edge[] };

/** Elements and the edges between them, to be walked both ways. */
export type Graph = {
  /** The day on which its edges hold. */
  readonly effective_on: string;
  readonly elements: readonly Element[];
  readonly edges: readonly Edge[];
  /** An element, whether it is known or only named by an edge. */
  readonly at: (type: ElementType, id: string) => Element;
  readonly from: (one: Named) => readonly Edge[];
  readonly to: (one: Named) => readonly Edge[];
};

/** Names in a list: `depends_on,calls`. */
const listOf = <T extends z.ZodType<unknown, string>>(one: T) =>
  z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .pipe(z.array(one).min(1));

/** Which edges count: parameters that every report about edges takes. */
export const EDGE_PARAMS = {
  /** The day on which relations have to be in effect; default: the day that is asked about. */
  effective_on: z.iso.date().optional(),
  min_confidence: z.coerce.number().pipe(Confidence).default(0),
};
export const RelationTypes = listOf(EdgeType).optional();

export type EdgeFilter = {
  readonly effective_on?: string | undefined;
  readonly min_confidence?: number | undefined;
  readonly relation_types?: readonly EdgeType[] | undefined;
};

export const keyOf = ({ type, id }: Pick<Element, 'type' | 'id'>): string => `${type}:${id}`;
export const sourceKey = ({ source_type, source_id }: Edge): string =>
  `${source_type}:${source_id}`;
export const targetKey = ({ target_type, target_id }: Edge): string =>
  `${target_type}:${target_id}`;

const order = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

/** The same order whatever the documents came in: where it leads, then the surest first. */
const inOrder =
  (other: (edge: Edge) => string) =>
  (a: Edge, b: Edge): number =>
    order(other(a), other(b)) ||
    b.confidence - a.confidence ||
    order(a.relation_type, b.relation_type) ||
    order(a.relation_id ?? '', b.relation_id ?? '');

/** Edges by the element at one end, those of each in the order of the element at the other. */
function* indexed(
  edges: readonly Edge[],
  { by, other }: { readonly by: (edge: Edge) => string; readonly other: (edge: Edge) => string },
): Steps<ReadonlyMap<string, readonly Edge[]>> {
  const found = new Map<string, Edge[]>();
  for (const edge of edges) {
    const key = by(edge);
    const known = found.get(key);
    if (known) known.push(edge);
    else found.set(key, [edge]);
    yield;
  }
  const sorted = new Map<string, readonly Edge[]>();
  for (const [key, some] of found)
    sorted.set(key, some.length === 1 ? some : yield* sortedInSteps(some, inOrder(other)));
  return sorted;
}

/** An integration has no name: it is called by what it connects. */
const flowName = (at: Graph['at'], edges: readonly Edge[]): string => {
  const source = edges.find(({ target_type }) => target_type === 'integration');
  const target = edges.find(({ source_type }) => source_type === 'integration');
  const nameOf = (id: string | undefined) =>
    id === undefined ? '?' : at('application', id).name || id;
  return `${nameOf(source?.source_id)} → ${nameOf(target?.target_id)}`;
};

const UNKNOWN: Omit<Element, 'type' | 'id'> = {
  name: '',
  status: 'absent',
  application_id: null,
  owner: null,
  criticality: null,
  classification: null,
  environment: null,
  sunset_date: null,
  replacement_id: null,
};

/** The elements by key, those of integrations with a name. */
function* elementsOf(documents: readonly Stated[]): Steps<Map<string, Element>> {
  const elements = new Map<string, Element>();
  for (const document of documents) {
    for (const one of document.elements) {
      const known = elements.get(keyOf(one));
      // Two applications cannot have the same part; should a log say so, the first by id counts.
      if (!known || order(one.application_id ?? '', known.application_id ?? '') < 0)
        elements.set(keyOf(one), one);
    }
    yield;
  }
  const at: Graph['at'] = (type, id) => elements.get(`${type}:${id}`) ?? { ...UNKNOWN, type, id };
  for (const {
    elements: [one],
    edges,
  } of documents) {
    if (one?.type === 'integration' && edges.length > 0)
      elements.set(keyOf(one), { ...one, name: flowName(at, edges) });
    yield;
  }
  return elements;
}

/** The landscape on a day: `now` unless the filter names another one. */
export function* graphOf(
  documents: readonly Stated[],
  filter: EdgeFilter,
  { now }: { readonly now: string },
): Steps<Graph> {
  const { effective_on = dateOf(now), min_confidence = 0, relation_types } = filter;
  const types = relation_types && new Set(relation_types);
  const elements = yield* elementsOf(documents);
  const edges: Edge[] = [];
  for (const document of documents) {
    for (const edge of document.edges)
      if (
        edge.confidence >= min_confidence &&
        holdsOn(edge, effective_on) &&
        (types?.has(edge.relation_type) ?? true)
      )
        edges.push(edge);
    yield;
  }
  const out = yield* indexed(edges, { by: sourceKey, other: targetKey });
  const into = yield* indexed(edges, { by: targetKey, other: sourceKey });
  const at: Graph['at'] = (type, id) => elements.get(`${type}:${id}`) ?? { ...UNKNOWN, type, id };
  return {
    effective_on,
    elements: [...elements.values()],
    edges,
    at,
    from: (one) => out.get(keyOf(one)) ?? [],
    to: (one) => into.get(keyOf(one)) ?? [],
  };
}

/** The element that an edge leads to, or comes from. */
export const targetOf = ({ at }: Graph, edge: Edge): Element =>
  at(edge.target_type, edge.target_id);
export const sourceOf = ({ at }: Graph, edge: Edge): Element =>
  at(edge.source_type, edge.source_id);

/** What is told of an element in a list. */
export const named = ({ type, id, name, status }: Element): Named => ({ type, id, name, status });

/** By name, as people look things up. */
export const elementsByName = <T extends Element>(all: Iterable<T>): Steps<readonly T[]> =>
  byName(all, keyOf);

const GONE = new Set(['retired', 'withdrawn', 'decommissioned', 'deleted', 'absent']);
/** Whether it is still there to rely on, or to be relied on. */
export const isLive = ({ status }: Pick<Element, 'status'>): boolean => !GONE.has(status);
