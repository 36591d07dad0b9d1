import { useEffect, useMemo, useState } from 'react';
import type { Report } from '../../api/types.js';
import { useAnswer } from '../../api/use-answer.js';
import { useSession } from '../../api/use-session.js';
import { useUrlState } from '../../api/use-url-state.js';
import { MomentPicker, useMoment } from '../../ui/moment-picker.js';
import { stopOf, stopsFrom } from './stops-from.js';

/** A picture is asked for once the slider rests this long. */
const REST_MS = 200;
/** How long each picture is shown while the years are played, and how many stops are jumped. */
const PLAY_MS = 900;
const PLAYED_STOPS = 48;

type Timeline = {
  readonly months: readonly { readonly month: string; readonly current: number }[];
};

const today = (): string => new Date().toISOString().slice(0, 10);

/** The number of applications over the time that the slider covers. */
const Spark = ({ months }: { readonly months: Timeline['months'] }) => {
  const most = Math.max(1, ...months.map(({ current }) => current));
  const last = Math.max(1, months.length - 1);
  const line = months.map(({ current }, nth) => `L${nth / last},${1 - current / most}`).join('');
  return (
    <svg className="spark" viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
      <path d={`M0,1${line}L1,1Z`} />
    </svg>
  );
};

/** Choose the day that the map shows: by a slider, by a date, or let the years go by. */
export const Travel = ({ busy }: { readonly busy: boolean }) => {
  const { patch } = useUrlState();
  const { as_of, effective_at } = useMoment();
  const allowed = useSession().permissions.includes('time_travel');
  const clock = as_of ? 'as_of' : 'effective_at';
  const { data } = useAnswer<Report<Timeline>>('/views/counts-over-time/timeline', {
    clock: as_of ? 'recorded' : 'effective',
  });
  const months = data?.answer.months ?? [];
  const first = months[0]?.month;
  const stops = useMemo(() => stopsFrom(first ?? today().slice(0, 7), today()), [first]);
  const said = stopOf(stops, (as_of ?? effective_at)?.slice(0, 10));
  const [at, setAt] = useState(said);
  const [playing, setPlaying] = useState(false);
  useEffect(() => setAt(said), [said]);
  useEffect(() => {
    if (at === said) return;
    const date = at === stops.length - 1 ? null : stops[at];
    const timer = setTimeout(
      () => patch({ as_of: null, effective_at: null, [clock]: date }, { replace: true }),
      REST_MS,
    );
    return () => clearTimeout(timer);
  }, [at, said, stops, clock, patch]);
  useEffect(() => {
    if (!playing || busy) return;
    const end = stops.length - 1;
    const step = Math.max(1, Math.round(stops.length / PLAYED_STOPS));
    const timer = setTimeout(() => {
      const next = Math.min(end, at + step);
      setAt(next);
      if (next === end) setPlaying(false);
    }, PLAY_MS);
    return () => clearTimeout(timer);
  }, [playing, busy, at, stops]);
  const play = (): void => {
    if (!playing && at === stops.length - 1) setAt(0);
    setPlaying(!playing);
  };
  const isNow = at === stops.length - 1;
  const moment = (as_of ?? effective_at)?.slice(0, 10);
  const shown = at === said ? (moment ?? 'now') : isNow ? 'now' : stops[at];
  return (
    <section className="card travel" aria-label="The day that is shown">
      <button
        type="button"
        className="button"
        disabled={!allowed || stops.length < 2}
        title={allowed ? 'Let the years go by' : 'You may not look at other moments'}
        onClick={play}
      >
        {playing ? 'Pause' : 'Play'}
      </button>
      <div className="track">
        <Spark months={months} />
        <input
          type="range"
          min={0}
          max={stops.length - 1}
          value={at}
          disabled={!allowed || stops.length < 2}
          aria-label="Day shown"
          aria-valuetext={shown}
          onChange={(event) => {
            setPlaying(false);
            setAt(Number(event.target.value));
          }}
        />
        <div className="ends">
          <span>{stops[0]}</span>
          {!isNow && <strong>{shown}</strong>}
          <span>now</span>
        </div>
      </div>
      <MomentPicker />
    </section>
  );
};
