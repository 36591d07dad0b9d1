import { askedOf } from './asked.js';
import type { Ctx, Http } from './http.js';

/** A turn of whoever asks: an embedded read store answers within this thread, portion by portion. */
export const turnOf =
  (c: Ctx, { turns }: Pick<Http, 'turns'>): (() => Promise<void>) =>
  () =>
    turns.take(askedOf(c).who);
