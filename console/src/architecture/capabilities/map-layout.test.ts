import { describe, expect, it } from 'vitest';
import { layoutAlike, layoutByCount, type MapBox } from './map-layout.js';
import type { TreeNode } from './tree.js';

const counts = (active: number) => ({
  planned: 0,
  active,
  deprecated: 0,
  retired: 0,
  current: active,
  max_criticality: null,
});
const node = (name: string, active = 1, children: readonly TreeNode[] = []): TreeNode => ({
  id: name,
  name,
  orphan: false,
  child_count: children.length,
  own: counts(active),
  total: counts(active + children.reduce((sum, one) => sum + one.total.current, 0)),
  gap: active === 0,
  overlap: active > 1,
  children,
});

const MAP = [
  node('Claims', 0, [
    node('Assessment', 0, [node('Fraud Detection', 4), node('Damage', 1), node('Photos', 2)]),
    node('Payment', 8),
  ]),
  node('Finance', 0, [node('Ledger', 0), node('Tax', 3)]),
  node('Workforce', 2),
];

const within = (inner: MapBox, outer: MapBox): boolean =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width + 0.5 &&
  inner.y + inner.height <= outer.y + outer.height + 0.5;
const apart = (a: MapBox, b: MapBox): boolean =>
  a.x + a.width <= b.x + 0.5 ||
  b.x + b.width <= a.x + 0.5 ||
  a.y + a.height <= b.y + 0.5 ||
  b.y + b.height <= a.y + 0.5;

describe.each([
  ['alike', layoutAlike],
  ['by applications', layoutByCount],
] as const)('a capability map, %s', (_, layout) => {
  it.each([320, 700, 1_400])('holds every box in its parent, side by side, at %i px', (width) => {
    const { boxes, height } = layout(MAP, width);
    const at = (id: string): MapBox => boxes.find((box) => box.node.id === id)!;
    expect(boxes).toHaveLength(10);
    const check = (nodes: readonly TreeNode[]): void => {
      for (const [nth, one] of nodes.entries()) {
        for (const child of one.children) expect(within(at(child.id), at(one.id))).toBe(true);
        for (const other of nodes.slice(nth + 1))
          expect(apart(at(one.id), at(other.id)), `${one.id} and ${other.id}`).toBe(true);
        check(one.children);
      }
    };
    check(MAP);
    for (const box of boxes) {
      expect(box.x + box.width).toBeLessThanOrEqual(width + 0.5);
      expect(box.y + box.height).toBeLessThanOrEqual(height + 0.5);
    }
  });
});

describe('a capability map', () => {
  it('stands panels side by side where there is room', () => {
    const panels = (width: number) =>
      layoutAlike(MAP, width).boxes.filter(({ level }) => level === 0);
    expect(new Set(panels(1_200).map(({ x }) => x)).size).toBe(3);
    expect(new Set(panels(320).map(({ x }) => x)).size).toBe(1);
  });

  it('gives more room to more applications', () => {
    const { boxes } = layoutByCount(MAP, 1_200);
    const area = (id: string): number => {
      const box = boxes.find(({ node: { id: other } }) => other === id)!;
      return box.width * box.height;
    };
    expect(area('Payment')).toBeGreaterThan(area('Damage'));
    expect(area('Ledger')).toBeGreaterThan(0);
  });

  it('is empty without capabilities', () => {
    expect(layoutAlike([], 500)).toEqual({ width: 500, height: 0, boxes: [] });
    expect(layoutByCount([], 500).boxes).toEqual([]);
  });
});
