import { memo } from 'react';
import { LIFECYCLES, lifecycleWords } from '../landscape/lifecycle-bar.js';
import { type Heat, type HeatBy, heatClass, heatOf } from './heat.js';
import { type MapBox, TEXT } from './map-layout.js';

/** Height of the bar of shares at the foot of a leaf, in pixels. */
const BAR = 5;
/** Where the foot is too narrow for words there is the number alone. */
const WORDS_FROM = 104;
/** Below this there is no room for a number in the heading; and none for a foot below a name. */
const COUNT_FROM = 56;
const FOOT_FROM = 52;

const footOf = ({ node, width }: MapBox, heat: Heat, by: HeatBy): string => {
  const { current, retired } = node.total;
  const wide = width >= WORDS_FROM;
  if (current === 0) return wide && retired > 0 ? `none, ${retired} retired` : 'none';
  if (by === 'coverage' && node.overlap && wide) return `${node.own.current}, overlap`;
  if (by === 'criticality' && heat.tone && wide) return `${current}, ${heat.words}`;
  return wide ? `${current} application${current === 1 ? '' : 's'}` : String(current);
};

const Shares = ({ box: { node, x, y, width, height } }: { readonly box: MapBox }) => {
  const all = LIFECYCLES.reduce((sum, one) => sum + node.total[one], 0);
  const whole = width - 2 * TEXT.inset;
  let at = x + TEXT.inset;
  return LIFECYCLES.filter((one) => node.total[one] > 0).map((one) => {
    const share = (node.total[one] / all) * whole;
    const from = at;
    at += share;
    return (
      <rect
        key={one}
        className={`life-${one}`}
        x={from}
        y={y + height - TEXT.inset - BAR}
        width={Math.max(1, share - 1)}
        height={BAR}
        rx={1.5}
      />
    );
  });
};

const Leaf = ({
  box,
  heat,
  by,
}: {
  readonly box: MapBox;
  readonly heat: Heat;
  readonly by: HeatBy;
}) => {
  const { x, y, width, height, lines } = box;
  return (
    <>
      {lines.map((line, nth) => (
        <text
          // biome-ignore lint/suspicious/noArrayIndexKey: lines of one name
          key={nth}
          className="map-name"
          x={x + TEXT.inset}
          y={y + TEXT.inset + 11 + nth * TEXT.line}
        >
          {line}
        </text>
      ))}
      {height >= (lines.length > 0 ? FOOT_FROM : 34) && width >= 30 && (
        <>
          <text className="map-foot" x={x + TEXT.inset} y={y + height - TEXT.inset - BAR - 7}>
            {footOf(box, heat, by)}
          </text>
          <Shares box={box} />
        </>
      )}
    </>
  );
};

const Head = ({ box, heat }: { readonly box: MapBox; readonly heat: Heat }) => {
  const { x, y, width, lines, kind, node } = box;
  const middle = y + (kind === 'panel' ? 25 : 20);
  return (
    <>
      <text className="map-name" x={x + TEXT.inset} y={middle}>
        {lines[0]}
      </text>
      {width >= COUNT_FROM && (
        <g className={`map-count ${heatClass(heat)}`}>
          <rect x={x + width - 46} y={middle - 14} width={36} height={19} rx={9.5} />
          <text x={x + width - 28} y={middle} textAnchor="middle">
            {node.total.current.toLocaleString('en')}
          </text>
        </g>
      )}
    </>
  );
};

/** One capability: chosen by mouse, Enter or space. */
export const CapabilityBox = memo(
  ({
    box,
    nth,
    by,
    chosen,
    found,
    first,
  }: {
    readonly box: MapBox;
    readonly nth: number;
    readonly by: HeatBy;
    readonly chosen: boolean;
    readonly found: boolean;
    /** The one that Tab leads to; arrow keys lead to the others. */
    readonly first: boolean;
  }) => {
    const { node, kind, x, y, width, height } = box;
    const heat = heatOf(node, by);
    const words = [node.name, lifecycleWords(node.total), heat.words].filter(Boolean).join(', ');
    const colour = kind === 'leaf' ? heatClass(heat) : '';
    return (
      // biome-ignore lint/a11y/useSemanticElements: a button element cannot stand in a picture
      <g
        role="button"
        tabIndex={first ? 0 : -1}
        aria-pressed={chosen}
        data-box={nth}
        data-capability={node.id}
        className={`map-box ${kind} ${colour}${chosen ? ' chosen' : ''}${found ? ' found' : ''}`}
      >
        {/* Its name for assistive technology, and its tooltip. */}
        <title>{words}</title>
        <rect
          className="map-ground"
          x={x}
          y={y}
          width={width}
          height={height}
          rx={kind === 'panel' ? 10 : 6}
        />
        {kind === 'leaf' ? <Leaf box={box} heat={heat} by={by} /> : <Head box={box} heat={heat} />}
      </g>
    );
  },
);
