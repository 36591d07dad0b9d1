import type { EventStore } from '../../write/store/event-store.js';
import type { ViewStore } from '../views/port.js';
import type { ProjectorLimits } from './limits.js';
import type { Semaphore } from './semaphore.js';

/** Where diagnostics go. A pino logger fits. */
export type Log = {
  info(what: object, message: string): void;
  warn(what: object, message: string): void;
  error(what: object, message: string): void;
};

/** When something was: on the clock of the day, and on the one that durations are measured with. */
export type Instant = {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Milliseconds since the process began, whatever the clock of the day does. */
  readonly elapsed: number;
};

export const instantOf = ({ clock }: Pick<ProjectorContext, 'clock'>): Instant => ({
  at: clock(),
  elapsed: performance.now(),
});

/** What all projections of a node share. */
export type ProjectorContext = {
  readonly store: EventStore;
  readonly views: ViewStore;
  readonly turns: Semaphore;
  readonly log: Log;
  /** Milliseconds since 1970: for what is shown and kept. Durations are not measured with it. */
  readonly clock: () => number;
  readonly limits: ProjectorLimits;
  /** The epoch of a log: each loss that was accepted began one. */
  readonly epochOf: (source: string) => number;
  /** Told that a log has not any more what was made from it. */
  readonly onTruncated?: (source: string) => void;
};
