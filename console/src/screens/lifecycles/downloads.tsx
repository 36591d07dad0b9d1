import { drawMermaid } from '../../../../src/core/picture/mermaid.js';
import { drawSvg, type SvgOptions } from '../../../../src/core/picture/svg.js';
import type { Chart } from '../../lifecycle/use-lifecycle.js';
import { CopyButton } from '../../ui/copy-id.js';

const PLAIN = [
  ['svg', 'SVG'],
  ['mermaid', 'Mermaid'],
  ['dot', 'DOT'],
  ['json', 'JSON'],
] as const;
const ENDING = { svg: 'svg', mermaid: 'mmd', dot: 'dot', json: 'json' } as const;

const save = (name: string, svg: string): void => {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
};

/** The picture as it is on the screen, and the plain lifecycle as the server draws it. */
export const Downloads = ({
  name,
  chart,
  options,
}: {
  readonly name: string;
  readonly chart: Chart;
  readonly options: SvgOptions;
}) => (
  // biome-ignore lint/a11y/useSemanticElements: a fieldset groups fields, these are links
  <div className="row" role="group" aria-label="Download">
    <span className="small soft">Download</span>
    <button
      type="button"
      className="button small"
      onClick={() => save(`${name}-numbers.svg`, drawSvg(chart, { title: name, ...options }))}
    >
      SVG as shown
    </button>
    {PLAIN.map(([format, label]) => (
      <a
        key={format}
        className="button small"
        href={`/machines/${encodeURIComponent(name)}?format=${format}`}
        download={`${name}.${ENDING[format]}`}
      >
        {label}
      </a>
    ))}
    <CopyButton text={drawMermaid(chart, { title: name })} label="Copy Mermaid" />
  </div>
);
