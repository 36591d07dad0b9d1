import { z } from 'zod';
import { type Steps, sortedInSteps } from '../../src/core/steps.js';
import { dateOf } from '../calendar.js';
import { sunsetAt } from '../sunset-roadmap/roadmap.js';
import type { Edge, Element } from './document.js';
import {
  EDGE_PARAMS,
  elementsByName,
  type Graph,
  graphOf,
  isLive,
  keyOf,
  named,
  type Stated,
  sourceOf,
  targetOf,
} from './graph.js';

export const SunsetParams = z.object({
  /** Only what has to be gone by this day. */
  due_by: z.iso.date().optional(),
  ...EDGE_PARAMS,
});
type SunsetParams = z.output<typeof SunsetParams>;

/** How another application hangs on one that ends. */
type Hold = {
  readonly dependant: Element;
  readonly relation_type: Edge['relation_type'];
  /** The service, interface or integration in between. */
  readonly via: Element | null;
};

/** Edges from another application that say that it needs this one or talks to it. */
const HOLDING: readonly string[] = ['depends_on', 'calls', 'communicates_with', 'uses'];

function* holdsOnPart(graph: Graph, part: Element): Generator<Hold> {
  for (const edge of graph.to(part)) {
    const { relation_type } = edge;
    const one = sourceOf(graph, edge);
    if (HOLDING.includes(relation_type)) yield { dependant: one, relation_type, via: part };
  }
}

/** Integrations of an application: whoever stands at their other end. */
function* holdsOnFlow(graph: Graph, flow: Element): Generator<Hold> {
  const relation_type = 'flows_to';
  for (const edge of graph.from(flow))
    if (edge.relation_type === relation_type)
      yield { dependant: targetOf(graph, edge), relation_type, via: flow };
  for (const edge of graph.to(flow))
    if (edge.relation_type === relation_type)
      yield { dependant: sourceOf(graph, edge), relation_type, via: flow };
}

function* holdsOn(graph: Graph, application: Element): Generator<Hold> {
  for (const edge of graph.to(application)) {
    const { relation_type } = edge;
    const one = sourceOf(graph, edge);
    if (one.type === 'integration') yield* holdsOnFlow(graph, one);
    else if (HOLDING.includes(relation_type)) yield { dependant: one, relation_type, via: null };
  }
  for (const edge of graph.from(application)) {
    const one = targetOf(graph, edge);
    if (one.type === 'integration') yield* holdsOnFlow(graph, one);
    // A service that it uses belongs to another one: who else uses that, does not hang on this.
    else if (one.application_id === application.id) yield* holdsOnPart(graph, one);
  }
}

/** Those that are still there and would be left, each once. */
function* dependantsOf(graph: Graph, application: Element) {
  const found = new Map<string, { dependant: Element; holds: Map<string, object> }>();
  for (const { dependant, relation_type, via } of holdsOn(graph, application)) {
    if (!isLive(dependant) || keyOf(dependant) === keyOf(application)) continue;
    const known = found.get(keyOf(dependant)) ?? { dependant, holds: new Map() };
    const key = `${relation_type} ${via ? keyOf(via) : ''}`;
    known.holds.set(key, { relation_type, via: via && named(via) });
    found.set(keyOf(dependant), known);
    yield;
  }
  const dependants = yield* elementsByName([...found.values()].map(({ dependant }) => dependant));
  return dependants.map((dependant) => ({
    ...named(dependant),
    owner: dependant.owner,
    holds: [...found.get(keyOf(dependant))!.holds]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, hold]) => hold),
  }));
}

/** What becomes of its open interfaces: each should be replaced by one that is still there. */
function* replacementOf(graph: Graph, application: Element) {
  const open = graph
    .from(application)
    .filter(({ relation_type }) => relation_type === 'exposes')
    .map((edge) => targetOf(graph, edge));
  const isReplaced = ({ replacement_id }: Element): boolean =>
    replacement_id !== null && isLive(graph.at('application_interface', replacement_id));
  const missing = yield* elementsByName(open.filter((one) => !isReplaced(one)));
  return {
    interfaces: open.length,
    // Without an interface there is nothing that would have to be replaced.
    replaced: open.length === 0 ? null : missing.length === 0,
    interfaces_without_replacement: missing.map(named),
  };
}

/** By the day on which they go, those of one day by name. */
function* firstToGo(applications: readonly Element[]): Steps<readonly Element[]> {
  const dayOf = ({ sunset_date }: Element): string => sunset_date ?? '9999';
  return yield* sortedInSteps(yield* elementsByName(applications), (a, b) => {
    const [first, second] = [dayOf(a), dayOf(b)];
    return first === second ? 0 : first < second ? -1 : 1;
  });
}

/**
 * Applications on their way out, the first to go first: what still hangs on each, and whether its
 * interfaces have replacements.
 */
export function* sunsetDependants(
  documents: readonly Stated[],
  asked: SunsetParams,
  context: { readonly now: string },
) {
  const graph = yield* graphOf(documents, asked, context);
  const today = dateOf(context.now);
  const { due_by } = asked;
  const isEnding = ({ type, status, sunset_date }: Element): boolean =>
    type === 'application' &&
    (status === 'deprecated' || (sunset_date !== null && status === 'active'));
  const isDue = ({ sunset_date }: Element): boolean =>
    due_by === undefined || (sunset_date !== null && sunset_date <= due_by);
  const ending = graph.elements.filter((one) => isEnding(one) && isDue(one));
  const applications = [];
  for (const one of yield* firstToGo(ending)) {
    const live_dependants = yield* dependantsOf(graph, one);
    applications.push({
      ...named(one),
      owner: one.owner,
      sunset_date: one.sunset_date,
      ...sunsetAt({ sunset_date: one.sunset_date, ended_on: null }, today),
      replacement: yield* replacementOf(graph, one),
      dependant_count: live_dependants.length,
      live_dependants,
    });
    yield;
  }
  return {
    today,
    effective_on: graph.effective_on,
    ending: applications.length,
    blocked: applications.filter(({ dependant_count }) => dependant_count > 0).length,
    applications,
  };
}
