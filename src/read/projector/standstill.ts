import type { ProjectionState } from './projections.js';

/** Why a projection does not go on, as it is shown. */
export type Problem = { readonly state: ProjectionState; readonly reason: string };

/** Following cannot go on from here; trying again may find that it can. */
export class Standstill extends Error {
  override readonly name = 'Standstill';
  constructor(
    readonly state: ProjectionState,
    message: string,
    /** The source whose log has not any more what it once had, or not that. */
    readonly lost?: string,
  ) {
    super(message);
  }
}

/** What an error means for a projection. */
export const problemOf = (error: unknown): Problem => {
  const { code, message } = error as { readonly code?: unknown; readonly message: string };
  if (error instanceof Standstill) return { state: error.state, reason: message };
  if (code === 'READ_STORE_UNAVAILABLE' || code === 'READ_STORE_FOREIGN')
    return { state: 'store_unavailable', reason: message };
  return { state: 'stalled', reason: message };
};
