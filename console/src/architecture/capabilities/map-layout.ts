import { hierarchy, treemap } from 'd3-hierarchy';
import { fitted } from './fitted.js';
import type { TreeNode } from './tree.js';

/** A capability in the picture. A panel stands at the top, a leaf has nothing in it. */
export type MapBox = {
  readonly node: TreeNode;
  readonly kind: 'panel' | 'group' | 'leaf';
  readonly level: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly lines: readonly string[];
};
export type MapLayout = {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly MapBox[];
};

/** Sizes in pixels. */
export const TEXT = { panel: 15, group: 13, leaf: 12.5, line: 16, inset: 10, foot: 38 } as const;
const GAP = 16;
const PANEL = { min: 290, head: 42, pad: 12, gap: 10 } as const;
const GROUP = { head: 32, pad: 8, gap: 6 } as const;
/** Two leaves stand side by side where each has at least this much. */
const LEAF_MIN = 108;
const LINES_MAX = 3;
/** Boxes that hold nothing, where none at the top does: a grid of cards. */
const CARD = { min: 190, height: 96 } as const;

type Area = { readonly x: number; readonly y: number; readonly width: number };
type Placed = { readonly boxes: readonly MapBox[]; readonly height: number };

const leafAt = (node: TreeNode, level: number, area: Area): MapBox => {
  const lines = fitted(node.name, {
    width: area.width - 2 * TEXT.inset,
    size: TEXT.leaf,
    lines: LINES_MAX,
  });
  const height = lines.length * TEXT.line + TEXT.foot + 4;
  return { node, kind: 'leaf', level, ...area, height, lines };
};

/** Leaves side by side, each group on a line of its own. */
const inRows = (nodes: readonly TreeNode[], width: number): readonly (readonly TreeNode[])[] => {
  const rows: TreeNode[][] = [];
  const fits = width >= 2 * LEAF_MIN + GROUP.gap ? 2 : 1;
  for (const node of nodes) {
    const last = rows.at(-1);
    const joins = node.children.length === 0 && last?.[0]?.children.length === 0;
    if (last && joins && last.length < fits) last.push(node);
    else rows.push([node]);
  }
  return rows;
};

const insideOf = (nodes: readonly TreeNode[], level: number, area: Area): Placed => {
  const gap = level === 1 ? PANEL.gap : GROUP.gap;
  let y = area.y;
  const boxes = inRows(nodes, area.width).flatMap((row) => {
    const width = (area.width - gap * (row.length - 1)) / row.length;
    const placed = row.map((node, nth) =>
      boxOf(node, level, { x: area.x + nth * (width + gap), y, width }),
    );
    const height = Math.max(...placed.map((one) => one.height));
    y += height + gap;
    // Those that stand side by side are of one height.
    return placed.flatMap((one) =>
      one.boxes.map((box, nth) => (nth === 0 ? { ...box, height } : box)),
    );
  });
  return { boxes, height: y - gap - area.y };
};

const boxOf = (node: TreeNode, level: number, area: Area): Placed => {
  if (node.children.length === 0) {
    const leaf = leafAt(node, level, area);
    const height = level === 0 ? Math.max(CARD.height, leaf.height) : leaf.height;
    return { boxes: [{ ...leaf, height }], height };
  }
  const { head, pad } = level === 0 ? PANEL : GROUP;
  const inner = { x: area.x + pad, y: area.y + head, width: area.width - 2 * pad };
  const inside = insideOf(node.children, level + 1, inner);
  const height = head + inside.height + pad;
  const kind = level === 0 ? 'panel' : 'group';
  // Room for the number at the right.
  const width = area.width - 2 * TEXT.inset - 44;
  const lines = fitted(node.name, { width, size: TEXT[kind], lines: 1 });
  return { boxes: [{ node, kind, level, ...area, height, lines }, ...inside.boxes], height };
};

/** Capabilities all alike: panels in columns, the next one where there is room first. */
export const layoutAlike = (nodes: readonly TreeNode[], width: number): MapLayout => {
  const min = nodes.some(({ children }) => children.length > 0) ? PANEL.min : CARD.min;
  const columns = Math.max(1, Math.min(nodes.length, Math.floor((width + GAP) / (min + GAP))));
  const each = (width - GAP * (columns - 1)) / columns;
  const ends = Array.from({ length: columns }, () => 0);
  const boxes = nodes.flatMap((node) => {
    const column = ends.indexOf(Math.min(...ends));
    const area = { x: column * (each + GAP), y: ends[column] ?? 0, width: each };
    const placed = boxOf(node, 0, area);
    ends[column] = area.y + placed.height + GAP;
    return placed.boxes;
  });
  return { width, height: Math.max(0, ...ends) - (nodes.length > 0 ? GAP : 0), boxes };
};

/** Room for a capability without applications, so that a gap is seen, too. */
const GAP_WEIGHT = 0.6;
const HEADS = [0, 34, 26] as const;

/** How many lines of its name a box has room for; the foot of a leaf goes before the second one. */
const roomIn = (height: number, kind: MapBox['kind']): number => {
  if (kind !== 'leaf') return 1;
  const above = Math.floor((height - TEXT.foot) / TEXT.line);
  return above < 1 && height >= TEXT.line + 8 ? 1 : above;
};

/** The larger the more applications: a treemap. What is too small has its name in a tooltip. */
export const layoutByCount = (nodes: readonly TreeNode[], width: number): MapLayout => {
  const height = Math.round(width < 640 ? width * 2.2 : Math.max(560, width * 0.68));
  type Any = { readonly node: TreeNode | null; readonly children: readonly TreeNode[] };
  const root = hierarchy<Any>({ node: null, children: nodes }, ({ children }) =>
    children.map((node) => ({ node, children: node.children })),
  )
    .sum(({ node, children }) =>
      node && children.length === 0 ? Math.max(GAP_WEIGHT, node.total.current) : 0,
    )
    .sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
  const placed = treemap<Any>()
    .size([width, height])
    .paddingOuter(({ depth }) => (depth === 0 ? 0 : 6))
    .paddingInner(({ depth }) => (depth === 0 ? 10 : 5))
    .paddingTop(({ depth, children }) => (children ? (HEADS[depth] ?? 24) : 0))
    .round(true)(root);
  const boxes = placed.descendants().flatMap(({ data: { node }, depth, ...at }) => {
    if (!node) return [];
    const box = { x: at.x0, y: at.y0, width: at.x1 - at.x0, height: at.y1 - at.y0 };
    const kind = node.children.length === 0 ? 'leaf' : depth === 1 ? 'panel' : 'group';
    const room = roomIn(box.height, kind);
    const lines = fitted(node.name, {
      width: box.width - 2 * TEXT.inset - (kind === 'leaf' ? 0 : 44),
      size: TEXT[kind],
      lines: kind === 'leaf' ? Math.min(LINES_MAX, room) : 1,
    });
    return [{ node, kind, level: depth - 1, ...box, lines } as const];
  });
  return { width, height, boxes };
};
