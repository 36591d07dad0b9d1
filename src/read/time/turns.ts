import { type Turn, turnsBy } from '../../core/turns-by.js';

export type { Turn };

/** Turns of a work that begins now. */
export const turns = (): Turn => turnsBy(() => performance.now());
