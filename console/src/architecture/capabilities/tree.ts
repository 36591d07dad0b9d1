import type { Counts } from '../landscape/lifecycle-bar.js';

/** A capability in its tree, as the report `tree` tells it. */
export type TreeNode = {
  readonly id: string;
  readonly name: string;
  readonly orphan: boolean;
  readonly child_count: number;
  readonly own: Counts;
  readonly total: Counts;
  readonly gap: boolean;
  readonly overlap: boolean;
  readonly children: readonly TreeNode[];
};

export type Tree = {
  readonly root: string | null;
  readonly capabilities: number;
  readonly gaps: number;
  readonly overlaps: number;
  readonly nodes: readonly TreeNode[];
  readonly dangling: readonly {
    readonly id: string;
    readonly name: string;
    readonly applications: number;
  }[];
};

/** Boxes that one picture holds; deeper levels are left out until it does. */
export const BOXES_MAX = 1_200;

const boxesTo = (nodes: readonly TreeNode[], depth: number): number =>
  nodes.reduce((sum, one) => sum + 1 + (depth > 0 ? boxesTo(one.children, depth - 1) : 0), 0);

const cutAt = (nodes: readonly TreeNode[], depth: number): readonly TreeNode[] =>
  nodes.map((one) => ({ ...one, children: depth > 0 ? cutAt(one.children, depth - 1) : [] }));

/** What of a tree is drawn: as many levels as the picture holds. Numbers are rolled up anyway. */
export const drawable = (
  nodes: readonly TreeNode[],
  depth: number,
): { readonly nodes: readonly TreeNode[]; readonly levels: number } => {
  let levels = depth;
  while (levels > 0 && boxesTo(nodes, levels) > BOXES_MAX) levels--;
  return { nodes: levels === depth ? nodes : cutAt(nodes, levels), levels };
};

export type TreeRow = { readonly node: TreeNode; readonly level: number };

/** All of them in the order of reading, those above before those below. */
export const rowsOf = (nodes: readonly TreeNode[], level = 0): readonly TreeRow[] =>
  nodes.flatMap((node) => [{ node, level }, ...rowsOf(node.children, level + 1)]);
