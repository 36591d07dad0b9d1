import { toneOf } from '../../ui/tone.js';
import { LIFECYCLES } from '../portfolio/lifecycles.js';
import { LINE } from './measures.js';

const WIDTH = 26;
const HEIGHT = 16;
const MIDDLE = HEIGHT / 2;

/** What the bars and marks of the roadmap say. */
export const Legend = () => (
  <ul className="row gantt-legend small soft" aria-label="Legend">
    {LIFECYCLES.map((lifecycle) => {
      const tall = lifecycle === 'retired' ? LINE.thin : LINE.bar;
      return (
        <li key={lifecycle} className="row">
          <svg width={WIDTH} height={HEIGHT} aria-hidden="true">
            <rect
              className={`life-bar tone tone-${toneOf(lifecycle)}`}
              data-lifecycle={lifecycle}
              x={1}
              y={MIDDLE - tall / 2}
              width={WIDTH - 2}
              height={tall}
              rx={3}
            />
          </svg>
          {lifecycle}
        </li>
      );
    })}
    <li className="row">
      <svg width={WIDTH} height={HEIGHT} aria-hidden="true">
        <rect
          className="life-bar tone tone-good"
          data-expected="true"
          x={1}
          y={1}
          width={WIDTH - 2}
          height={LINE.bar}
          rx={3}
        />
      </svg>
      expected
    </li>
    <li className="row">
      <svg width={WIDTH} height={HEIGHT} aria-hidden="true">
        <line className="life-slip" x1={6} x2={WIDTH - 6} y1={MIDDLE} y2={MIDDLE} />
        <path className="life-sunset" data-date="before" d="M6 3l5 5l-5 5l-5 -5z" />
        <path className="life-sunset" data-date="now" d="M20 3l5 5l-5 5l-5 -5z" />
      </svg>
      sunset, moved from an earlier date
    </li>
    <li className="row">
      <svg width={WIDTH} height={HEIGHT} aria-hidden="true">
        <rect className="life-late" x={1} y={6} width={WIDTH - 2} height={LINE.thin} />
      </svg>
      still there after it
    </li>
    <li className="row">
      <svg width={WIDTH} height={HEIGHT} aria-hidden="true">
        <line className="legend-today" x1={13} x2={13} y1={0} y2={HEIGHT} />
      </svg>
      the day shown
    </li>
  </ul>
);
