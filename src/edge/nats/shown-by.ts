import { sha256 } from '../../core/canonical.js';
import { claimedBy } from '../access/index.js';
import type { Shown } from './admission.js';
import type { RequestHeaders } from './request-headers.js';

/** What a request shows of who sends it, or undefined. */
export const shownBy = ({ apiKey, authorization }: RequestHeaders): Shown | undefined => {
  if (apiKey === undefined && authorization === undefined) return undefined;
  const source = claimedBy({ apiKey, authorization });
  return {
    digest: sha256(JSON.stringify([apiKey, authorization])),
    isToken: source === undefined,
  };
};
