import type { Tone } from '../../ui/tone.js';

export type Part = {
  readonly name: string;
  readonly state: string;
  readonly reason: string | null;
};
export type ProjectionState = {
  readonly name: string;
  readonly state: string;
  readonly reason: string | null;
  readonly lag_events: number;
  readonly lag_seconds: number;
  readonly parked_aggregates: number;
  readonly parked_events: number;
};
export type Finding = { readonly tone: Tone; readonly text: string; readonly href: string };

/** A projection that is behind by less than this is catching up as it always does. */
const LATE_AFTER_SECONDS = 10;
const OF_PROJECTION = /^projection:(.*)$/;

const several = (n: number, one: string): string =>
  `${n.toLocaleString('en')} ${one}${n === 1 ? '' : 's'}`;

const ofPart = ({ name, state, reason }: Part): Finding => {
  const projection = OF_PROJECTION.exec(name)?.[1];
  const what = projection === undefined ? name.replaceAll('_', ' ') : `Projection ${projection}`;
  return {
    tone: projection === undefined ? 'bad' : 'warn',
    text: `${what} is ${state}${reason === null ? '' : `: ${reason}`}`,
    href: projection === undefined ? '/doctor' : `/projections/${projection}`,
  };
};

/** What is not in order, the worst first: parts that are not ready, what is late, what waits. */
export const findingsOf = (
  down: readonly Part[],
  projections: readonly ProjectionState[],
): readonly Finding[] => {
  const told = new Set(down.map(({ name }) => OF_PROJECTION.exec(name)?.[1]));
  const late = projections.filter(
    ({ name, lag_events, lag_seconds }) =>
      !told.has(name) && lag_events > 0 && lag_seconds >= LATE_AFTER_SECONDS,
  );
  const waiting = projections.filter(({ parked_events }) => parked_events > 0);
  return [
    ...down.map(ofPart).sort((a, b) => a.tone.localeCompare(b.tone)),
    ...late.map(
      ({ name, lag_events, lag_seconds }): Finding => ({
        tone: 'warn',
        text: `Projection ${name} is late: ${several(lag_events, 'event')}, ${several(Math.round(lag_seconds), 'second')}`,
        href: `/projections/${name}`,
      }),
    ),
    ...waiting.map(
      ({ name, parked_events, parked_aggregates }): Finding => ({
        tone: 'warn',
        text: `${several(parked_events, 'event')} of ${several(parked_aggregates, 'aggregate')} could not be taken by projection ${name} and wait`,
        href: '/parked',
      }),
    ),
  ];
};

/**
 * The parts that an answer to the question for readiness says are not ready. Which states are in
 * order is the server's to say: a projection that waits for another node is.
 */
export const notReadyIn = (details: Readonly<Record<string, unknown>>): readonly Part[] => {
  const { parts, not_ready: names } = details;
  if (!Array.isArray(parts) || !Array.isArray(names)) return [];
  return (parts as readonly Part[]).filter(({ name }) => names.includes(name));
};
