import { arrows, type Chart } from '../core/chart.js';
import { curve, withHead } from './curve.js';
import { labelOf, type Step } from './graph.js';
import { type Edge, type Label, labelPoint, layoutOf, type Node, type Note } from './layout.js';
import { pillWidth, SIZE } from './measure.js';
import { type Box, centre, round } from './shape.js';
import { rootClass, styleOf, type Theme } from './style.js';
import { xml } from './text.js';

export type SvgOptions = {
  readonly title?: string;
  /** The status an aggregate is in: lit. */
  readonly current?: string;
  /** The steps it made, in order: their edges are lit and numbered. */
  readonly travelled?: readonly Step[];
  /** `auto` follows what the reader's system prefers. */
  readonly theme?: Theme;
};

const attributes = (all: Readonly<Record<string, string | number | undefined>>): string =>
  Object.entries(all)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => ` ${name}="${xml(String(value))}"`)
    .join('');
const element = (
  name: string,
  all: Readonly<Record<string, string | number | undefined>>,
  inner: readonly string[] = [],
): string =>
  inner.length === 0
    ? `<${name}${attributes(all)}/>`
    : `<${name}${attributes(all)}>${inner.join('')}</${name}>`;
const text = (at: { x: number; y: number; class: string; 'text-anchor'?: string }, said: string) =>
  element('text', at, [xml(said)]);
const tip = (said: string): string => `<title>${xml(said)}</title>`;
const rect = (box: Box, more: Readonly<Record<string, string | number>>): string =>
  element('rect', { x: box.x, y: box.y, width: box.width, height: box.height, ...more });

const steps = ({ steps: all }: Edge): string => (all.length > 0 ? ` (step ${all.join(', ')})` : '');
const arrowText = (edge: Edge): string =>
  `${edge.from.join(', ')} → ${edge.to}: ${edge.labels.join(', ')}${steps(edge)}`;

const edgeGroup = (name: string, edge: Edge, inner: readonly string[]): string =>
  element(
    'g',
    {
      class: edge.steps.length > 0 ? `${name} travelled` : name,
      'data-from': edge.kind === 'trunk' ? undefined : edge.from[0],
      'data-to': edge.to,
      'data-steps': edge.steps.join(' '),
    },
    [tip(arrowText(edge)), ...inner],
  );

const drawEdge = (edge: Edge): string => {
  const through = labelPoint(edge);
  if (edge.kind === 'branch')
    return edgeGroup('edge', edge, [
      element('path', { class: 'line', d: curve(edge.points, through) }),
    ]);
  const { line, head } = withHead(edge.points);
  const { x, y } = line[0]!;
  return edgeGroup('edge', edge, [
    element('path', { class: 'line', d: curve(line, through) }),
    element('path', { class: 'head', d: head }),
    ...(edge.kind === 'trunk'
      ? [element('circle', { class: 'junction', cx: x, cy: y, r: 4 })]
      : []),
  ]);
};

const drawLabel = (edge: Edge, { box, steps: numbers, lines }: Label): string => {
  const x = round(centre(box).x);
  const drawn = [rect(box, { class: 'halo', rx: 3 })];
  let y = box.y + 2;
  if (numbers !== '') {
    const width = pillWidth(numbers);
    const pill = { x: round(x - width / 2), y: round(y), width, height: SIZE.steps - 2 };
    drawn.push(rect(pill, { class: 'pill', rx: 8 }));
    drawn.push(text({ x, y: round(y + 12), class: 'number', 'text-anchor': 'middle' }, numbers));
    y += SIZE.steps;
  }
  for (const line of lines) {
    y += line.gap ? SIZE.gap : 0;
    drawn.push(text({ x, y: round(y + 11), class: 'event', 'text-anchor': 'middle' }, line.text));
    y += SIZE.line;
  }
  return edgeGroup('label', edge, drawn);
};

const drawNode = (chart: Chart, node: Node, current: string | undefined): string => {
  const { box, status, allStays } = node;
  const initial = status === chart.initial;
  const deleted = chart.states[status]?.kind === 'deleted';
  const said = [
    `${status}${initial ? ' (here it begins)' : ''}${deleted ? ' (deleted)' : ''}`,
    ...(allStays.length > 0 ? [`stays on: ${allStays.join(', ')}`] : []),
  ];
  const classes = [
    'status',
    ...(initial ? ['initial'] : []),
    ...(deleted ? ['deleted'] : []),
    ...(status === current ? ['current'] : []),
  ];
  const x = round(centre(box).x);
  const name = round(box.y + 24);
  const rule = round(box.y + 36);
  const right = round(box.x + box.width);
  const stays = node.stays.map((one, i) =>
    text({ x: box.x + 14, y: round(rule + 30 + i * SIZE.line), class: 'event' }, one),
  );
  return element('g', { class: classes.join(' '), 'data-status': status }, [
    tip(said.join('\n')),
    rect(box, { class: 'box', rx: 8 }),
    ...(initial ? [element('circle', { class: 'dot', cx: box.x + 14, cy: name - 5, r: 5 })] : []),
    text({ x: initial ? x + 8 : x, y: name, class: 'name', 'text-anchor': 'middle' }, node.name),
    ...(stays.length > 0
      ? [
          element('path', { class: 'rule', d: `M${box.x},${rule}H${right}` }),
          text({ x: box.x + 14, y: round(rule + 15), class: 'word' }, 'stays on'),
          ...stays,
        ]
      : []),
  ]);
};

const drawNote = ({ box, text: said, full }: Note): string =>
  element('g', { class: 'note' }, [
    tip(full),
    element('path', { class: 'line', d: `M${box.x},${round(box.y + 11)}h16` }),
    element('path', { class: 'head', d: `M${box.x},${round(box.y + 11)}l6,-3v6z` }),
    element('path', { class: 'head', d: `M${box.x + 16},${round(box.y + 11)}l-6,-3v6z` }),
    text({ x: box.x + 24, y: round(box.y + 15), class: 'event' }, said),
  ]);

const description = (chart: Chart, { current, travelled = [] }: SvgOptions): string =>
  [
    `Begins as ${chart.initial}.`,
    ...Object.keys(chart.states).flatMap((status) => {
      const out = arrows(chart).filter(({ from, to }) => from === status && to !== status);
      const ways = out.map((one) => `to ${one.to} by ${labelOf(one)}`);
      return ways.length > 0 ? [`From ${status} ${ways.join(', ')}.`] : [];
    }),
    ...(current === undefined ? [] : [`Now ${current}.`]),
    ...(travelled.length === 0 ? [] : [`It came by ${travelled.length} steps.`]),
  ].join(' ');

/**
 * A chart as an SVG document that stands alone: no font, script or resource from elsewhere. The
 * same input gives the same bytes. Colours are variables (`--stele-ink`, …) a page may set.
 */
export const drawSvg = (chart: Chart, options: SvgOptions = {}): string => {
  const { title = '', current, travelled, theme = 'auto' } = options;
  const { width, height, nodes, edges, notes } = layoutOf(chart, travelled, title);
  const frame = { x: 0, y: 0, width, height };
  const lines = [
    tip(title === '' ? 'Lifecycle' : `${title}: lifecycle`),
    `<desc>${xml(description(chart, options))}</desc>`,
    `<style>${styleOf(theme)}</style>`,
    rect(frame, { class: 'paper', rx: 10 }),
    ...(title === '' ? [] : [text({ x: SIZE.margin, y: 30, class: 'heading' }, title)]),
    ...edges.map(drawEdge),
    ...edges.flatMap((edge) => (edge.label ? [drawLabel(edge, edge.label)] : [])),
    ...nodes.map((node) => drawNode(chart, node, current)),
    ...notes.map(drawNote),
  ];
  return `${element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      class: `stele-picture ${rootClass(theme)}`,
      role: 'img',
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
    },
    [`\n${lines.join('\n')}\n`],
  )}\n`;
};
