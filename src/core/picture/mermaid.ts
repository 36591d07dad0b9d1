import { arrows, type Chart } from '../chart.js';
import { labelOf } from './graph.js';

/** Words that mean something else in a Mermaid state diagram. */
const RESERVED =
  /^(state|statediagram.*|status_\d+|root.*|end|note|fork|join|choice|class|classdef|style|direction|default|hide|scale|title|acctitle|accdescr|as|click|href|call|tb|td|bt|lr|rl|left|right|of)$/i;
const PLAIN = /^[A-Za-z][A-Za-z0-9_]*$/;

/** Text in which nothing is syntax: Mermaid reads `#58;` as the character 58. */
const escaped = (text: string): string =>
  text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[^\p{L}\p{N} _.,()=/+-]/gu, (char) => `#${char.codePointAt(0)};`);

/** A chart as a Mermaid `stateDiagram-v2`. */
export const drawMermaid = (chart: Chart, { title = '' }: { readonly title?: string } = {}) => {
  const statuses = Object.keys(chart.states);
  const gone = statuses.filter((status) => chart.states[status]?.kind === 'deleted');
  const plain = (status: string) => PLAIN.test(status) && !RESERVED.test(status);
  const id = (status: string) => (plain(status) ? status : `status_${statuses.indexOf(status)}`);
  const labels = new Map<string, string[]>();
  for (const arrow of arrows(chart)) {
    const line = `${id(arrow.from)} --> ${id(arrow.to)}`;
    const known = labels.get(line) ?? [];
    const label = escaped(labelOf(arrow));
    labels.set(line, known.includes(label) ? known : [...known, label]);
  }
  const lines = [
    'stateDiagram-v2',
    '  direction LR',
    ...(title === '' ? [] : [`  accTitle: ${escaped(title)}`]),
    ...statuses.map((one) => (plain(one) ? `  ${one}` : `  state "${escaped(one)}" as ${id(one)}`)),
    `  [*] --> ${id(chart.initial)}`,
    ...[...labels].map(([line, all]) => `  ${line}: ${all.join('<br/>')}`),
    ...gone.map((status) => `  ${id(status)} --> [*]`),
    ...(gone.length > 0 ? ['  classDef deleted stroke-dasharray: 5 4'] : []),
    ...gone.map((status) => `  class ${id(status)} deleted`),
  ];
  return `${lines.join('\n')}\n`;
};
