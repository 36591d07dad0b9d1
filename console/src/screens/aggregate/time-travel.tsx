import { useEffect, useState } from 'react';
import { type Clock, dateOf, dayOf, momentAt, momentOn } from './moment.js';
import { Slider } from './slider.js';
import type { StatusStep } from './status-history.js';
import type { Travel } from './use-travel.js';

const PLAY_MS = 700;

type Props = {
  readonly travel: Travel;
  readonly steps: readonly StatusStep[];
  /** The last version there is. */
  readonly last: number;
  /** Of the moment shown, as far as the server said. */
  readonly version: number | undefined;
  readonly at: string | undefined;
  /** When it began, on either clock. */
  readonly began: Readonly<Record<Clock, string>>;
};

/** Goes through all versions by itself, from the one shown or from the first. */
const usePlay = ({ travel, last }: Props, version: number) => {
  const [playing, setPlaying] = useState(false);
  const { slide } = travel;
  useEffect(() => {
    if (!playing) return;
    if (version >= last) return setPlaying(false);
    const timer = setTimeout(() => slide(momentAt(version + 1, last)), PLAY_MS);
    return () => clearTimeout(timer);
  }, [playing, version, last, slide]);
  const toggle = (): void => {
    if (!playing && version >= last) slide(momentAt(1, last));
    setPlaying(!playing);
  };
  return { playing, toggle, stop: () => setPlaying(false) };
};

const ByVersion = (props: Props) => {
  const { travel, steps, last } = props;
  const { shown } = travel;
  const version =
    shown.kind === 'version'
      ? shown.version
      : shown.kind === 'now'
        ? last
        : (props.version ?? last);
  const { playing, toggle, stop } = usePlay(props, version);
  const slide = (to: number): void => {
    stop();
    travel.slide(momentAt(to, last));
  };
  return (
    <div className="time-row">
      <span className="time-what">
        <button
          type="button"
          className="button small play"
          onClick={toggle}
          disabled={last < 2}
          aria-label={playing ? 'Pause' : 'Play its life, version by version'}
        >
          <span aria-hidden="true">{playing ? '❚❚' : '▶'}</span>
        </button>
        Version
      </span>
      <Slider
        label="Version shown"
        min={1}
        max={last}
        value={version}
        text={`version ${version} of ${last}`}
        marks={steps.map(({ stay, to }) => ({ at: stay.aggregate_version, status: to }))}
        onSlide={slide}
        disabled={last < 2}
      />
      <span className="num time-value">
        {version} <span className="faint">of {last}</span>
      </span>
    </div>
  );
};

const ByDate = ({ travel, steps, at, began }: Props) => {
  const { shown } = travel;
  const [chosen, setClock] = useState<Clock>('effective_at');
  const clock = shown.kind === 'as_of' || shown.kind === 'effective_at' ? shown.kind : chosen;
  const today = dayOf(new Date().toISOString());
  const first = Math.min(dayOf(began[clock]), today);
  const dated = shown.kind === 'as_of' || shown.kind === 'effective_at';
  const day = dated ? dayOf(shown.at) : shown.kind === 'now' || !at ? today : dayOf(at);
  const change = (next: Clock): void => {
    setClock(next);
    if (dated) travel.go({ ...shown, kind: next });
  };
  const marks = steps.map(({ stay, to }) => ({ at: dayOf(stay.from), status: to }));
  return (
    <div className="time-row">
      <span className="time-what">
        <select
          className="input"
          aria-label="Which clock dates are on"
          value={clock}
          onChange={(event) => change(event.target.value === 'as_of' ? 'as_of' : 'effective_at')}
        >
          <option value="effective_at">True on</option>
          <option value="as_of">Known on</option>
        </select>
      </span>
      <Slider
        label="Date shown"
        min={first}
        max={today}
        value={day}
        text={day >= today ? 'now' : dateOf(day)}
        marks={clock === 'effective_at' ? marks : []}
        onSlide={(to) => travel.slide(momentOn(to, today, clock))}
        disabled={first >= today}
      />
      <input
        type="date"
        className="input time-value"
        aria-label="Date"
        min={dateOf(first)}
        max={dateOf(today)}
        value={dateOf(day)}
        onChange={({ target: { value } }) =>
          value && travel.go(momentOn(dayOf(value), today, clock))
        }
      />
    </div>
  );
};

/** Two ways through its life: event by event, or day by day. */
export const TimeTravel = (props: Props) => (
  // biome-ignore lint/a11y/useSemanticElements: its fields are two sliders, not a form
  <div className="times" role="group" aria-label="Time travel">
    <ByVersion {...props} />
    <ByDate {...props} />
  </div>
);
