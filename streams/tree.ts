import { inPeopleOrder } from '../src/core/people-key.js';

/** Deepest level that a tree is drawn to; numbers are rolled up from any depth. */
export const TREE_DEPTH_MAX = 50;

/** Something that stands in a tree. */
export type Branch = {
  readonly id: string;
  readonly name: string;
  readonly parent_id: string | null;
};

/** A branch in its place, with what belongs to itself, and to it with everything below. */
export type Placed<B extends Branch, N> = {
  readonly branch: B;
  readonly above: Placed<B, N> | undefined;
  /** Its parent was deleted, is not known, or is below it: it stands at the top. */
  readonly orphan: boolean;
  readonly below: Placed<B, N>[];
  readonly own: N;
  total: N;
};

/** How the numbers of branches are found and put together. */
export type Counting<B, N> = {
  readonly ownOf: (branch: B) => N;
  readonly add: (a: N, b: N) => N;
};

/** By name, as people look things up. */
export const byName = (a: Branch, b: Branch): number =>
  inPeopleOrder(a.name, b.name) || (a.id < b.id ? -1 : 1);

/**
 * Every branch in its place, those above before those below. A loop rather than a recursion: a
 * chain of parents may be longer than a stack. Parents in a circle (a moment in the past may show
 * one) are cut open at the first of them.
 */
const placeAll = <B extends Branch, N>(
  branches: readonly B[],
  ownOf: (branch: B) => N,
): readonly Placed<B, N>[] => {
  const present = [...branches].sort(byName);
  const ids = new Set(present.map(({ id }) => id));
  const children = new Map<string, B[]>();
  for (const one of present)
    if (one.parent_id !== null) {
      const siblings = children.get(one.parent_id);
      if (siblings) siblings.push(one);
      else children.set(one.parent_id, [one]);
    }
  const placed = new Map<string, Placed<B, N>>();
  const place = (branch: B, above?: Placed<B, N>): Placed<B, N> => {
    const own = ownOf(branch);
    const orphan = above === undefined && branch.parent_id !== null;
    const one: Placed<B, N> = { branch, above, orphan, below: [], own, total: own };
    above?.below.push(one);
    placed.set(branch.id, one);
    return one;
  };
  const grow = (top: B): void => {
    if (placed.has(top.id)) return;
    const waiting = [place(top)];
    for (let at = waiting.pop(); at; at = waiting.pop())
      for (const child of children.get(at.branch.id) ?? [])
        if (!placed.has(child.id)) waiting.push(place(child, at));
  };
  const isTop = ({ parent_id }: B) => parent_id === null || !ids.has(parent_id);
  present.filter(isTop).forEach(grow);
  present.forEach(grow);
  return [...placed.values()];
};

/** All branches in their places, those above before those below, with rolled up numbers. */
export const grown = <B extends Branch, N>(
  branches: readonly B[],
  { ownOf, add }: Counting<B, N>,
): readonly Placed<B, N>[] => {
  const placed = placeAll(branches, ownOf);
  for (const one of placed.toReversed())
    if (one.above) one.above.total = add(one.above.total, one.total);
  return placed;
};
