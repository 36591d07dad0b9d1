import { useMemo } from 'react';
import { useLocation } from 'wouter';
import { seg } from '../../api/address.js';
import type { Trace } from './causes-of.js';
import { BOX, pictureOf } from './picture-of.js';

const PAD_PX = 10;

/** The chain as a picture. The list below says the same in words, with links for the keyboard. */
export const TracePicture = ({ trace }: { readonly trace: Trace }) => {
  const [, navigate] = useLocation();
  const { nodes, edges, columns, width, height, more } = useMemo(() => pictureOf(trace), [trace]);
  const events = nodes.filter(({ kind }) => kind !== 'command').length;
  const said = `${nodes.length - events} commands and ${events} events; the list says the same`;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached */}
      <div className="trace-picture" tabIndex={0}>
        <svg
          role="img"
          aria-label={said}
          width={width}
          height={height}
          viewBox={`-1 0 ${width + 1} ${height}`}
        >
          <defs>
            <marker
              id="trace-tip"
              viewBox="0 0 6 6"
              refX="5"
              refY="3"
              markerWidth="7"
              markerHeight="7"
              orient="auto"
            >
              <path d="M0 0L6 3L0 6z" fill="var(--line-strong)" />
            </marker>
          </defs>
          {columns.map(({ x, label }) => (
            <text key={label} className="column" x={x} y={14}>
              {label}
            </text>
          ))}
          {edges.map(({ id, path }) => (
            <path key={id} className="edge" d={path} markerEnd="url(#trace-tip)" />
          ))}
          {nodes.map(({ id, kind, x, y, title, detail, event_id, here }) => (
            // biome-ignore lint/a11y/noStaticElementInteractions: for the mouse; the list has links
            <g
              key={id}
              className="node"
              transform={`translate(${x} ${y})`}
              onClick={() => navigate(`/events/${seg(event_id)}`)}
            >
              <title>{`${title}: ${detail}`}</title>
              <rect
                className={`box ${kind}${here ? ' here' : ''}`}
                width={BOX.width}
                height={BOX.height}
                rx={kind === 'command' ? BOX.height / 2 : 8}
              />
              <text className="title" x={PAD_PX + (kind === 'command' ? 8 : 0)} y={19}>
                {title}
              </text>
              <text className="detail" x={PAD_PX + (kind === 'command' ? 8 : 0)} y={35}>
                {detail}
              </text>
            </g>
          ))}
        </svg>
      </div>
      {more > 0 && (
        <p className="small soft trace-more">
          {more.toLocaleString('en')} more commands of this chain are not drawn.
        </p>
      )}
    </>
  );
};
