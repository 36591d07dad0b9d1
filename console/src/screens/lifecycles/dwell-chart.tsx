import { Badge } from '../../ui/badge.js';
import { durationText } from '../../ui/time.js';
import { toneOf } from '../../ui/tone.js';
import { dwellScale, type Scale } from './dwell-scale.js';
import type { StatusStatistics } from './statistics.js';

const percent = (share: number): string => `${(share * 100).toFixed(2)}%`;

const left = ({ median, p90, max }: NonNullable<StatusStatistics['dwell_seconds']>): string =>
  max < 1
    ? 'passed at once'
    : `half stayed up to ${durationText(median)}, 9 of 10 up to ${durationText(p90)}, the longest ${durationText(max)}`;

const said = ({ dwell_seconds: dwell, current_seconds: current }: StatusStatistics): string => {
  const so = current && `have been there for ${durationText(current.median)} (median)`;
  const now = so && (dwell ? `those in it now ${so}` : `nothing has left it; those in it ${so}`);
  const text = [...(dwell ? [left(dwell)] : []), ...(now ? [now] : [])].join('; ');
  if (text === '') return 'Nothing has been in it.';
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
};

const Bar = ({ one, scale }: { readonly one: StatusStatistics; readonly scale: Scale }) => {
  const { dwell_seconds: dwell, current_seconds: current } = one;
  return (
    <div className={`dwell-bar tone tone-${toneOf(one.status)}`} aria-hidden="true">
      {scale.ticks.map(({ at, label }) => (
        <i key={label} className="tick" style={{ left: percent(at) }} />
      ))}
      {dwell && <span className="most" style={{ width: percent(scale.at(dwell.p90)) }} />}
      {dwell && <span className="half" style={{ width: percent(scale.at(dwell.median)) }} />}
      {dwell && <b style={{ left: percent(scale.at(dwell.max)) }} />}
      {!dwell && current && (
        <span className="still" style={{ width: percent(scale.at(current.median)) }} />
      )}
    </div>
  );
};

/** How long things stay in each state, on a scale that shows minutes and decades alike. */
export const DwellChart = ({ statuses }: { readonly statuses: readonly StatusStatistics[] }) => {
  const scale = dwellScale(
    statuses.flatMap(({ dwell_seconds, current_seconds }) => [
      dwell_seconds?.max ?? 0,
      dwell_seconds ? 0 : (current_seconds?.median ?? 0),
    ]),
  );
  return (
    <section className="card" aria-labelledby="dwell">
      <header>
        <h2 id="dwell">How long they stay</h2>
      </header>
      <div className="body stack">
        <ul className="dwell">
          {statuses.map((one) => (
            <li key={one.status}>
              <Badge word={one.status} />
              <Bar one={one} scale={scale} />
              <p className="small soft">{said(one)}</p>
            </li>
          ))}
        </ul>
        <div className="dwell-ticks small faint" aria-hidden="true">
          {scale.ticks.map(({ at, label }) => (
            <span key={label} style={{ left: percent(at) }}>
              {label}
            </span>
          ))}
        </div>
        <p className="small soft">
          Full colour: half of them. Light: 9 of 10. Mark: the longest. Striped: those still in it.
          Each tick is many times the one before it.
        </p>
      </div>
    </section>
  );
};
