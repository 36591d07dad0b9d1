import { z } from 'zod';
import { Environment, Lifecycle } from '../../actors/shared.js';
import { countByLifecycle, lifecycleOf } from '../lifecycle.js';
import { type Branch, grown, type Placed, TREE_DEPTH_MAX } from '../tree.js';
import type { Element } from './document.js';
import {
  byName,
  EDGE_PARAMS,
  type Graph,
  graphOf,
  isLive,
  keyOf,
  named,
  type Stated,
  targetOf,
} from './graph.js';

export const OrganizationParams = z.object({
  /** Where the tree begins; default: at every organization that is a part of no other. */
  root: z.string().optional(),
  depth: z.coerce.number().int().min(0).max(TREE_DEPTH_MAX).default(TREE_DEPTH_MAX),
  /** Only applications in this lifecycle, only servers of this environment. */
  lifecycle: Lifecycle.optional(),
  environment: Environment.optional(),
  ...EDGE_PARAMS,
});
type OrganizationParams = z.output<typeof OrganizationParams>;

/** What is owned, each thing once however many own it. */
type Owned = ReadonlyMap<string, Element>;
type Place = Placed<Branch, Owned>;

/** An organization with what it owns, and what it owns with everything below. */
export type OrganizationNode = {
  readonly id: string;
  readonly name: string;
  readonly orphan: boolean;
  readonly child_count: number;
  readonly own: ReturnType<typeof counted>;
  readonly total: ReturnType<typeof counted>;
  readonly applications: readonly object[];
  readonly servers: readonly object[];
  readonly children: readonly OrganizationNode[];
};

const ofType = (owned: Iterable<Element>, type: Element['type']): Element[] =>
  [...owned].filter((one) => one.type === type).sort(byName);

const counted = (owned: Owned) => {
  const servers = ofType(owned.values(), 'server');
  const applications = ofType(owned.values(), 'application').flatMap(({ status, criticality }) => {
    const lifecycle = lifecycleOf(status);
    return lifecycle === null ? [] : [{ lifecycle, criticality }];
  });
  const inside = (environment: string) =>
    servers.filter((one) => one.environment === environment).length;
  return {
    applications: countByLifecycle(applications),
    servers: Object.fromEntries(Environment.options.map((one) => [one, inside(one)])),
  };
};

/** Whether something that can be owned is asked about. */
const isWanted = (one: Element, { lifecycle, environment }: OrganizationParams): boolean => {
  if (one.status === 'absent' || one.status === 'deleted') return false;
  if (one.type === 'application') return lifecycle === undefined || one.status === lifecycle;
  return environment === undefined || one.environment === environment;
};

const ownedBy = (graph: Graph, id: string, asked: OrganizationParams): Owned =>
  new Map(
    graph
      .from(graph.at('organization', id))
      .filter(({ relation_type }) => relation_type === 'owns')
      .map((edge) => targetOf(graph, edge))
      .filter((one) => isWanted(one, asked))
      .map((one) => [keyOf(one), one]),
  );

const nodeOf = (one: Place, depth: number): OrganizationNode => ({
  id: one.branch.id,
  name: one.branch.name,
  orphan: one.orphan,
  child_count: one.below.length,
  own: counted(one.own),
  total: counted(one.total),
  applications: ofType(one.own.values(), 'application').map((application) => ({
    ...named(application),
    criticality: application.criticality,
  })),
  servers: ofType(one.own.values(), 'server').map((server) => ({
    ...named(server),
    environment: server.environment,
  })),
  children: depth === 0 ? [] : one.below.map((child) => nodeOf(child, depth - 1)),
});

/** Live things that nobody owns. */
const unowned = (graph: Graph, placed: readonly Place[], asked: OrganizationParams) => {
  const owned = new Set(placed.flatMap(({ own }) => [...own.keys()]));
  const left = graph.elements.filter(
    (one) => isLive(one) && !owned.has(keyOf(one)) && isWanted(one, asked),
  );
  return {
    applications: ofType(left, 'application').map(named),
    servers: ofType(left, 'server').map(named),
  };
};

/** The organizations as a tree, with the applications and servers that they own. */
export const organizationTree = (
  documents: readonly Stated[],
  asked: OrganizationParams,
  context: { readonly now: string },
) => {
  const graph = graphOf(documents, asked, context);
  const { root } = asked;
  const present = graph.elements.filter((one) => one.type === 'organization' && isLive(one));
  const branches = present.map((one) => ({
    id: one.id,
    name: one.name,
    parent_id: graph.from(one).find((edge) => edge.relation_type === 'part_of')?.target_id ?? null,
  }));
  const placed = grown<Branch, Owned>(branches, {
    ownOf: ({ id }) => ownedBy(graph, id, asked),
    add: (a, b) => (b.size === 0 ? a : new Map([...a, ...b])),
  });
  const isRoot = ({ branch, above }: Place) =>
    root === undefined ? above === undefined : branch.id === root;
  return {
    root: root ?? null,
    effective_on: graph.effective_on,
    organizations: placed.length,
    nodes: placed.filter(isRoot).map((one) => nodeOf(one, asked.depth)),
    unowned: unowned(graph, placed, asked),
  };
};
