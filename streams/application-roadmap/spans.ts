import type { Lifecycle } from '../../actors/shared.js';
import { laterInstant } from '../../src/core/instant.js';
import { lifecycleOf } from '../lifecycle.js';

/** Spans kept of one application; of more the latest. */
export const SPANS_MAX = 64;

export type Span = {
  readonly lifecycle: Lifecycle;
  /** When it became so, in the world. */
  readonly from: string;
  readonly to: string | null;
};
type Moved = {
  readonly occurred_at: string;
  readonly before: { readonly status: string };
  readonly after: { readonly status: string };
};

/**
 * What it was from when to when, after an event. Times never go back, as in its statuses: a change
 * that was true earlier but recorded later counts once those before it do.
 */
export const spansAfter = <S extends Span>(before: readonly S[], event: Moved): (S | Span)[] => {
  if (event.before.status === event.after.status) return [...before];
  const last = before.at(-1);
  const { occurred_at } = event;
  const latest = last && (last.to ?? last.from);
  const at = laterInstant(latest ?? occurred_at, occurred_at);
  const closed = last && last.to === null ? [...before.slice(0, -1), { ...last, to: at }] : before;
  const lifecycle = lifecycleOf(event.after.status);
  const all = lifecycle === null ? closed : [...closed, { lifecycle, from: at, to: null }];
  return all.slice(-SPANS_MAX);
};
