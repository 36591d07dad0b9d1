import type { Actor } from './actor.js';
import type { LastCommand } from './last-command.js';

/** An actor in memory. */
export type Resident = {
  readonly aggregate_type: string;
  readonly aggregate_id: string;
  /** Null until it is loaded. */
  readonly status: string | null;
  readonly version: number;
  /** Commands that wait for it. */
  readonly inbox: number;
  readonly loaded_at: string | null;
  readonly last_used_at: string;
  readonly last_command: LastCommand | null;
};

export type ResidentsWanted = {
  /** Only of this type. */
  readonly aggregate_type?: string | undefined;
  /** Only those whose id holds this text, in whatever case. */
  readonly search?: string | undefined;
  readonly most: number;
};

export type Residents = {
  /** All in memory, and those that match. */
  readonly total: number;
  readonly matching: number;
  readonly actors: readonly Resident[];
};

const residentOf = (actor: Actor): Resident => ({
  aggregate_type: actor.definition.name,
  aggregate_id: actor.id,
  status: actor.state?.status ?? null,
  version: actor.version,
  inbox: actor.waiting,
  loaded_at: actor.loadedAt,
  last_used_at: new Date(actor.lastUsed).toISOString(),
  last_command: actor.last,
});

/** Of actors in the order of their last use, those that match, the last used first. */
export const residentsOf = (
  actors: Iterable<Actor>,
  { aggregate_type, search = '', most }: ResidentsWanted,
): Residents => {
  const text = search.toLowerCase();
  const all = [...actors];
  const found = all.filter(
    ({ definition, id }) =>
      (aggregate_type === undefined || definition.name === aggregate_type) &&
      id.toLowerCase().includes(text),
  );
  const latest = found.slice(Math.max(0, found.length - most)).reverse();
  return { total: all.length, matching: found.length, actors: latest.map(residentOf) };
};
