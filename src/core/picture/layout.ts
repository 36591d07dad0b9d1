import { Graph as Dagre, layout as place } from '@dagrejs/dagre';
import type { Chart } from '../chart.js';
import { type EdgeCount, type Graph, graphOf, type Link, type Mesh, type Step } from './graph.js';
import { boldWidth, type LabelText, labelText, type NodeText, nodeText, SIZE } from './measure.js';
import {
  anyOverlap,
  type Box,
  boxAt,
  centre,
  movedBox,
  movedPoint,
  type Point,
  round,
  type Size,
} from './shape.js';
import { short, widthOf } from './text.js';

export type Node = NodeText & { readonly status: string; readonly box: Box };
export type Label = LabelText & { readonly box: Box };
/** A line: from a status to another, or, in a fan, to the junction (branch) and on (trunk). */
export type Edge = {
  readonly kind: 'link' | 'branch' | 'trunk';
  readonly from: readonly string[];
  readonly to: string;
  readonly labels: readonly string[];
  readonly steps: readonly number[];
  readonly count?: number;
  /** It leads to an earlier status. */
  readonly back: boolean;
  readonly points: readonly Point[];
  readonly label?: Label;
};
export type Note = { readonly box: Box; readonly text: string; readonly full: string };
export type Layout = Size & {
  readonly nodes: readonly Node[];
  readonly edges: readonly Edge[];
  readonly notes: readonly Note[];
};

/** How many are in each status, and how often each arrow was travelled. */
export type Counts = {
  readonly statuses: Readonly<Record<string, number>>;
  readonly edges: readonly EdgeCount[];
};
/**
 * `moves` leaves out the events that change no status, `statuses` also names of events and what is
 * said in words.
 */
export type Detail = 'all' | 'moves' | 'statuses';
export type Telling = {
  readonly title?: string;
  readonly counts?: Counts | undefined;
  readonly detail?: Detail | undefined;
};

const NOTE_CHARS = 120;
/** How much rather an edge of the main path is short and straight. */
const PATH_WEIGHT = 8;
const JUNCTION = { width: 8, height: 8 };
const SPACE = { rankdir: 'LR', nodesep: 30, edgesep: 18, ranksep: 44 } as const;

type Line = Omit<Edge, 'points' | 'label' | 'back'> & {
  /** The ids of the two nodes it joins: `s:` a status, `j:` a junction. */
  readonly ends: readonly [string, string];
  readonly text: LabelText & Size;
};

const counted = (count: number | undefined) => (count === undefined ? {} : { count });

const lineOf = ({ from, to, labels, steps, count }: Link, named: boolean): Line => ({
  kind: 'link',
  from: [from],
  to,
  labels,
  steps,
  ...counted(count),
  ends: [`s:${from}`, `s:${to}`],
  text: labelText(named ? labels : [], steps, count),
});

const sumOf = (links: readonly Link[]): number | undefined =>
  links.some(({ count }) => count !== undefined)
    ? links.reduce((sum, { count = 0 }) => sum + count, 0)
    : undefined;

const linesOf = ({ links, fans }: Graph, named: boolean): readonly Line[] => [
  ...links.map((one) => lineOf(one, named)),
  ...fans.flatMap((fan, nth): Line[] => [
    ...fan.links.map(
      (one): Line => ({
        ...lineOf(one, named),
        kind: 'branch',
        ends: [`s:${one.from}`, `j:${nth}`],
        text: labelText([], one.steps, one.count),
      }),
    ),
    {
      kind: 'trunk',
      from: fan.links.map(({ from }) => from),
      to: fan.to,
      labels: fan.labels,
      steps: fan.links.flatMap(({ steps }) => steps),
      ...counted(sumOf(fan.links)),
      ends: [`j:${nth}`, `s:${fan.to}`],
      text: labelText(named ? fan.labels : [], []),
    },
  ]),
];

/** The nodes that are to stand on one line: the main path, and the junctions on it. */
const coreOf = ({ path, fans }: Graph): string[] =>
  path.flatMap((to, i) => {
    const fan = fans.findIndex(
      (one) => one.to === to && one.links.some(({ from }) => from === path[i - 1]),
    );
    return fan < 0 ? [`s:${to}`] : [`j:${fan}`, `s:${to}`];
  });

type Placed = { readonly nodes: readonly Node[]; readonly edges: readonly Edge[] };

/** Have dagre find the places. Lines that lead back are given to it as if they led on. */
const placedAlong = (graph: Graph, core: string[], { counts, detail }: Telling): Placed => {
  const order = (status: string): number => graph.statuses.indexOf(status);
  const stays = detail === undefined || detail === 'all';
  const nodes = graph.statuses.map((status) => ({
    status,
    ...nodeText(graph, status, { count: counts?.statuses[status], stays }),
  }));
  const lines = linesOf(graph, detail !== 'statuses').map((line, nth) => {
    const back = order(line.from[0]!) > order(line.to);
    const [v, w] = back ? line.ends.toReversed() : line.ends;
    const straight = core[core.indexOf(line.ends[0]) + 1] === line.ends[1];
    return {
      ...line,
      back,
      weight: straight ? PATH_WEIGHT : 1,
      edge: { v: v!, w: w!, name: `${nth}` },
    };
  });
  const dagre = new Dagre({ multigraph: true });
  dagre.setGraph(SPACE);
  for (const { status, width, height } of nodes) dagre.setNode(`s:${status}`, { width, height });
  for (const nth of graph.fans.keys()) dagre.setNode(`j:${nth}`, JUNCTION);
  for (const { edge, weight, text } of lines)
    dagre.setEdge(edge, { weight, width: text.width, height: text.height, labelpos: 'c' });
  place(dagre, core.length > 1 ? { corePath: core } : {});
  const junction = (id: string): readonly Point[] =>
    id.startsWith('j:') ? [dagre.node(id) as Point] : [];
  return {
    nodes: nodes.map(({ width, height, ...node }) => ({
      ...node,
      box: boxAt(dagre.node(`s:${node.status}`) as Point, { width, height }),
    })),
    edges: lines.map(({ ends, text, edge, weight: _, ...line }) => {
      const at = dagre.edge(edge) as Point & { readonly points: Point[] };
      const way = line.back ? at.points.toReversed() : at.points;
      const points = [...junction(ends[0]), ...way, ...junction(ends[1])];
      const { width, height, ...said } = text;
      const label = width > 0 ? { label: { ...said, box: boxAt(at, { width, height }) } } : {};
      return { ...line, points, ...label };
    }),
  };
};

const boxesOf = ({ nodes, edges }: Placed): readonly Box[] =>
  [...nodes, ...edges.flatMap(({ label }) => label ?? [])].map(({ box }) => box);

/** In a very tangled chart dagre lets the straight path run into others; then it may bend. */
const placed = (graph: Graph, telling: Telling): Placed => {
  const straight = placedAlong(graph, coreOf(graph), telling);
  return anyOverlap(boxesOf(straight)) ? placedAlong(graph, [], telling) : straight;
};

const listed = (all: readonly string[], word: string): string =>
  all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} ${word} ${all.at(-1)}`;

const noteText = ({ labels, from, to }: Mesh): string => {
  const same = from.length === to.length && from.every((one) => to.includes(one));
  const targets = same ? 'any other of them' : `any of ${listed(to, 'or')}`;
  return `${listed(labels, 'and')}: from ${listed(from, 'or')} to ${targets}`;
};

const noteAt = (full: string, y: number): Note => {
  const text = short(full, NOTE_CHARS);
  const size = { width: widthOf(text, SIZE.text) + 28, height: SIZE.note };
  return { full, text, box: { x: SIZE.margin, y: round(y), ...size } };
};

/** The corners of what was placed. */
const extent = (found: Placed): { readonly min: Point; readonly max: Point } => {
  const corners = boxesOf(found).flatMap(({ x, y, width, height }) => [
    { x, y },
    { x: x + width, y: y + height },
  ]);
  const all = [...corners, ...found.edges.flatMap(({ points }) => points)];
  const [xs, ys] = [all.map(({ x }) => x), all.map(({ y }) => y)];
  return {
    min: { x: Math.min(...xs), y: Math.min(...ys) },
    max: { x: Math.max(...xs), y: Math.max(...ys) },
  };
};

/** Where everything of a chart's picture stands: by graph layout, left to right. */
export const layoutOf = (
  chart: Chart,
  travelled: readonly Step[] = [],
  telling: Telling = {},
): Layout => {
  const { title = '', counts, detail } = telling;
  const graph = graphOf(chart, travelled, counts?.edges);
  const found = placed(graph, telling);
  const { min, max } = extent(found);
  const top = title === '' ? SIZE.margin : SIZE.margin + SIZE.heading;
  const by = { x: SIZE.margin - min.x, y: top - min.y };
  const bottom = max.y + by.y + SIZE.margin / 2;
  const said = detail === 'statuses' ? [] : graph.meshes;
  const notes = said.map((mesh, nth) => noteAt(noteText(mesh), bottom + nth * SIZE.note));
  const rights = [
    max.x + by.x,
    SIZE.margin + boldWidth(title),
    ...notes.map(({ box }) => box.x + box.width),
  ];
  return {
    width: Math.ceil(Math.max(...rights) + SIZE.margin),
    height: Math.ceil(bottom + notes.length * SIZE.note + SIZE.margin / 2),
    nodes: found.nodes.map((node) => ({ ...node, box: movedBox(node.box, by) })),
    edges: found.edges.map(({ label, ...edge }) => ({
      ...edge,
      points: edge.points.map((point) => movedPoint(point, by)),
      ...(label ? { label: { ...label, box: movedBox(label.box, by) } } : {}),
    })),
    notes,
  };
};

/** The point of an edge where its label sits. */
export const labelPoint = ({ label }: Edge): Point | undefined => label && centre(label.box);
