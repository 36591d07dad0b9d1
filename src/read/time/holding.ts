import type { DecodedEntry } from '../projector/decoded-entry.js';
import { type Point, vectorText } from './point.js';

/** From one instant on and before another, ms since 1970. */
type Span = { from: number; until: number };

/**
 * For which other points an answer holds as well: those at which the same messages count. So now is
 * not another answer every millisecond, nor today on every page.
 */
export type Holding = { readonly recorded: Span; readonly effective: Span };

export const holdingFrom = (recorded = Number.NEGATIVE_INFINITY): Holding => ({
  recorded: { from: recorded, until: Number.POSITIVE_INFINITY },
  effective: { from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY },
});

const notice = (span: Span, at: number, limit: number): void => {
  if (at <= limit) span.from = Math.max(span.from, at);
  else span.until = Math.min(span.until, at);
};

/** What was recorded then parts the points before that from those after. */
export const noticeRecorded = ({ recorded }: Holding, point: Point, entry: DecodedEntry): void =>
  notice(recorded, entry.recorded, point.recorded);

/** What counts from then on in the world does, too. */
export const noticeEffective = ({ effective }: Holding, point: Point, at: number): void =>
  notice(effective, at, point.effective);

const within = ({ from, until }: Span, at: number): boolean =>
  from <= at && (at < until || until === Number.POSITIVE_INFINITY);

type Held = { readonly point: Point; readonly holding: Holding };

/** Whether the answer at one point is that at another. */
export const holdsAt = ({ point, holding }: Held, other: Point): boolean =>
  vectorText(point.to) === vectorText(other.to) &&
  Number.isFinite(point.effective) === Number.isFinite(other.effective) &&
  within(holding.recorded, other.recorded) &&
  within(holding.effective, other.effective);

/** Whether an answer in the world would hold at another point, were it not for what came since. */
export const heldBefore = ({ point, holding }: Held, other: Point): boolean =>
  Number.isFinite(point.effective) &&
  Number.isFinite(other.effective) &&
  !Number.isFinite(point.recorded) &&
  !Number.isFinite(other.recorded) &&
  within(holding.effective, other.effective) &&
  [...point.to].every(([source, to]) => to <= (other.to.get(source) ?? 0));
