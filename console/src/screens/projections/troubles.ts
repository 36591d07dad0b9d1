import type { ProjectionStatus } from '../../api/wire.js';
import type { Tone } from '../../ui/tone.js';

/** Behind for this long is late. */
const LATE_AFTER_S = 5;

export const toneOfState = (state: string): Tone =>
  (({ running: 'good', waiting: 'calm', starting: 'info', stopped: 'warn' }) as const)[state] ??
  'bad';

/** What stands still, is behind, or waits; in the order of how bad it is. */
export const troubles = (all: readonly ProjectionStatus[]): readonly string[] => [
  ...all
    .filter(({ state }) => toneOfState(state) === 'bad')
    .map(({ name, reason, state }) => `${name} stands still: ${reason ?? state}`),
  ...all
    .filter(({ state }) => state === 'stopped')
    .map(({ name }) => `${name} was stopped by an operator and takes no events`),
  ...all
    .filter(({ state, lag_seconds }) => state === 'running' && lag_seconds > LATE_AFTER_S)
    .map(
      ({ name, lag_events, lag_seconds }) =>
        `${name} is ${lag_seconds} s behind (${lag_events.toLocaleString('en')} events)`,
    ),
  ...all
    .filter(({ parked_events }) => parked_events > 0)
    .map(
      ({ name, parked_aggregates, parked_events }) =>
        `${name} has ${parked_events} parked events of ${parked_aggregates} aggregates`,
    ),
];

/** Whether a number on the screen changes by itself just now. */
export const isMoving = ({ build, lag_events, state }: ProjectionStatus): boolean =>
  (build !== null && !build.caught_up) || lag_events > 0 || state === 'starting';

/** The fields in which two documents differ; both whole where one is missing. */
export const fieldsThatDiffer = (
  first: unknown,
  second: unknown,
): readonly { readonly field: string; readonly first: unknown; readonly second: unknown }[] => {
  const [a, b] = [first ?? {}, second ?? {}] as Readonly<Record<string, unknown>>[];
  return [...new Set([...Object.keys(a ?? {}), ...Object.keys(b ?? {})])]
    .map((field) => ({ field, first: a?.[field], second: b?.[field] }))
    .filter((one) => JSON.stringify(one.first) !== JSON.stringify(one.second));
};
