import type { Aggregate } from '../aggregate.js';
import { drawDot } from './dot.js';
import { machineJson } from './json.js';
import { drawMermaid } from './mermaid.js';
import { drawSvg, type SvgOptions } from './svg.js';

export const FORMATS = ['svg', 'mermaid', 'dot', 'json'] as const;
export type Format = (typeof FORMATS)[number];

/**
 * The lifecycle of a definition as a document. The title is its name unless told otherwise;
 * `current`, `travelled` and `theme` are for `svg`. A browser imports `svg.js`, which needs only
 * the chart.
 */
export const drawMachine = (
  definition: Aggregate,
  format: Format,
  options: SvgOptions = {},
): string => {
  const titled = { title: definition.name, ...options };
  switch (format) {
    case 'svg':
      return drawSvg(definition.chart, titled);
    case 'mermaid':
      return drawMermaid(definition.chart, titled);
    case 'dot':
      return drawDot(definition.chart, titled);
    case 'json':
      return `${JSON.stringify(machineJson(definition), null, 2)}\n`;
  }
};
