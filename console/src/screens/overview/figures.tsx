import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { address } from '../../api/address.js';
import { onEvent } from '../../api/follow-events.js';
import type { Report } from '../../api/types.js';
import { useAnswer } from '../../api/use-answer.js';
import { useMay } from '../../api/use-session.js';
import { useProjections } from './health.js';
import { useNow } from './use-now.js';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Counts that no event announces are asked anew so often. */
const EVERY_MS = 10_000;
const CONFLICT = 'CONFLICT';

const number = (n: number | undefined): string => n?.toLocaleString('en') ?? '…';

const Figure = ({
  label,
  value,
  hint,
  href,
  loud = false,
}: {
  readonly label: string;
  readonly value: ReactNode;
  readonly hint: ReactNode;
  readonly href?: string | undefined;
  readonly loud?: boolean;
}) => (
  <div className={`card figure ${loud ? 'tone tone-warn loud' : ''}`}>
    <span className="label">{label}</span>
    <span className="value">{href ? <Link href={href}>{value}</Link> : value}</span>
    <span className="small soft">{hint}</span>
  </div>
);

/** Events that came over the live connection in the last minute. */
const useLiveMinute = (): number => {
  const arrived = useRef<number[]>([]);
  const [count, setCount] = useState(0);
  useEffect(() => {
    const stop = onEvent(() => arrived.current.push(Date.now()));
    const timer = setInterval(() => {
      const since = Date.now() - MINUTE_MS;
      const first = arrived.current.findIndex((at) => at >= since);
      arrived.current = first < 0 ? [] : arrived.current.slice(first);
      setCount(arrived.current.length);
    }, 1_000);
    return () => {
      stop();
      clearInterval(timer);
    };
  }, []);
  return count;
};

const rate = (perMinute: number): string => {
  const perSecond = perMinute / 60;
  return perSecond >= 10 ? Math.round(perSecond).toLocaleString('en') : perSecond.toFixed(1);
};

const Live = () => {
  const minute = useLiveMinute();
  const mayAudit = useMay('audit');
  return (
    <Figure
      label="Events per second"
      value={rate(minute)}
      href={mayAudit ? '/events' : undefined}
      hint={`${number(minute)} in the last minute`}
    />
  );
};

type Rejections = {
  readonly rejections: number;
  readonly denials: number;
  readonly by_code: {
    readonly shown: readonly { readonly value: string | null; readonly count: number }[];
  };
};

const Refused = () => {
  const from = new Date(useNow(MINUTE_MS) - DAY_MS).toISOString();
  const { data } = useAnswer<Report<Rejections>>(
    '/views/commands/rejections',
    { from },
    { everyMs: EVERY_MS },
  );
  const told = data?.answer;
  const conflicts = told?.by_code.shown
    .filter(({ value }) => value?.includes(CONFLICT))
    .reduce((sum, { count }) => sum + count, 0);
  return (
    <Figure
      label="Refused in 24 hours"
      value={number(told?.rejections)}
      href={address('/audit', { tab: 'refusals' })}
      hint={`${number(conflicts)} by a conflict, ${number(told?.denials)} not allowed`}
    />
  );
};

const Lag = () => {
  const { data } = useProjections();
  const all = data?.projections ?? [];
  const behind = all.filter(({ lag_events }) => lag_events > 0);
  const events = behind.reduce((most, { lag_events }) => Math.max(most, lag_events), 0);
  const seconds = behind.reduce((most, { lag_seconds }) => Math.max(most, lag_seconds), 0);
  return (
    <Figure
      label="Projections behind"
      value={data ? `${behind.length} of ${all.length}` : '…'}
      href="/projections"
      loud={seconds >= 10}
      hint={
        !data
          ? 'being asked'
          : behind.length === 0
            ? 'all show the newest event'
            : `at most ${number(events)} events, ${Math.round(seconds)} s`
      }
    />
  );
};

const Waiting = () => {
  const { data } = useProjections();
  const parked = data?.projections.reduce((sum, { parked_events }) => sum + parked_events, 0);
  return (
    <Figure
      label="Events that wait"
      value={number(parked)}
      href="/parked"
      loud={(parked ?? 0) > 0}
      hint={parked === 0 ? 'none was set aside' : 'set aside by a projection'}
    />
  );
};

const Actors = () => {
  const { data, error } = useAnswer<{ readonly residents: number }>(
    '/actors',
    { limit: 1 },
    { everyMs: EVERY_MS, follows: [] },
  );
  return (
    <Figure
      label="Actors in memory"
      value={error && !data ? '–' : number(data?.residents)}
      href="/nodes"
      hint={error && !data ? error.message : 'on this node'}
    />
  );
};

/** A few numbers an operator reads first; each leads to what is behind it. */
export const Figures = () => {
  const mayOperate = useMay('operate');
  const mayAudit = useMay('audit');
  const mayFollow = useMay('events');
  return (
    <section aria-label="In numbers" className="figures">
      {mayFollow && <Live />}
      {mayOperate && <Lag />}
      {mayOperate && <Waiting />}
      {mayOperate && <Actors />}
      {mayAudit && <Refused />}
    </section>
  );
};
