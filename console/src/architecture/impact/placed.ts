import { Graph, layout } from '@dagrejs/dagre';
import type { ImpactGraph } from './graph-of.js';

/** Size of a box of the picture in pixels. */
export const BOX = { width: 196, height: 48 } as const;
const SPACE = { rankdir: 'LR', nodesep: 12, ranksep: 150, edgesep: 8 } as const;

export type Point = { readonly x: number; readonly y: number };

/** Where each box of a graph stands (its upper left corner): further right is further away. */
export const placed = ({ nodes, links }: ImpactGraph): ReadonlyMap<string, Point> => {
  const graph = new Graph();
  graph.setGraph(SPACE);
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { key } of nodes) graph.setNode(key, { ...BOX });
  for (const { from, to } of links) graph.setEdge(from, to);
  layout(graph);
  return new Map(
    nodes.map(({ key }) => {
      const { x = 0, y = 0 } = graph.node(key) ?? {};
      return [key, { x: x - BOX.width / 2, y: y - BOX.height / 2 }];
    }),
  );
};
