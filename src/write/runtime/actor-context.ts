import type { Referenced } from '../../core/aggregate.js';
import type { Command } from '../../core/command.js';
import type { Refusal } from '../../core/refusal.js';
import type { EventLog } from '../store/event-log.js';
import type { Snapshots } from '../store/snapshots.js';
import type { Boundaries } from './boundaries.js';
import type { Limits } from './limits.js';
import type { Log } from './log.js';

/** Whoever counts what actors do. */
export type ActorObserver = {
  loaded(tookMs: number, usedSnapshot: boolean): void;
  /** Somebody else wrote first: it is decided anew. */
  conflicted(): void;
  /** @param sequence of the last message of what was just appended */
  appended(slug: string, sequence: number): void;
  snapshotted(isSaved: boolean): void;
};

/** Another aggregate at a moment, told from what it was before by its version. */
export type Peeked = Referenced<unknown> & { readonly version: number };

/** What an actor needs of the host it lives in. */
export type ActorContext = {
  readonly store: EventLog & Snapshots;
  readonly limits: Limits;
  readonly boundaries: Boundaries;
  /** Server time, ISO 8601 UTC. */
  readonly now: () => string;
  /** Another aggregate as the log has it; null when it is not there, or deleted. */
  readonly peek: (type: string, id: string) => Promise<Peeked | null>;
  /** Why the approval that a command names does not allow it; undefined when it does. */
  readonly unapproved: (command: Command, now: string) => Promise<Refusal | undefined>;
  readonly log: Log;
  readonly observer: ActorObserver;
};
