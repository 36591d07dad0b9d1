import { arrows, type Chart } from '../chart.js';
import { curve, withHead } from './curve.js';
import { labelOf, type Step } from './graph.js';
import {
  type Counts,
  type Detail,
  type Edge,
  type Label,
  labelPoint,
  layoutOf,
  type Node,
  type Note,
} from './layout.js';
import { countText, pillWidth, SIZE } from './measure.js';
import { type Box, centre, round } from './shape.js';
import { rootClass, styleOf, type Theme } from './style.js';
import { xml } from './text.js';

export type SvgOptions = {
  readonly title?: string;
  /** The status an aggregate is in: lit. */
  readonly current?: string;
  /** The steps it made, in order: their edges are lit and numbered. */
  readonly travelled?: readonly Step[];
  /** How many are in each status and how often each arrow was travelled: on boxes and lines. */
  readonly counts?: Counts;
  /** How much is said; default: all. */
  readonly detail?: Detail;
  /** `auto` follows what the reader's system prefers. */
  readonly theme?: Theme;
  /** `false` leaves the style out: the page has it (`styleOf`). */
  readonly style?: false;
  /** Travelled edges, or statuses (some or all), are buttons: reached by the keyboard. */
  readonly pick?: { readonly steps?: boolean; readonly statuses?: boolean | readonly string[] };
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
const often = ({ count }: Edge): string =>
  count === undefined ? '' : `, ${countText(count)} time${count === 1 ? '' : 's'}`;
const arrowText = (edge: Edge): string =>
  `${edge.from.join(', ')} → ${edge.to}: ${edge.labels.join(', ')}${steps(edge)}${often(edge)}`;

/** How wide a line is drawn, of WAYS: by the root, as a way travelled once must still be seen. */
const WAYS = 5;
const wayOf = (count: number, most: number): number =>
  count === 0 ? 0 : Math.max(1, Math.round(Math.sqrt(count / most) * WAYS));
const partClass = (name: string, { steps: all }: Edge): string =>
  all.length > 0 ? `${name} travelled` : name;
const edgeClass = (edge: Edge, most: number): string =>
  [
    partClass('edge', edge),
    ...(edge.count !== undefined ? [`way-${wayOf(edge.count, most)}`] : []),
    ...(edge.count !== undefined && edge.back ? ['back'] : []),
  ].join(' ');

const picks = ({ pick }: SvgOptions, status: string): boolean =>
  typeof pick?.statuses === 'object' ? pick.statuses.includes(status) : pick?.statuses === true;
/** Makes a part of the picture a button for those who cannot see or point: its title names it. */
const BUTTON = { tabindex: 0, role: 'button' };

const edgeGroup = (name: string, edge: Edge, inner: readonly string[], pick = false): string =>
  element(
    'g',
    {
      class: name,
      ...(pick && edge.steps.length > 0 && BUTTON),
      'data-from': edge.kind === 'trunk' ? undefined : edge.from[0],
      'data-to': edge.to,
      'data-steps': edge.steps.join(' '),
    },
    [tip(arrowText(edge)), ...inner],
  );

const drawEdge = (edge: Edge, most: number): string => {
  const through = labelPoint(edge);
  const name = edgeClass(edge, most);
  if (edge.kind === 'branch')
    return edgeGroup(name, edge, [
      element('path', { class: 'line', d: curve(edge.points, through) }),
    ]);
  const { line, head } = withHead(edge.points, 1 + wayOf(edge.count ?? 0, most) / 8);
  const { x, y } = line[0]!;
  return edgeGroup(name, edge, [
    element('path', { class: 'line', d: curve(line, through) }),
    element('path', { class: 'head', d: head }),
    ...(edge.kind === 'trunk'
      ? [element('circle', { class: 'junction', cx: x, cy: y, r: 4 })]
      : []),
  ]);
};

const drawLabel = (
  edge: Edge,
  { box, steps: numbers, tally, lines }: Label,
  { pick }: SvgOptions,
): string => {
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
  if (tally !== '') {
    drawn.push(text({ x, y: round(y + 11), class: 'tally', 'text-anchor': 'middle' }, tally));
    y += SIZE.line;
  }
  for (const line of lines) {
    y += line.gap ? SIZE.gap : 0;
    drawn.push(text({ x, y: round(y + 11), class: 'event', 'text-anchor': 'middle' }, line.text));
    y += SIZE.line;
  }
  return edgeGroup(partClass('label', edge), edge, drawn, pick?.steps);
};

const drawNode = (chart: Chart, node: Node, options: SvgOptions): string => {
  const { current } = options;
  const { box, status, allStays, count } = node;
  const initial = status === chart.initial;
  const deleted = chart.states[status]?.kind === 'deleted';
  const said = [
    `${status}${initial ? ' (here it begins)' : ''}${deleted ? ' (deleted)' : ''}`,
    ...(count === undefined ? [] : [`${count} in it`]),
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
  const rule = round(box.y + 36 + (count === undefined ? 0 : SIZE.count));
  const right = round(box.x + box.width);
  const stays = node.stays.map((one, i) =>
    text({ x: box.x + 14, y: round(rule + 30 + i * SIZE.line), class: 'event' }, one),
  );
  const picked = picks(options, status) && BUTTON;
  return element('g', { class: classes.join(' '), 'data-status': status, ...picked }, [
    tip(said.join('\n')),
    rect(box, { class: 'box', rx: 8 }),
    ...(initial ? [element('circle', { class: 'dot', cx: box.x + 14, cy: name - 5, r: 5 })] : []),
    text({ x: initial ? x + 8 : x, y: name, class: 'name', 'text-anchor': 'middle' }, node.name),
    ...(count === undefined
      ? []
      : [text({ x, y: round(name + 23), class: 'count', 'text-anchor': 'middle' }, count)]),
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

const description = (chart: Chart, { current, travelled = [], counts }: SvgOptions): string =>
  [
    `Begins as ${chart.initial}.`,
    ...Object.keys(chart.states).flatMap((status) => {
      const out = arrows(chart).filter(({ from, to }) => from === status && to !== status);
      const ways = out.map((one) => `to ${one.to} by ${labelOf(one)}`);
      return ways.length > 0 ? [`From ${status} ${ways.join(', ')}.`] : [];
    }),
    ...Object.entries(counts?.statuses ?? {}).map(([name, n]) => `${countText(n)} are ${name}.`),
    ...(current === undefined ? [] : [`Now ${current}.`]),
    ...(travelled.length === 0 ? [] : [`It came by ${travelled.length} steps.`]),
  ].join(' ');

/**
 * A chart as an SVG document that stands alone: no font, script or resource from elsewhere. The
 * same input gives the same bytes. Colours are variables (`--stele-ink`, …) a page may set.
 */
export const drawSvg = (chart: Chart, options: SvgOptions = {}): string => {
  const { title = '', travelled, theme = 'auto', style, pick, counts, detail } = options;
  const { width, height, nodes, edges, notes } = layoutOf(chart, travelled, {
    title,
    counts,
    detail,
  });
  const most = Math.max(1, ...edges.map(({ count = 0 }) => count));
  const frame = { x: 0, y: 0, width, height };
  const lines = [
    tip(title === '' ? 'Lifecycle' : `${title}: lifecycle`),
    `<desc>${xml(description(chart, options))}</desc>`,
    ...(style === false
      ? []
      : [`<style>${styleOf(theme, { counts: counts !== undefined })}</style>`]),
    rect(frame, { class: 'paper', rx: 10 }),
    ...(title === '' ? [] : [text({ x: SIZE.margin, y: 30, class: 'heading' }, title)]),
    ...edges.map((edge) => drawEdge(edge, most)),
    ...edges.flatMap((edge) => (edge.label ? [drawLabel(edge, edge.label, options)] : [])),
    ...nodes.map((node) => drawNode(chart, node, options)),
    ...notes.map(drawNote),
  ];
  return `${element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      class: `stele-picture ${rootClass(theme)}`,
      // What holds buttons is no single image.
      role: pick ? 'group' : 'img',
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
    },
    [`\n${lines.join('\n')}\n`],
  )}\n`;
};
