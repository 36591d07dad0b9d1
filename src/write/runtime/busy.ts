import { type Refusal, refuse } from '../../core/refusal.js';

/** A command that is refused for now. */
export const busy = (what: string): Refusal =>
  refuse('BUSY', `${what}; nothing was written, send the command again in a moment`);
