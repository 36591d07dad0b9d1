import { useSyncExternalStore } from 'react';

const KEY = 'stele.zone';
const watchers = new Set<() => void>();
export type Zone = 'utc' | 'local';

const zone = (): Zone => (localStorage.getItem(KEY) === 'local' ? 'local' : 'utc');
export const setZone = (next: Zone): void => {
  localStorage.setItem(KEY, next);
  for (const tell of watchers) tell();
};
/** Whether times are shown in UTC, as they are kept, or as the clock on the wall. */
export const useZone = (): Zone =>
  useSyncExternalStore((tell) => {
    watchers.add(tell);
    return () => watchers.delete(tell);
  }, zone);

const two = (n: number): string => String(n).padStart(2, '0');
const local = (at: Date): string =>
  `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;

/** `2019-05-01 12:00:00`, in the zone that was chosen. */
export const timeText = (at: string, where: Zone): string => {
  if (at.length <= 10) return at;
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return at;
  return where === 'utc' ? date.toISOString().slice(0, 19).replace('T', ' ') : local(date);
};

/** A moment, to the second; the title has it to the millisecond and in UTC. `date`: the day only. */
export const Time = ({
  at,
  date = false,
}: {
  readonly at: string | null | undefined;
  readonly date?: boolean;
}) => {
  const where = useZone();
  if (!at) return <span className="faint">–</span>;
  const text = timeText(at, where);
  return (
    <time dateTime={at} title={`${at}${where === 'utc' ? '' : ' (shown in local time)'}`}>
      {date ? text.slice(0, 10) : text}
    </time>
  );
};

const UNITS = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** `3 years`, `2 days`, `41 seconds`: the largest unit that fits, to one place below ten. */
export const durationText = (seconds: number): string => {
  const [unit, size] = UNITS.find(([, one]) => seconds >= one) ?? (['second', 1] as const);
  const exact = seconds / size;
  const shown = exact < 10 && unit !== 'second' ? Math.round(exact * 10) / 10 : Math.round(exact);
  return `${shown.toLocaleString('en')} ${unit}${shown === 1 ? '' : 's'}`;
};
