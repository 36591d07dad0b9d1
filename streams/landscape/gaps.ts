import { z } from 'zod';
import { Classification } from '../../actors/shared.js';
import type { Edge, Element } from './document.js';
import {
  EDGE_PARAMS,
  type EdgeFilter,
  elementsByName,
  type Graph,
  graphOf,
  isLive,
  keyOf,
  named,
  type Stated,
  targetOf,
} from './graph.js';

export const GapParams = z.object({ ...EDGE_PARAMS });

const rank = (one: Classification | null): number =>
  one === null ? -1 : Classification.options.indexOf(one);

const ACCESS: readonly string[] = ['reads', 'writes'];

/** The data that an application handles although it is less protected than that. */
function* aboveItself(graph: Graph, application: Element) {
  const found = new Map<string, { readonly entity: Element; readonly edges: Edge[] }>();
  for (const edge of graph.from(application)) {
    const entity = targetOf(graph, edge);
    if (entity.type !== 'data_entity' || !ACCESS.includes(edge.relation_type)) continue;
    if (!isLive(entity) || rank(entity.classification) <= rank(application.classification))
      continue;
    const known = found.get(keyOf(entity));
    if (known) known.edges.push(edge);
    else found.set(keyOf(entity), { entity, edges: [edge] });
  }
  const entities = yield* elementsByName([...found.values()].map(({ entity }) => entity));
  return entities.map((entity) => found.get(keyOf(entity))!);
}

/** Applications that are classified below the data that they read or write. */
export function* classificationGaps(
  documents: readonly Stated[],
  asked: EdgeFilter,
  context: { readonly now: string },
) {
  const graph = yield* graphOf(documents, asked, context);
  const gaps = [];
  const present = graph.elements.filter((one) => one.type === 'application' && isLive(one));
  for (const application of yield* elementsByName(present)) {
    yield;
    const above = yield* aboveItself(graph, application);
    if (above.length === 0) continue;
    const needed = Math.max(...above.map(({ entity }) => rank(entity.classification)));
    gaps.push({
      ...named(application),
      owner: application.owner,
      classification: application.classification,
      needed: Classification.options[needed],
      data_entities: above.map(({ entity, edges }) => ({
        ...named(entity),
        classification: entity.classification,
        relation_types: edges.map(({ relation_type }) => relation_type).sort(),
        relation_ids: edges.map(({ relation_id }) => relation_id),
      })),
    });
  }
  return { effective_on: graph.effective_on, gaps: gaps.length, applications: gaps };
}
