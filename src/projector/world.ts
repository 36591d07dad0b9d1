import type { EventStore } from '../store/port.js';
import type { ViewStore } from '../views/port.js';
import type { ProjectorLimits } from './limits.js';
import type { Turns } from './turns.js';

/** Where diagnostics go. A pino logger fits. */
export type Log = {
  info(what: object, message: string): void;
  warn(what: object, message: string): void;
  error(what: object, message: string): void;
};

/** What all projections of a node share. */
export type World = {
  readonly store: EventStore;
  readonly views: ViewStore;
  readonly turns: Turns;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly limits: ProjectorLimits;
};
