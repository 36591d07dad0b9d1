import { z } from 'zod';
import { Environment, Lifecycle } from '../../actors/shared.js';
import type { Steps } from '../../src/core/steps.js';
import { countByLifecycle, lifecycleOf, together } from '../lifecycle.js';
import { type Branch, grown, type Placed, TREE_DEPTH_MAX } from '../tree.js';
import type { Element } from './document.js';
import {
  EDGE_PARAMS,
  elementsByName,
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

type Counts = ReturnType<Owned['counts']>;
type Place = Placed<Branch, Counts>;

/** An organization with what it owns, and what it owns with everything below. */
export type OrganizationNode = {
  readonly id: string;
  readonly name: string;
  readonly orphan: boolean;
  readonly child_count: number;
  readonly own: Counts;
  readonly total: Counts;
  readonly applications: readonly object[];
  readonly servers: readonly object[];
  readonly children: readonly OrganizationNode[];
};

const ofType = (owned: Iterable<Element>, type: Element['type']): Steps<readonly Element[]> =>
  elementsByName([...owned].filter((one) => one.type === type));

/** What is owned, each thing once however many own it, counted as it is added. */
class Owned {
  readonly #things = new Map<string, Element>();
  readonly #servers = new Map<string, number>();
  #applications = countByLifecycle([]);

  get size(): number {
    return this.#things.size;
  }

  keys(): Iterable<string> {
    return this.#things.keys();
  }

  all(): Iterable<Element> {
    return this.#things.values();
  }

  add(one: Element): void {
    if (this.#things.has(keyOf(one))) return;
    this.#things.set(keyOf(one), one);
    const { type, environment, criticality } = one;
    if (type === 'server' && environment !== null)
      this.#servers.set(environment, (this.#servers.get(environment) ?? 0) + 1);
    const lifecycle = type === 'application' ? lifecycleOf(one.status) : null;
    if (lifecycle !== null)
      this.#applications = together(
        this.#applications,
        countByLifecycle([{ lifecycle, criticality }]),
      );
  }

  /** So many by now. */
  counts() {
    const servers = Environment.options.map((one) => [one, this.#servers.get(one) ?? 0] as const);
    return { applications: this.#applications, servers: Object.fromEntries(servers) };
  }
}

/** The fewer go to the many: in a long chain each thing is moved a few times only. */
function* joined(a: Owned, b: Owned): Steps<Owned> {
  const [few, many] = a.size < b.size ? [a, b] : [b, a];
  for (const one of few.all()) {
    many.add(one);
    yield;
  }
  return many;
}

/** Whether something that can be owned is asked about. */
const isWanted = (one: Element, { lifecycle, environment }: OrganizationParams): boolean => {
  if (one.status === 'absent' || one.status === 'deleted') return false;
  if (one.type === 'application') return lifecycle === undefined || one.status === lifecycle;
  return environment === undefined || one.environment === environment;
};

function* ownedBy(graph: Graph, id: string, asked: OrganizationParams): Steps<Owned> {
  const owned = new Owned();
  for (const edge of graph.from(graph.at('organization', id))) {
    yield;
    const one = targetOf(graph, edge);
    if (edge.relation_type === 'owns' && isWanted(one, asked)) owned.add(one);
  }
  return owned;
}

function* nodeOf(
  one: Place,
  depth: number,
  ownOf: (id: string) => Steps<Owned>,
): Steps<OrganizationNode> {
  const own = yield* ownOf(one.branch.id);
  const applications = yield* ofType(own.all(), 'application');
  const servers = yield* ofType(own.all(), 'server');
  const children: OrganizationNode[] = [];
  if (depth > 0)
    for (const child of one.below) children.push(yield* nodeOf(child, depth - 1, ownOf));
  yield;
  return {
    id: one.branch.id,
    name: one.branch.name,
    orphan: one.orphan,
    child_count: one.below.length,
    own: one.own,
    total: one.total,
    applications: applications.map((application) => ({
      ...named(application),
      criticality: application.criticality,
    })),
    servers: servers.map((server) => ({ ...named(server), environment: server.environment })),
    children,
  };
}

/** Live things that nobody owns. */
function* unowned(graph: Graph, owned: ReadonlySet<string>, asked: OrganizationParams) {
  const left: Element[] = [];
  for (const one of graph.elements) {
    if (isLive(one) && !owned.has(keyOf(one)) && isWanted(one, asked)) left.push(one);
    yield;
  }
  return {
    applications: (yield* ofType(left, 'application')).map(named),
    servers: (yield* ofType(left, 'server')).map(named),
  };
}

/** The organizations as a tree, with the applications and servers that they own. */
export function* organizationTree(
  documents: readonly Stated[],
  asked: OrganizationParams,
  context: { readonly now: string },
) {
  const graph = yield* graphOf(documents, asked, context);
  const { root } = asked;
  const present = graph.elements.filter((one) => one.type === 'organization' && isLive(one));
  const branches: Branch[] = [];
  for (const { id, name } of present) {
    const edges = graph.from(graph.at('organization', id));
    const above = edges.find((edge) => edge.relation_type === 'part_of');
    branches.push({ id, name, parent_id: above?.target_id ?? null });
    yield;
  }
  const ownOf = (id: string) => ownedBy(graph, id, asked);
  const owned = new Set<string>();
  const placed = yield* grown(branches, {
    *ownOf({ id }) {
      const own = yield* ownOf(id);
      for (const key of own.keys()) owned.add(key);
      return own;
    },
    add: joined,
    told: (all: Owned) => all.counts(),
  });
  const isRoot = ({ branch, above }: Place) =>
    root === undefined ? above === undefined : branch.id === root;
  const nodes: OrganizationNode[] = [];
  for (const one of placed.filter(isRoot)) nodes.push(yield* nodeOf(one, asked.depth, ownOf));
  return {
    root: root ?? null,
    effective_on: graph.effective_on,
    organizations: placed.length,
    nodes,
    unowned: yield* unowned(graph, owned, asked),
  };
}
