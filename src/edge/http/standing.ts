import type { Refusal } from '../../core/refusal.js';
import { askedOf } from './asked.js';
import type { Ctx } from './http.js';

const ENDING: readonly string[] = ['UNAUTHENTICATED', 'FORBIDDEN'];

/**
 * Why what is still being sent must end: whoever asked for it may no longer have it. That nobody
 * can say so now is no reason to end what was allowed.
 */
export const endedFor = async (c: Ctx): Promise<Refusal | undefined> => {
  const refusal = await askedOf(c).standing?.();
  return refusal && ENDING.includes(refusal.refused) ? refusal : undefined;
};
