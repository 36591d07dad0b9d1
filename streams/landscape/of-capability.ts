import { z } from 'zod';
import type { Steps } from '../../src/core/steps.js';
import { SUPPORTING } from '../stated.js';
import type { Edge, Element, ElementType } from './document.js';
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

export const CapabilityParams = z.object({
  /** A capability, with everything below it; default: all there are. */
  capability: z.string().optional(),
  include_retired: z.enum(['true', 'false']).default('false'),
  ...EDGE_PARAMS,
});
type CapabilityParams = z.output<typeof CapabilityParams>;

/** The capability and everything below it. Circles end where they began. */
function* branchOf(graph: Graph, root: string): Steps<readonly Element[]> {
  const found = new Map<string, Element>();
  const start = graph.at('business_capability', root);
  if (start.status !== 'absent') found.set(keyOf(start), start);
  for (const at of found.values())
    for (const edge of graph.to(at)) {
      const below = sourceOf(graph, edge);
      if (edge.relation_type === 'part_of') found.set(keyOf(below), below);
      yield;
    }
  return [...found.values()];
}

/** What supports a capability: an application itself, or through one of its services. */
type Support = {
  readonly application: Element;
  readonly capability_id: string;
  readonly service_id: string | null;
};

function* supportOf(graph: Graph, capability: Element): Generator<Support> {
  for (const edge of graph.to(capability)) {
    if (!SUPPORTING.includes(edge.relation_type)) continue;
    const one = sourceOf(graph, edge);
    const capability_id = capability.id;
    if (one.type === 'application') yield { application: one, capability_id, service_id: null };
    if (one.type === 'application_service' && one.application_id !== null && isLive(one))
      yield {
        application: graph.at('application', one.application_id),
        capability_id,
        service_id: one.id,
      };
  }
}

/** Elements that applications lead to, each with those applications and in which ways. */
class Led {
  readonly #all = new Map<string, { element: Element; by: Set<string>; as: Set<string> }>();

  add(element: Element, application_id: string, { relation_type }: Edge): void {
    const known = this.#all.get(keyOf(element)) ?? { element, by: new Set(), as: new Set() };
    known.by.add(application_id);
    known.as.add(relation_type);
    this.#all.set(keyOf(element), known);
  }

  *of(type: ElementType) {
    const elements = [...this.#all.values()].map(({ element }) => element);
    const told = [];
    for (const element of yield* elementsByName(elements.filter((one) => one.type === type))) {
      const { by, as } = this.#all.get(keyOf(element))!;
      told.push({
        ...named(element),
        criticality: element.criticality,
        classification: element.classification,
        environment: element.environment,
        relation_types: [...as].sort(),
        application_ids: [...by].sort(),
      });
      yield;
    }
    return told;
  }
}

/** What each application leads to: its parts, its data, its servers, its flows either way. */
function* ledTo(
  graph: Graph,
  applications: readonly Element[],
  wanted: (one: Element) => boolean,
): Steps<Led> {
  const led = new Led();
  for (const application of applications) {
    for (const edge of graph.from(application)) {
      const to = targetOf(graph, edge);
      if (wanted(to)) led.add(to, application.id, edge);
      yield;
    }
    for (const edge of graph.to(application)) {
      const from = sourceOf(graph, edge);
      if (from.type === 'integration' && wanted(from)) led.add(from, application.id, edge);
      yield;
    }
  }
  return led;
}

const byCapability = (a: Support, b: Support): number => {
  const [first, second] = [a, b].map(
    ({ capability_id, service_id }) => `${capability_id} ${service_id ?? ''}`,
  );
  return first! < second! ? -1 : 1;
};

/** The applications that support some capabilities, and for each which, by itself or a service. */
function* supporters(
  graph: Graph,
  capabilities: readonly Element[],
  wanted: (one: Element) => boolean,
) {
  const all = new Map<string, { readonly application: Element; readonly via: Support[] }>();
  for (const capability of capabilities)
    for (const support of supportOf(graph, capability)) {
      const { application } = support;
      yield;
      if (!wanted(application)) continue;
      const known = all.get(application.id);
      if (known) known.via.push(support);
      else all.set(application.id, { application, via: [support] });
    }
  const applications = [...all.values()].map(({ application }) => application);
  return (yield* elementsByName(applications)).map(({ id }) => all.get(id)!);
}

/**
 * What stands behind a capability and everything below it: applications, what they offer and expose,
 * the data they read and write, the servers they run on, and what flows between them and others.
 */
export function* landscapeOf(
  documents: readonly Stated[],
  asked: CapabilityParams,
  context: { readonly now: string },
) {
  const graph = yield* graphOf(documents, asked, context);
  const wanted = (one: Element) => asked.include_retired === 'true' || isLive(one);
  const all = graph.elements.filter(({ type }) => type === 'business_capability');
  const branch = asked.capability === undefined ? all : yield* branchOf(graph, asked.capability);
  const capabilities = yield* elementsByName(branch.filter(isLive));
  const supporting = yield* supporters(graph, capabilities, wanted);
  const led = yield* ledTo(
    graph,
    supporting.map(({ application }) => application),
    wanted,
  );
  const found = {
    capabilities: capabilities.map(named),
    applications: supporting.map(({ application, via }) => ({
      ...named(application),
      owner: application.owner,
      criticality: application.criticality,
      classification: application.classification,
      via: via
        .sort(byCapability)
        .map(({ capability_id, service_id }) => ({ capability_id, service_id })),
    })),
    services: yield* led.of('application_service'),
    interfaces: yield* led.of('application_interface'),
    data_entities: yield* led.of('data_entity'),
    servers: yield* led.of('server'),
    integrations: yield* led.of('integration'),
  };
  const totals = Object.fromEntries(
    Object.entries(found).map(([kind, { length }]) => [kind, length]),
  );
  return {
    capability: asked.capability ?? null,
    effective_on: graph.effective_on,
    totals,
    ...found,
  };
}
