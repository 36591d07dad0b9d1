import { type Refusal, refuse } from '../../core/refusal.js';
import type { ProjectorLimits } from './limits.js';
import type { Problem } from './standstill.js';

/** Whether this node moves a projection, as it found it at its last look. */
export type Role = {
  /** False until the read store has answered once. */
  readonly found: boolean;
  readonly leads: boolean;
  /** Switched off by an operator. */
  readonly stopped: boolean;
  /** Why the last look came to nothing. */
  readonly problem: Problem | null;
  /** How long (milliseconds) the documents have been behind and have not moved, where it does not lead. */
  readonly stoodFor: number;
  /** Since when (`Instant.elapsed`) the read store has been asked and has not answered. */
  readonly askedAt: number | undefined;
};

export const UNKNOWN_ROLE: Role = {
  found: false,
  leads: false,
  stopped: false,
  problem: null,
  stoodFor: 0,
  askedAt: undefined,
};

/** Why this node does not move a projection; null when it does. */
export const idleReason = (
  role: Role,
  { now, limits }: { readonly now: number; readonly limits: ProjectorLimits },
): Problem | null => {
  if (role.problem) return role.problem;
  if (role.askedAt !== undefined && now - role.askedAt > limits.stalledAfterMs)
    return { state: 'store_unavailable', reason: 'the read store does not answer' };
  if (!role.found)
    return { state: 'starting', reason: 'the read store has not been looked at yet' };
  if (role.stopped) return { state: 'stopped', reason: 'it was switched off by an operator' };
  if (role.leads) return null;
  if (role.stoodFor > limits.stalledElsewhereAfterMs)
    return {
      state: 'stalled',
      reason: `another node leads it and has not moved it for ${Math.round(role.stoodFor / 1_000)} s, though it is behind: see what is wrong with that node`,
    };
  return { state: 'waiting', reason: 'another node moves it' };
};

/** A refusal that goes away when something else has changed. */
export const notNow = (code: string, message: string, details?: Refusal['details']): Refusal =>
  refuse(code, message, { conflict: true, ...(details ? { details } : {}) });

/** Why this node cannot do something to a projection now. */
export const notHere = (name: string, role: Role): Refusal | undefined => {
  if (!role.found || role.problem)
    return notNow(
      'PROJECTION_NOT_READY',
      `${name} cannot be worked on now: ${role.problem?.reason ?? 'it is being started'}`,
    );
  if (role.stopped) return notNow('PROJECTION_STOPPED', `${name} is stopped; start it first`);
  if (!role.leads)
    return notNow('PROJECTION_ELSEWHERE', `another node moves ${name}; send this to that node`);
  return undefined;
};
