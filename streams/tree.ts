import type { Steps } from '../src/core/steps.js';
import { byName } from './by-name.js';

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

/**
 * How the numbers of branches are found and put together. What is counted with may be added to in
 * place: `told` says what it comes to by then.
 */
export type Counting<B, C, N> = {
  readonly ownOf: (branch: B) => Steps<C>;
  readonly add: (a: C, b: C) => Steps<C>;
  readonly told: (counted: C) => N;
};

type Place<B extends Branch, C, N> = { readonly one: Placed<B, N>; counted: C };

/**
 * Every branch in its place, those above before those below. A loop rather than a recursion: a
 * chain of parents may be longer than a stack. Parents in a circle (a moment in the past may show
 * one) are cut open at the first of them.
 */
function* placeAll<B extends Branch, C, N>(
  branches: readonly B[],
  { ownOf, told }: Pick<Counting<B, C, N>, 'ownOf' | 'told'>,
): Steps<readonly Place<B, C, N>[]> {
  const present = yield* byName(branches, ({ id }) => id);
  const ids = new Set(present.map(({ id }) => id));
  yield;
  const children = new Map<string, B[]>();
  for (const one of present) {
    if (one.parent_id === null) continue;
    const siblings = children.get(one.parent_id);
    if (siblings) siblings.push(one);
    else children.set(one.parent_id, [one]);
  }
  const placed = new Map<string, Place<B, C, N>>();
  const place = function* (branch: B, above?: Placed<B, N>): Steps<Placed<B, N>> {
    const counted = yield* ownOf(branch);
    const own = told(counted);
    const orphan = above === undefined && branch.parent_id !== null;
    const one: Placed<B, N> = { branch, above, orphan, below: [], own, total: own };
    above?.below.push(one);
    placed.set(branch.id, { one, counted });
    return one;
  };
  const isTop = ({ parent_id }: B) => parent_id === null || !ids.has(parent_id);
  const tops = present.filter(isTop);
  for (const top of [...tops, ...present]) {
    if (placed.has(top.id)) continue;
    const waiting = [yield* place(top)];
    for (let at = waiting.pop(); at; at = waiting.pop())
      for (const child of children.get(at.branch.id) ?? []) {
        if (!placed.has(child.id)) waiting.push(yield* place(child, at));
        yield;
      }
    yield;
  }
  return [...placed.values()];
}

/** All branches in their places, those above before those below, with rolled up numbers. */
export function* grown<B extends Branch, C, N>(
  branches: readonly B[],
  counting: Counting<B, C, N>,
): Steps<readonly Placed<B, N>[]> {
  const { add, told } = counting;
  const placed = yield* placeAll(branches, counting);
  const places = new Map(placed.map((place) => [place.one, place]));
  for (const place of placed.toReversed()) {
    const { one, counted } = place;
    one.total = told(counted);
    const above = one.above && places.get(one.above);
    if (above) above.counted = yield* add(above.counted, counted);
    yield;
  }
  return placed.map(({ one }) => one);
}
