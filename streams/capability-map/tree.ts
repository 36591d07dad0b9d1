import { countByLifecycle, highest, type LifecycleCounts } from '../lifecycle.js';
import { byName, grown, type Placed } from '../tree.js';

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

const added = (a: LifecycleCounts, b: LifecycleCounts): LifecycleCounts => ({
  planned: a.planned + b.planned,
  active: a.active + b.active,
  deprecated: a.deprecated + b.deprecated,
  retired: a.retired + b.retired,
  current: a.current + b.current,
  max_criticality: highest([a.max_criticality, b.max_criticality]),
});

type Place = Placed<Branch, LifecycleCounts>;

const nodeOf = (one: Place, depth: number, overlapAbove: number): TreeNode => ({
  id: one.branch.id,
  name: one.branch.name,
  orphan: one.orphan,
  child_count: one.below.length,
  own: one.own,
  total: one.total,
  gap: one.total.current === 0,
  overlap: one.own.current > overlapAbove,
  children: depth === 0 ? [] : one.below.map((child) => nodeOf(child, depth - 1, overlapAbove)),
});

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
export const capabilityTree = (
  documents: readonly Branch[],
  { root, depth, overlap_above }: TreeParams,
) => {
  const placed = grown(
    documents.filter(({ deleted }) => !deleted),
    { ownOf: ({ applications = [] }) => countByLifecycle(applications), add: added },
  );
  const isRoot = ({ branch, above }: Place) =>
    root === undefined ? above === undefined : branch.id === root;
  const nodes = placed.filter(isRoot).map((one) => nodeOf(one, depth, overlap_above));
  return {
    root: root ?? null,
    depth,
    overlap_above,
    capabilities: placed.length,
    gaps: placed.filter(({ total }) => total.current === 0).length,
    overlaps: placed.filter(({ own }) => own.current > overlap_above).length,
    nodes,
    dangling: documents
      .filter(({ deleted, applications = [] }) => deleted && applications.length > 0)
      .sort(byName)
      .map(({ id, name, applications = [] }) => ({ id, name, applications: applications.length })),
  };
};
