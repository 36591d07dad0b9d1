import { z } from 'zod';
import { Confidence } from '../../actors/shared.js';
import { sortedInSteps } from '../../src/core/steps.js';
import { dateOf, daysBetween } from '../calendar.js';
import type { Edge } from './document.js';
import {
  type Graph,
  graphOf,
  isLive,
  named,
  RelationTypes,
  type Stated,
  sourceOf,
  targetOf,
} from './graph.js';

const DAYS_MAX = 36_500;
const DAYS = 365;
const LOW = 0.5;
/** Relations in one answer; all are counted. */
const LIMIT_MAX = 2_000;
const LIMIT = 200;

export const StaleParams = z.object({
  /** Nobody looked at it for more than this many days. */
  older_than_days: z.coerce.number().int().min(0).max(DAYS_MAX).default(DAYS),
  confidence_below: z.coerce.number().pipe(Confidence).default(LOW),
  relation_types: RelationTypes,
  max_items: z.coerce.number().int().min(1).max(LIMIT_MAX).default(LIMIT),
});
type StaleParams = z.output<typeof StaleParams>;

type Reason = 'not_verified' | 'low_confidence' | 'end_gone';

/** Days since somebody last looked at a relation. */
const daysSince = ({ known_at }: Edge, now: string): number =>
  (known_at !== null && daysBetween(dateOf(known_at), dateOf(now))) || 0;

const judged = (graph: Graph, edge: Edge, asked: StaleParams, now: string) => {
  const ends = [sourceOf(graph, edge), targetOf(graph, edge)] as const;
  const days = daysSince(edge, now);
  const reasons: Reason[] = [];
  if (days > asked.older_than_days) reasons.push('not_verified');
  if (edge.confidence < asked.confidence_below) reasons.push('low_confidence');
  if (!ends.every(isLive)) reasons.push('end_gone');
  const { relation_id, relation_type, confidence, known_at, effective_from, effective_to } = edge;
  return {
    relation_id,
    relation_type,
    source: named(ends[0]),
    target: named(ends[1]),
    confidence,
    known_at,
    days,
    effective_from,
    effective_to,
    reasons,
  };
};

/**
 * Relations that somebody should look at, the longest unseen first: not verified for long, of little
 * confidence, or with an end that is retired or gone. Those whose time is over are left out.
 */
export function* staleRelations(
  documents: readonly Stated[],
  asked: StaleParams,
  { now }: { readonly now: string },
) {
  const graph = yield* graphOf(documents, { relation_types: asked.relation_types }, { now });
  const relations = graph.edges.filter(({ relation_id }) => relation_id !== null);
  const found = [];
  for (const edge of relations) {
    const one = judged(graph, edge, asked, now);
    if (one.reasons.length > 0) found.push(one);
    yield;
  }
  const stale = yield* sortedInSteps(
    found,
    (a, b) => b.days - a.days || (a.relation_id! < b.relation_id! ? -1 : 1),
  );
  const because = (reason: Reason) =>
    stale.filter(({ reasons }) => reasons.includes(reason)).length;
  return {
    relations: relations.length,
    stale: stale.length,
    not_verified: because('not_verified'),
    low_confidence: because('low_confidence'),
    end_gone: because('end_gone'),
    truncated: stale.length > asked.max_items,
    items: stale.slice(0, asked.max_items),
  };
}
