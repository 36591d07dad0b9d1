import type { Outcome } from './outcome.js';

/** The command that an actor answered last. */
export type LastCommand = {
  readonly command_type: string;
  readonly outcome: Outcome;
  /** ISO 8601 UTC. */
  readonly at: string;
};
