import type { Refusal } from '../../core/refusal.js';
import type { Ctx } from './http.js';
import { requestContext } from './request-context.js';

const ENDING: readonly string[] = ['UNAUTHENTICATED', 'FORBIDDEN'];

/**
 * Why what is still being sent must end: whoever asked for it may no longer have it. That nobody
 * can say so now is no reason to end what was allowed.
 */
export const revalidateAccess = async (c: Ctx): Promise<Refusal | undefined> => {
  const refusal = await requestContext(c).revalidate?.();
  return refusal && ENDING.includes(refusal.refused) ? refusal : undefined;
};
