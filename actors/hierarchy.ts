import type { Entries } from '../src/core/boundary.js';
import { type Refusal, refuse } from '../src/core/refusal.js';

/** What stands above what, without circles: a tree, or anything where one may have several above. */
export type Hierarchy<V extends { readonly name: string }> = {
  /** What stands in it: `Organization`. */
  readonly type: string;
  /** The field of a command that names what is to stand above: `parent_id`. */
  readonly field: string;
  /** What nothing can be to itself: `its own parent`. */
  readonly itself: string;
  /** What a circle would consist of: `parents`. */
  readonly plural: string;
  readonly above: (one: V) => readonly string[];
};

/** The shortest way up, both ends included. It is found, or not, even in what is broken. */
const wayUp = <V extends { readonly name: string }>(
  { above }: Hierarchy<V>,
  all: Entries<V>,
  ends: { readonly from: string; readonly to: string },
): readonly string[] | undefined => {
  const below = new Map<string, string | null>([[ends.from, null]]);
  for (const at of below.keys()) {
    const one = all.get(at);
    for (const next of one ? above(one) : []) if (!below.has(next)) below.set(next, at);
  }
  if (!below.has(ends.to)) return undefined;
  const way: string[] = [];
  for (let at: string | null = ends.to; at !== null; at = below.get(at) ?? null) way.unshift(at);
  return way;
};

/** Refuse to put one below another that does not exist, is the same, or stands below it. */
export const refuseAbove = <V extends { readonly name: string }>(
  hierarchy: Hierarchy<V>,
  all: Entries<V>,
  { id, name, above }: { readonly id: string; readonly name: string; readonly above: string },
): Refusal | undefined => {
  const { type, field, itself, plural } = hierarchy;
  if (above === id) return refuse('SELF_REFERENCE', `"${name}" cannot be ${itself}`);
  if (!all.has(above))
    return refuse('REFERENCE_NOT_FOUND', `there is no ${type} ${above}`, {
      details: { field, id: above },
    });
  const way = wayUp(hierarchy, all, { from: above, to: id });
  if (!way) return undefined;
  const path = [id, ...way].map((at) => ({ id: at, name: all.get(at)?.name ?? at }));
  return refuse(
    'CIRCULAR_REFERENCE',
    `this would close a circle of ${plural}: ${path.map((at) => at.name).join(' → ')}`,
    { details: { path } },
  );
};
