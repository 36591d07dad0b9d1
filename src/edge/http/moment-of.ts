import { spanOf } from '../../core/instant.js';
import { NAME_SHOWN_MAX } from '../../core/mistakes.js';
import type { Clock } from '../../core/projection.js';
import { isRefusal, type Refusal } from '../../core/refusal.js';
import type { Vector } from '../../read/projector/projections.js';
import type { Moment } from '../../read/time/time-travel.js';
import type { Instants } from './cursor.js';
import type { Ctx, Http } from './http.js';
import { badQuery } from './query.js';

/** What begins like a date is meant as one. */
const DATED = /^\d{4}-\d{2}-\d{2}(T|$)/;
const POSITION = /^([a-z0-9-]+):(0|[1-9]\d{0,14})$/;
const EXPECTED = 'expected a date such as 2019-05-01, a time such as 2019-05-01T12:00:00Z';

/** A time as ISO 8601 UTC; a date is the end of that day, today is now. */
const timeOf = (
  { clock }: Pick<Http, 'clock'>,
  { field, text, or }: { field: string; text: string; or: string },
): { readonly time: string } | Refusal => {
  const span = spanOf(text);
  if (!span && DATED.test(text))
    return badQuery(field, `there is no ${text.slice(0, NAME_SHOWN_MAX)}`);
  if (!span) return badQuery(field, `${EXPECTED}${or}`);
  const now = new Date(clock()).toISOString();
  if (span.first > now) return badQuery(field, `${text} is still to come`, 'RANGE');
  return { time: span.last < now ? span.last : now };
};

/** Positions such as `application:42,server:7`, or undefined when a text is none. */
export const positionsOf = (
  { runtime }: Pick<Http, 'runtime'>,
  { field, text }: { field: string; text: string },
): { readonly positions: Vector } | Refusal | undefined => {
  const parts = text.split(',').map((one) => POSITION.exec(one.trim()));
  if (parts.includes(null)) return undefined;
  const known = [...runtime.registry.definitions.map(({ slug }) => slug), 'journal'];
  const unknown = parts.find((part) => !known.includes(part![1]!))?.[1];
  if (unknown !== undefined)
    return badQuery(field, `there is no source "${unknown}"; there are ${known.join(', ')}`);
  return { positions: new Map(parts.map((part) => [part![1]!, Number(part![2])])) };
};

/**
 * A point on the recorded clock: a time, a date, positions, or `now`.
 * @returns null for now
 */
const recordedOf = (
  http: Pick<Http, 'runtime' | 'clock'>,
  asked: { field: string; text: string },
): { readonly asOf: Moment['asOf'] } | Refusal => {
  if (asked.text === 'now') return { asOf: null };
  const found = positionsOf(http, asked);
  if (found) return isRefusal(found) ? found : { asOf: found.positions };
  const or = `, positions such as ${someSlug(http)}:42 or now`;
  const time = timeOf(http, { ...asked, or });
  return isRefusal(time) ? time : { asOf: time.time };
};

const someSlug = ({ runtime }: Pick<Http, 'runtime'>): string =>
  runtime.registry.definitions[0]?.slug ?? 'journal';

const NOW: Moment = { asOf: null, effectiveAt: null };

/** A point on the clock of the world. Now is a point there like others, not the live documents. */
const effectiveOf = (
  { clock }: Pick<Http, 'clock'>,
  { field, text }: { readonly field: string; readonly text: string },
): { readonly effectiveAt: string } | Refusal => {
  if (text === 'now') return { effectiveAt: new Date(clock()).toISOString() };
  const time = timeOf({ clock }, { field, text, or: ' or now' });
  return isRefusal(time) ? time : { effectiveAt: time.time };
};

/**
 * The moment that a request asks about by `as_of` and `effective_at`; null when by neither, or by
 * `as_of=now` alone: then the live documents answer. `instants` = what its parameters were
 * understood as before.
 */
export const momentOf = (
  c: Ctx,
  http: Pick<Http, 'runtime' | 'clock'>,
  instants: Instants = {},
): { readonly moment: Moment | null } | Refusal => {
  const asOf = instants.as_of ?? c.req.query('as_of');
  const effective = instants.effective_at ?? c.req.query('effective_at');
  let moment = NOW;
  if (asOf !== undefined) {
    const recorded = recordedOf(http, { field: 'as_of', text: asOf });
    if (isRefusal(recorded)) return recorded;
    moment = { ...moment, ...recorded };
  }
  if (effective !== undefined) {
    const found = effectiveOf(http, { field: 'effective_at', text: effective });
    if (isRefusal(found)) return found;
    moment = { ...moment, ...found };
  }
  return { moment: moment.asOf === null && moment.effectiveAt === null ? null : moment };
};

/** A moment as the parameters that would name it exactly; what is not an instant is left out. */
export const instantsOf = (moment: Moment | null): Instants => ({
  ...(typeof moment?.asOf === 'string' && { as_of: moment.asOf }),
  ...(moment?.effectiveAt && { effective_at: moment.effectiveAt }),
});

/** Which clock a request is about. */
export const clockOf = (c: Ctx): { readonly clock: Clock } | Refusal => {
  const text = c.req.query('clock') ?? 'recorded';
  return text === 'recorded' || text === 'effective'
    ? { clock: text }
    : badQuery(
        'clock',
        'expected "recorded" (when we knew) or "effective" (when it was true)',
        'ENUM',
      );
};

/** One end of a comparison, such as `from`; `now` when nobody says. */
export const endOf = (
  c: Ctx,
  http: Pick<Http, 'runtime' | 'clock'>,
  {
    field,
    clock,
    instants = {},
  }: { readonly field: string; readonly clock: Clock; readonly instants?: Instants },
): { readonly moment: Moment } | Refusal => {
  const text = instants[field] ?? c.req.query(field) ?? 'now';
  if (clock === 'recorded') {
    const recorded = recordedOf(http, { field, text });
    return isRefusal(recorded) ? recorded : { moment: { ...NOW, ...recorded } };
  }
  const effective = effectiveOf(http, { field, text });
  return isRefusal(effective) ? effective : { moment: { ...NOW, ...effective } };
};

/** The moment itself, as `now` of what is shown then: ISO 8601 UTC. */
export const nowAt = (http: Pick<Http, 'clock'>, { asOf, effectiveAt }: Moment): string =>
  effectiveAt ?? (typeof asOf === 'string' ? asOf : new Date(http.clock()).toISOString());
