import type { Steps } from '../../src/core/steps.js';
import { byName } from '../by-name.js';
import { countByLifecycle, type LifecycleCounts, together } from '../lifecycle.js';
import { grown, type Placed } from '../tree.js';

/** A capability as the tree needs it. */
export type Branch = {
  readonly id: string;
  readonly name: string;
  readonly parent_id: string | null;
  readonly deleted: boolean;
  /** Added for readers: without it nothing is known to support it. */
  readonly applications?: Parameters<typeof countByLifecycle>[0];
};

/** A capability with the numbers of its own applications and of all below it. */
export type TreeNode = {
  readonly id: string;
  readonly name: string;
  /** Its parent was deleted, is not known, or is below it: it stands at the top. */
  readonly orphan: boolean;
  /** Capabilities directly below it, also when they are too deep to be shown. */
  readonly child_count: number;
  readonly own: LifecycleCounts;
  readonly total: LifecycleCounts;
  /** Neither it nor anything below it has an application that is not retired. */
  readonly gap: boolean;
  /** It has more current applications of its own than were asked about. */
  readonly overlap: boolean;
  readonly children: readonly TreeNode[];
};

type Place = Placed<Branch, LifecycleCounts>;

function* nodeOf(one: Place, depth: number, overlapAbove: number): Steps<TreeNode> {
  const children: TreeNode[] = [];
  if (depth > 0)
    for (const child of one.below) children.push(yield* nodeOf(child, depth - 1, overlapAbove));
  yield;
  return {
    id: one.branch.id,
    name: one.branch.name,
    orphan: one.orphan,
    child_count: one.below.length,
    own: one.own,
    total: one.total,
    gap: one.total.current === 0,
    overlap: one.own.current > overlapAbove,
    children,
  };
}

/** What `capabilityTree` is asked. `depth` 0 = the top alone. */
export type TreeParams = {
  readonly root?: string | undefined;
  readonly depth: number;
  readonly overlap_above: number;
};

/**
 * The capabilities as a tree, or one branch of it. `gaps` and `overlaps` count over all of it, however
 * deep; `dangling` are those that applications name although they were deleted or never there.
 */
export function* capabilityTree(
  documents: readonly Branch[],
  { root, depth, overlap_above }: TreeParams,
) {
  const placed: readonly Place[] = yield* grown(
    documents.filter(({ deleted }) => !deleted),
    {
      *ownOf({ applications = [] }: Branch) {
        yield;
        return countByLifecycle(applications);
      },
      *add(a: LifecycleCounts, b: LifecycleCounts) {
        yield;
        return together(a, b);
      },
      told: (counts: LifecycleCounts) => counts,
    },
  );
  const isRoot = ({ branch, above }: Place) =>
    root === undefined ? above === undefined : branch.id === root;
  const nodes: TreeNode[] = [];
  for (const one of placed.filter(isRoot)) nodes.push(yield* nodeOf(one, depth, overlap_above));
  const dangling = yield* byName(
    documents.filter(({ deleted, applications = [] }) => deleted && applications.length > 0),
    ({ id }) => id,
  );
  return {
    root: root ?? null,
    depth,
    overlap_above,
    capabilities: placed.length,
    gaps: placed.filter(({ total }) => total.current === 0).length,
    overlaps: placed.filter(({ own }) => own.current > overlap_above).length,
    nodes,
    dangling: dangling.map(({ id, name, applications = [] }) => ({
      id,
      name,
      applications: applications.length,
    })),
  };
}
