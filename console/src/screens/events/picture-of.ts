import type { StoredEvent } from '../../api/types.js';
import { wordsOf } from '../../forms/words-of.js';
import { around, type Trace } from './causes-of.js';

const COMMANDS_DRAWN = 8;
const EVENTS_DRAWN = 6;
const BESIDE_DRAWN = 6;
export const BOX = { width: 236, height: 44 } as const;
const STEP = { x: 288, y: 58 } as const;
const HEAD_PX = 28;
const TITLE_CHARS = 28;
const DETAIL_CHARS = 31;

type NodeKind = 'approval' | 'command' | 'event' | 'correction';
type Node = {
  readonly id: string;
  readonly kind: NodeKind;
  readonly x: number;
  readonly y: number;
  readonly title: string;
  readonly detail: string;
  /** The event that it leads to; of a command its first. */
  readonly event_id: string;
  readonly here: boolean;
};
type Edge = { readonly id: string; readonly path: string };
type Picture = {
  readonly nodes: readonly Node[];
  readonly edges: readonly Edge[];
  readonly columns: readonly { readonly x: number; readonly label: string }[];
  readonly width: number;
  readonly height: number;
  /** Commands of the chain that are not drawn. */
  readonly more: number;
};

const cut = (text: string, max: number): string =>
  text.length > max ? `${text.slice(0, max - 1)}…` : text;
const timeOf = ({ recorded_at }: StoredEvent): string => recorded_at.slice(0, 16).replace('T', ' ');

type Place = { readonly column: number; readonly row: number };

const nodeOf = (
  one: StoredEvent,
  { column, row }: Place,
  how: { readonly kind: NodeKind; readonly here?: boolean },
): Node => ({
  id: `${how.kind} ${one.event_id}`,
  kind: how.kind,
  event_id: one.event_id,
  x: column * STEP.x,
  y: HEAD_PX + row * STEP.y,
  title: cut(wordsOf(one.event_type), TITLE_CHARS),
  detail: cut(`${one.actor}, ${timeOf(one)}`, DETAIL_CHARS),
  here: how.here ?? false,
});

const edgeOf = (from: Node, to: Node): Edge => {
  const [x1, y1] = [from.x + BOX.width, from.y + BOX.height / 2];
  const [x2, y2] = [to.x, to.y + BOX.height / 2];
  const middle = (x1 + x2) / 2;
  const path = `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2 - 5} ${y2}`;
  return { id: `${from.id} ${to.id}`, path };
};

type Laid = { readonly nodes: Node[]; readonly edges: Edge[] };

/** Commands and their events below each other. Returns the command and the event that matter. */
const layChain = (trace: Trace, laid: Laid, column: number) => {
  const at = trace.causes.findIndex(({ command_id }) => command_id === trace.here.command_id);
  const drawn = around(trace.causes, at, COMMANDS_DRAWN);
  let row = 0;
  let command: Node | undefined;
  let event: Node | undefined;
  for (const cause of drawn) {
    const nth = cause.events.findIndex(({ event_id }) => event_id === trace.here.event_id);
    const events = around(cause.events, Math.max(0, nth), EVENTS_DRAWN);
    const [first] = events;
    if (!first) continue;
    const head: Node = {
      ...nodeOf(first, { column, row }, { kind: 'command' }),
      id: `command ${cause.command_id}`,
      title: cut(cause.command_type ? wordsOf(cause.command_type) : 'Command', TITLE_CHARS),
      detail: cut(`by ${cause.actor}`, DETAIL_CHARS),
    };
    laid.nodes.push(head);
    for (const one of events) {
      const here = one.event_id === trace.here.event_id;
      const node = nodeOf(one, { column: column + 1, row }, { kind: 'event', here });
      laid.nodes.push(node);
      laid.edges.push(edgeOf(head, node));
      if (here) [command, event] = [head, node];
      row += 1;
    }
  }
  return { command, event, rows: row, more: trace.causes.length - drawn.length };
};

/** A chain as boxes and lines: why, who commanded what, what happened, what followed. */
export const pictureOf = (trace: Trace): Picture => {
  const before = [
    ...(trace.original ? [{ one: trace.original, kind: 'event' as const }] : []),
    ...trace.approval.slice(-BESIDE_DRAWN).map((one) => ({ one, kind: 'approval' as const })),
  ];
  const after = [
    ...trace.corrections.map((one) => ({ one, kind: 'correction' as const })),
    ...trace.allowed.map((one) => ({ one, kind: 'event' as const })),
  ].slice(0, BESIDE_DRAWN);
  const column = before.length > 0 ? 1 : 0;
  const laid: Laid = { nodes: [], edges: [] };
  const { command, event, rows, more } = layChain(trace, laid, column);
  // Beside the event that they belong to, as far as there is room below.
  const start = (target: Node | undefined): number =>
    target ? Math.round((target.y - HEAD_PX) / STEP.y) : 0;
  for (const [nth, { one, kind }] of before.entries()) {
    const place = { column: 0, row: start(command) + nth };
    const node = nodeOf(one, place, { kind });
    laid.nodes.push({ ...node, id: `before ${node.id}` });
    if (command) laid.edges.push(edgeOf(node, command));
  }
  for (const [nth, { one, kind }] of after.entries()) {
    const node = nodeOf(one, { column: column + 2, row: start(event) + nth }, { kind });
    laid.nodes.push({ ...node, id: `after ${node.id}` });
    if (event) laid.edges.push(edgeOf(event, node));
  }
  const beside = Math.max(start(command) + before.length, start(event) + after.length);
  const labels = [
    ...(before.length > 0 ? ['Because of'] : []),
    'Command',
    'Event',
    ...(after.length > 0 ? ['Followed by'] : []),
  ];
  return {
    ...laid,
    columns: labels.map((label, nth) => ({ x: nth * STEP.x, label })),
    width: (labels.length - 1) * STEP.x + BOX.width + 2,
    height: HEAD_PX + Math.max(rows, beside) * STEP.y,
    more,
  };
};
