import { position } from '../../core/event.js';
import type { Projection } from '../../core/projection.js';
import { type Refusal, refuse } from '../../core/refusal.js';
import type { DecodedEntry } from '../projector/decoded-entry.js';
import type { Vector } from '../projector/projections.js';
import { SETTLED_AFTER_MS } from './limits.js';
import type { Moment } from './time-travel.js';

/**
 * A moment made exact for one projection: which messages of its sources are looked at, and which
 * of those count. Two points that tell the same have the same key.
 */
export type Point = {
  readonly key: string;
  /** Last sequence looked at, per source. */
  readonly to: Vector;
  /** Recorded until, ms since 1970; Infinity when positions decide. */
  readonly recorded: number;
  /** True in the world until, ms since 1970; Infinity when everything recorded counts. */
  readonly effective: number;
};

export const vectorText = (vector: Vector): string =>
  [...vector].map(([source, sequence]) => position(source, sequence)).join(',');

/**
 * Whether nobody can record anything more before this time. The journal never is: what became of
 * commands waits in a node while the store is away, and is written with the time of its receipt.
 */
const settled = ({ sources }: Projection, recorded: number, now: number): boolean =>
  recorded < now - SETTLED_AFTER_MS && sources.every(({ definition }) => definition !== null);

/** The key of a moment that can be told without asking where the log ends. */
export const settledKey = (
  projection: Projection,
  { asOf, effectiveAt }: Moment,
  now: number,
): string | undefined => {
  if (typeof asOf !== 'string') return undefined;
  const recorded = Date.parse(asOf);
  if (!settled(projection, recorded, now)) return undefined;
  return keyOf(`t${recorded}`, effectiveAt === null ? null : Date.parse(effectiveAt));
};

const keyOf = (asOf: string, effective: number | null): string =>
  effective === null ? asOf : `${asOf} e${effective}`;

/** The point that a moment is, given where the sources end now. */
export const pointOf = (
  projection: Projection,
  { asOf, effectiveAt }: Moment,
  { ends, now }: { readonly ends: Vector; readonly now: number },
): Point | Refusal => {
  const to = new Map(ends);
  let recorded = Number.POSITIVE_INFINITY;
  let key: string | undefined;
  if (typeof asOf === 'string') {
    recorded = Date.parse(asOf);
    key = settled(projection, recorded, now) ? `t${recorded}` : `t${recorded} of ${vectorText(to)}`;
  } else if (asOf !== null) {
    for (const { slug } of projection.sources) {
      const sequence = asOf.get(slug);
      if (sequence === undefined) continue;
      const end = ends.get(slug)!;
      if (sequence > end) return ahead(slug, sequence, end);
      to.set(slug, sequence);
    }
  }
  const effective = effectiveAt === null ? null : Date.parse(effectiveAt);
  return {
    key: keyOf(key ?? vectorText(to), effective),
    to,
    recorded,
    effective: effective ?? Number.POSITIVE_INFINITY,
  };
};

/** A position that the log has not reached: what is said of it would change. */
export const ahead = (slug: string, sequence: number, end: number): Refusal => {
  const message = `${slug}:${sequence} is ahead of the log, which ends at ${slug}:${end}`;
  return refuse('VALIDATION_ERROR', `as_of: ${message}`, {
    errors: [{ field: 'as_of', message, rule: 'RANGE' }],
  });
};

/** Whether a message had been recorded at a point. */
export const recordedAt = ({ to, recorded }: Point, entry: DecodedEntry): boolean =>
  entry.sequence <= (to.get(entry.source) ?? 0) && entry.recorded <= recorded;

/** Whether what counts at one point counts, in the same order, at another too. */
export const leadsTo = (earlier: Point, later: Point): boolean => {
  if (Number.isFinite(earlier.effective) || Number.isFinite(later.effective))
    // What is recorded later may have become true earlier: only the same knowledge can go on.
    return (
      vectorText(earlier.to) === vectorText(later.to) &&
      earlier.recorded === later.recorded &&
      Number.isFinite(earlier.effective) &&
      earlier.effective <= later.effective &&
      Number.isFinite(later.effective)
    );
  const within = [...earlier.to].every(([source, to]) => to <= (later.to.get(source) ?? 0));
  return within && earlier.recorded <= later.recorded;
};
