import { countByLifecycle, highest, type LifecycleCounts } from '../lifecycle.js';

/** Deepest level that a tree is drawn to; numbers are rolled up from any depth. */
export const TREE_DEPTH_MAX = 50;

/** A capability as the tree needs it. */
export type Branch = {
  readonly id: string;
  readonly name: string;
  readonly parent_id: string | null;
  readonly deleted: boolean;
  readonly applications: Parameters<typeof countByLifecycle>[0];
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

type Placed = {
  readonly branch: Branch;
  readonly above: Placed | undefined;
  readonly orphan: boolean;
  readonly below: Placed[];
  readonly own: LifecycleCounts;
  total: LifecycleCounts;
};

const byName = (a: Branch, b: Branch): number => {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return a.id < b.id ? -1 : 1;
};

const added = (a: LifecycleCounts, b: LifecycleCounts): LifecycleCounts => ({
  planned: a.planned + b.planned,
  active: a.active + b.active,
  deprecated: a.deprecated + b.deprecated,
  retired: a.retired + b.retired,
  current: a.current + b.current,
  max_criticality: highest([a.max_criticality, b.max_criticality]),
});

/**
 * Every capability in its place, those above before those below. A loop rather than a recursion: a
 * chain of parents may be longer than a stack. Parents in a circle (a moment in the past may show
 * one) are cut open at the first of them.
 */
const placeAll = (branches: readonly Branch[]): readonly Placed[] => {
  const present = branches.filter(({ deleted }) => !deleted).sort(byName);
  const ids = new Set(present.map(({ id }) => id));
  const children = new Map<string, Branch[]>();
  for (const one of present)
    if (one.parent_id !== null) {
      const siblings = children.get(one.parent_id);
      if (siblings) siblings.push(one);
      else children.set(one.parent_id, [one]);
    }
  const placed = new Map<string, Placed>();
  const place = (branch: Branch, above?: Placed): Placed => {
    const own = countByLifecycle(branch.applications);
    const orphan = above === undefined && branch.parent_id !== null;
    const one: Placed = { branch, above, orphan, below: [], own, total: own };
    above?.below.push(one);
    placed.set(branch.id, one);
    return one;
  };
  const grow = (top: Branch): void => {
    if (placed.has(top.id)) return;
    const waiting = [place(top)];
    for (let at = waiting.pop(); at; at = waiting.pop())
      for (const child of children.get(at.branch.id) ?? [])
        if (!placed.has(child.id)) waiting.push(place(child, at));
  };
  const isTop = ({ parent_id }: Branch) => parent_id === null || !ids.has(parent_id);
  present.filter(isTop).forEach(grow);
  present.forEach(grow);
  return [...placed.values()];
};

const rollUp = (placed: readonly Placed[]): void => {
  for (const one of placed.toReversed())
    if (one.above) one.above.total = added(one.above.total, one.total);
};

const nodeOf = (one: Placed, depth: number, overlapAbove: number): TreeNode => ({
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
  const placed = placeAll(documents);
  rollUp(placed);
  const isRoot = ({ branch, above }: Placed) =>
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
      .filter(({ deleted, applications }) => deleted && applications.length > 0)
      .sort(byName)
      .map(({ id, name, applications }) => ({ id, name, applications: applications.length })),
  };
};
