import { Link, useLocation } from 'wouter';
import { address } from '../../api/address.js';
import type { Groups } from '../../api/types.js';
import { useAnswer } from '../../api/use-answer.js';
import { useUrlState } from '../../api/use-url-state.js';
import { Answered } from '../../ui/answered.js';
import { timeText, useZone, type Zone } from '../../ui/time.js';
import {
  isRange,
  RANGES,
  type RangeName,
  rangeBegins,
  roundUp,
  type Step,
  seriesOf,
} from './series-of.js';
import { useNow } from './use-now.js';

const EVERY_MS = 10_000;
const WIDTH = 720;
const HEIGHT = 150;
const GAP = 2;

const eventsOf = ({ from, to }: Pick<Step, 'from' | 'to'>): string =>
  address('/events', { 'recorded_at.gte': from, 'recorded_at.lte': to });

/** `15:04`, `Nov 21`: enough within the range. */
const tickText = (from: string, range: RangeName, zone: Zone): string => {
  const text = timeText(from, range === 'month' ? 'utc' : zone);
  return range === 'month' ? text.slice(5, 10) : text.slice(11, 16);
};

const Bars = ({ steps, range }: { readonly steps: readonly Step[]; readonly range: RangeName }) => {
  const [, navigate] = useLocation();
  const top = roundUp(Math.max(...steps.map(({ count }) => count)));
  const width = WIDTH / steps.length;
  const total = steps.reduce((sum, { count }) => sum + count, 0);
  const said = `${total.toLocaleString('en')} events in ${RANGES[range].last}, at most ${Math.max(...steps.map(({ count }) => count)).toLocaleString('en')} in one ${RANGES[range].unit}`;
  return (
    <svg
      role="img"
      aria-label={said}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      className="bars"
    >
      <line className="grid" x1={0} x2={WIDTH} y1={HEIGHT / 2} y2={HEIGHT / 2} />
      <line className="grid" x1={0} x2={WIDTH} y1={0.5} y2={0.5} />
      {steps.map((step, nth) => {
        const height = step.count === 0 ? 1 : Math.max(3, (step.count / top) * HEIGHT);
        return (
          // biome-ignore lint/a11y/noStaticElementInteractions: for the mouse; the table has links
          <g key={step.name} className="step" onClick={() => navigate(eventsOf(step))}>
            <title>{`${step.name}: ${step.count.toLocaleString('en')}`}</title>
            <rect className="area" x={nth * width} y={0} width={width} height={HEIGHT} />
            <rect
              className={step.count === 0 ? 'column none' : 'column'}
              x={nth * width + GAP / 2}
              y={HEIGHT - height}
              width={width - GAP}
              height={height}
            />
          </g>
        );
      })}
    </svg>
  );
};

const Chart = ({
  steps,
  range,
}: {
  readonly steps: readonly Step[];
  readonly range: RangeName;
}) => {
  const zone = useZone();
  const top = roundUp(Math.max(...steps.map(({ count }) => count)));
  const every = Math.ceil(steps.length / 6);
  const some = steps.filter(({ count }) => count > 0);
  return (
    <>
      <div className="throughput">
        <div className="axis small faint num" aria-hidden="true">
          <span>{top.toLocaleString('en')}</span>
          <span>{top > 1 ? (top / 2).toLocaleString('en') : ''}</span>
          <span>0</span>
        </div>
        <Bars steps={steps} range={range} />
        <div className="ticks small faint" aria-hidden="true">
          {steps
            .filter((_, nth) => nth % every === 0)
            .map(({ name, from }) => (
              <span key={name}>{tickText(from, range, zone)}</span>
            ))}
        </div>
      </div>
      {some.length > 0 && (
        <details>
          <summary className="small soft">As a table</summary>
          <div className="table-wrap short">
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">{RANGES[range].unit} (UTC)</th>
                  <th scope="col" className="num">
                    Events
                  </th>
                </tr>
              </thead>
              <tbody>
                {some.toReversed().map((step) => (
                  <tr key={step.name}>
                    <td>{step.name.replace('T', ' ')}</td>
                    <td className="num">
                      <Link href={eventsOf(step)}>{step.count.toLocaleString('en')}</Link>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </details>
      )}
    </>
  );
};

/** How many events were written, step by step up to now. */
export const Throughput = () => {
  const { get, patch } = useUrlState();
  const said = get('range');
  const range: RangeName = isRange(said) ? said : 'hour';
  const { unit, stepMs, last } = RANGES[range];
  const now = useNow(Math.min(stepMs, 60_000));
  const begins = rangeBegins(range, now);
  const answer = useAnswer<Groups>(
    '/audit',
    { group_by: `recorded_at.${unit}`, 'recorded_at.gte': begins },
    { everyMs: EVERY_MS },
  );
  return (
    <section className="card" aria-labelledby="throughput">
      <header>
        <h2 id="throughput">Events written</h2>
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset groups fields, these are buttons */}
        <div className="row" role="group" aria-label="Range">
          {Object.entries(RANGES).map(([name, { label }]) => (
            <button
              key={name}
              type="button"
              className="button small"
              aria-pressed={name === range}
              onClick={() => patch({ range: name === 'hour' ? null : name }, { replace: true })}
            >
              {label}
            </button>
          ))}
        </div>
      </header>
      <div className="body stack">
        <Answered answer={answer}>
          {({ groups }) => {
            const steps = seriesOf(range, now, groups);
            const total = steps.reduce((sum, { count }) => sum + count, 0);
            return (
              <>
                <p className="soft">
                  <Link href={address('/events', { 'recorded_at.gte': begins })}>
                    {total.toLocaleString('en')} event{total === 1 ? '' : 's'}
                  </Link>{' '}
                  in {last}
                  {total === 0 && range !== 'month' && ': choose a longer range to see more'}
                </p>
                <Chart steps={steps} range={range} />
              </>
            );
          }}
        </Answered>
      </div>
    </section>
  );
};
