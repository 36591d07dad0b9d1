import { z } from 'zod';
import type { Steps } from '../../src/core/steps.js';
import { sourceNeeds, targetNeeds } from './dependence.js';
import { type Edge, type EdgeType, type Element, ElementType } from './document.js';
import {
  EDGE_PARAMS,
  type Graph,
  graphOf,
  keyOf,
  type Named,
  named,
  RelationTypes,
  type Stated,
  sourceOf,
  targetKey,
  targetOf,
} from './graph.js';

/** How far from the start one can look, and how many elements one answer names. */
const DEPTH_MAX = 20;
const DEPTH = 5;
const NODES_MAX = 2_000;
const NODES = 500;
/** Edges that one answer names; it says how many more there are. */
const EDGES_MAX = 5_000;

export const ImpactParams = z.object({
  /** Where to begin. Elements of different types may have the same id: `type` says which. */
  id: z.string().min(1),
  type: ElementType.optional(),
  /**
   * `affected`: to what would suffer if it failed; `needed`: to what it would suffer from, whichever
   * way the edges run. `out`: along the edges; `in`: against them; `both`: either way.
   */
  direction: z.enum(['affected', 'needed', 'out', 'in', 'both']).default('affected'),
  depth: z.coerce.number().int().min(1).max(DEPTH_MAX).default(DEPTH),
  max_nodes: z.coerce.number().int().min(1).max(NODES_MAX).default(NODES),
  relation_types: RelationTypes,
  ...EDGE_PARAMS,
});
type ImpactParams = z.output<typeof ImpactParams>;

/** One edge of a path, as it was walked: `in` = from its target to its source. */
type Step = Pick<
  Edge,
  'relation_type' | 'relation_id' | 'confidence' | 'effective_from' | 'effective_to'
> & { readonly direction: 'out' | 'in'; readonly to: Named };

type Reached = {
  readonly element: Element;
  readonly distance: number;
  /** How it was reached first: the shortest way. */
  readonly by: { readonly from: Reached; readonly step: Step } | undefined;
};

const stepTo = (to: Element, direction: Step['direction'], edge: Edge): Step => ({
  relation_type: edge.relation_type,
  direction,
  relation_id: edge.relation_id,
  confidence: edge.confidence,
  effective_from: edge.effective_from,
  effective_to: edge.effective_to,
  to: named(to),
});

type Direction = ImpactParams['direction'];

/** Whether one goes on from the source of an edge to its target. */
const goesOut = (type: EdgeType, direction: Direction): boolean =>
  direction === 'out' ||
  direction === 'both' ||
  (direction === 'affected' && targetNeeds(type)) ||
  (direction === 'needed' && sourceNeeds(type));

/** Whether one goes on from the target of an edge to its source. */
const goesIn = (type: EdgeType, direction: Direction): boolean =>
  direction === 'in' ||
  direction === 'both' ||
  (direction === 'affected' && sourceNeeds(type)) ||
  (direction === 'needed' && targetNeeds(type));

function* stepsFrom(
  graph: Graph,
  at: Element,
  direction: Direction,
): Generator<readonly [Element, Step]> {
  for (const edge of graph.from(at))
    if (goesOut(edge.relation_type, direction)) {
      const to = targetOf(graph, edge);
      yield [to, stepTo(to, 'out', edge)];
    }
  for (const edge of graph.to(at))
    if (goesIn(edge.relation_type, direction)) {
      const to = sourceOf(graph, edge);
      yield [to, stepTo(to, 'in', edge)];
    }
}

/** Breadth first: the way on which something is met first is a shortest one, and circles end. */
function* walk(graph: Graph, start: readonly Element[], asked: ImpactParams) {
  const reached = new Map<string, Reached>(
    start.map((element) => [keyOf(element), { element, distance: 0, by: undefined }]),
  );
  const most = start.length + asked.max_nodes;
  let beyond = false;
  for (const from of reached.values())
    for (const [element, step] of stepsFrom(graph, from.element, asked.direction)) {
      yield;
      if (reached.has(keyOf(element))) continue;
      if (from.distance === asked.depth) beyond = true;
      else if (reached.size === most) return { reached, truncated: true, beyond };
      else
        reached.set(keyOf(element), { element, distance: from.distance + 1, by: { from, step } });
    }
  return { reached, truncated: false, beyond };
}

const pathTo = (one: Reached): Step[] => {
  const path: Step[] = [];
  for (let at = one.by; at; at = at.from.by) path.push(at.step);
  return path.reverse();
};

const shown = (one: Reached) => {
  const path = pathTo(one);
  return {
    ...named(one.element),
    distance: one.distance,
    confidence: Math.min(1, ...path.map(({ confidence }) => confidence)),
    path,
  };
};

const counted = (all: readonly Named[]) =>
  Object.fromEntries(
    ElementType.options
      .map((type) => [type, all.filter((one) => one.type === type).length] as const)
      .filter(([, count]) => count > 0),
  );

/** What is told of an edge in a list. */
const edgeShown = (edge: Edge) => ({
  source_type: edge.source_type,
  source_id: edge.source_id,
  relation_type: edge.relation_type,
  target_type: edge.target_type,
  target_id: edge.target_id,
  relation_id: edge.relation_id,
  confidence: edge.confidence,
});

/** Every edge that runs between two of these, as it was stated, whichever way it was walked. */
function* edgesBetween(graph: Graph, all: ReadonlyMap<string, Reached>): Steps<readonly Edge[]> {
  const edges: Edge[] = [];
  for (const { element } of all.values())
    for (const edge of graph.from(element)) {
      if (all.has(targetKey(edge))) edges.push(edge);
      yield;
    }
  return edges;
}

/**
 * Everything that is connected with an element, directly or through others: with the shortest way to
 * each, the nearest first, and all edges between them. `start` is empty when there is no such element. `truncated` = there is
 * more than `max_nodes`; `more_beyond_depth` = there is more further away.
 */
export function* impact(
  documents: readonly Stated[],
  asked: ImpactParams,
  context: { readonly now: string },
) {
  const graph = yield* graphOf(documents, asked, context);
  const start = ElementType.options
    .filter((type) => asked.type === undefined || asked.type === type)
    .map((type) => graph.at(type, asked.id))
    .filter((one) => one.status !== 'absent' || graph.from(one).length + graph.to(one).length > 0);
  const { reached, truncated, beyond } = yield* walk(graph, start, asked);
  const edges = yield* edgesBetween(graph, reached);
  const others = [];
  for (const one of reached.values()) {
    if (one.distance > 0) others.push(shown(one));
    yield;
  }
  return {
    effective_on: graph.effective_on,
    start: start.map(named),
    reached: others.length,
    truncated,
    more_beyond_depth: beyond,
    by_type: counted(others),
    elements: others,
    edges: edges.slice(0, EDGES_MAX).map(edgeShown),
    more_edges: Math.max(0, edges.length - EDGES_MAX),
  };
}
