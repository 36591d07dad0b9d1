import type { Ctx, Http } from './http.js';
import { requestContext } from './request-context.js';

/** A turn of whoever asks: an embedded read store answers within this thread, portion by portion. */
export const turnOf =
  (c: Ctx, { turns }: Pick<Http, 'turns'>): (() => Promise<void>) =>
  () =>
    turns.take(requestContext(c).who);
