import { arrows, type Chart } from '../chart.js';
import { labelOf } from './graph.js';

const escaped = (text: string): string =>
  text.replaceAll(/\p{Cc}/gu, ' ').replaceAll(/["\\]/g, (char) => `\\${char}`);
const quoted = (text: string): string => `"${escaped(text)}"`;
/** Graphviz reads HTML entities in labels, but not in the names of nodes. */
const shown = (text: string): string => escaped(text.replaceAll('&', '&amp;'));

/** A chart in the DOT language of Graphviz. */
export const drawDot = (chart: Chart, { title = '' }: { readonly title?: string } = {}): string => {
  const labels = new Map<string, string[]>();
  for (const arrow of arrows(chart)) {
    const line = `${quoted(arrow.from)} -> ${quoted(arrow.to)}`;
    const known = labels.get(line) ?? [];
    const label = shown(labelOf(arrow));
    labels.set(line, known.includes(label) ? known : [...known, label]);
  }
  const statuses = Object.entries(chart.states).map(
    ([status, { kind }]) =>
      `  ${quoted(status)} [label="${shown(status)}", style="rounded${kind === 'deleted' ? ',dashed' : ''}"];`,
  );
  const lines = [
    `digraph ${quoted(title || 'lifecycle')} {`,
    '  rankdir=LR;',
    `  label="${shown(title)}"; labelloc=t;`,
    '  node [shape=box, fontname="sans-serif"];',
    '  edge [fontname="sans-serif", fontsize=10];',
    '  " begin" [shape=point, label=""];',
    ...statuses,
    `  " begin" -> ${quoted(chart.initial)};`,
    ...[...labels].map(([line, all]) => `  ${line} [label="${all.join('\\n')}"];`),
    '}',
  ];
  return `${lines.join('\n')}\n`;
};
