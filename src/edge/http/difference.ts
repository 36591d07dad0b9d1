import { eventJson, type StoredEvent } from '../../core/event.js';
import type { Clock } from '../../core/projection.js';
import { isRefusal, type Refusal } from '../../core/refusal.js';
import { countedEvents } from '../../read/time/aggregate-at.js';
import { differenceOf } from '../../read/time/difference.js';
import type { Timed } from '../../read/time/effective-order.js';
import type { AggregateAt, MomentOrVersion } from '../../read/time/time-travel.js';
import { turns } from '../../read/time/turns.js';
import { NO_TIME_TRAVEL } from './aggregate-at-answer.js';
import { answer, problem } from './answer.js';
import { eventsFromVersion } from './events-from-version.js';
import type { Ctx, Http } from './http.js';
import { EVENTS_BETWEEN_MAX } from './limits.js';
import { clockOf, endOf } from './moment-of.js';
import type { Plural } from './plurals.js';
import { badQuery, noSuch, refuseUnknown } from './query.js';
import { requestContext } from './request-context.js';

const VERSION = /^\d{1,9}$/;

type One = Pick<AggregateAt, 'definition' | 'id'>;
/** One end: nothing when it did not exist then. */
type End = { readonly at: MomentOrVersion; readonly found: AggregateAt | null };

const isVersion = (at: MomentOrVersion): at is { readonly version: number } => 'version' in at;

const askedEnd = (
  c: Ctx,
  http: Http,
  { field, clock }: { readonly field: 'from' | 'to'; readonly clock: Clock },
): { readonly at: MomentOrVersion } | Refusal => {
  const text = c.req.query(field);
  if (text !== undefined && VERSION.test(text)) return { at: { version: Number(text) } };
  const end = endOf(c, http, { field, clock });
  return isRefusal(end) ? end : { at: end.moment };
};

/** The aggregate at one end; that it did not exist yet is an answer here, unless it never did. */
const endAt = async (
  { time }: Http,
  { definition, id }: One,
  at: MomentOrVersion,
): Promise<End | Refusal> => {
  if (isVersion(at) && at.version === 0) return { at, found: null };
  const found = await time!.aggregate(definition, id, at);
  if (!isRefusal(found)) return { at, found };
  const notYet = found.refused === 'NOT_FOUND' && found.details?.recorded_at !== undefined;
  return notYet ? { at, found: null } : found;
};

type Counted = readonly Timed<StoredEvent>[];

const without = (some: Counted, others: Counted): readonly StoredEvent[] => {
  const known = new Set(others.map(({ event }) => event.event_id));
  return some.flatMap(({ event }) => (known.has(event.event_id) ? [] : [event]));
};

/** The events that count at one end and not at the other, in the order they count. */
const eventsBetween = async (
  { store }: Http,
  one: One,
  { from, to, clock }: { readonly from: End; readonly to: End; readonly clock: Clock },
): Promise<readonly StoredEvent[] | Refusal> => {
  if (clock === 'recorded' || (isVersion(from.at) && isVersion(to.at))) {
    const versions = [from.found?.version ?? 0, to.found?.version ?? 0].sort((a, b) => a - b);
    const [low = 0, high = 0] = versions;
    const most = Math.min(high - low, EVENTS_BETWEEN_MAX + 1);
    const { definition: kind, id } = one;
    return most === 0 ? [] : eventsFromVersion(store, { kind, id, version: low + 1, most });
  }
  const told = { ...one, turn: turns() };
  const before = from.found ? await countedEvents(store, told, from.at) : [];
  const after = to.found ? await countedEvents(store, told, to.at) : [];
  if (isRefusal(before)) return before;
  if (isRefusal(after)) return after;
  return [...without(before, after), ...without(after, before)];
};

const endJson = ({ found }: End): object | null =>
  found && {
    aggregate_version: found.version,
    status: found.state.status,
    recorded_at: found.recorded_at,
    occurred_at: found.occurred_at,
  };

/** `GET /{plural}/{id}/diff`: what is different between two points of its life, and by what. */
export const difference = async (c: Ctx, http: Http, plural: Plural): Promise<Response> => {
  const { definition } = plural;
  const id = c.req.param('id')!;
  const refused = noSuch(definition, id) ?? refuseUnknown(c, ['from', 'to', 'clock']);
  if (refused) return problem(c, refused);
  if (!http.time) return problem(c, NO_TIME_TRAVEL);
  const asked = clockOf(c);
  if (isRefusal(asked)) return problem(c, asked);
  const { clock } = asked;
  if (c.req.query('from') === undefined)
    return problem(c, badQuery('from', 'say a version, a time, a position or now', 'REQUIRED'));
  const { who } = requestContext(c);
  const ends: End[] = [];
  for (const field of ['from', 'to'] as const) {
    const at = askedEnd(c, http, { field, clock });
    if (isRefusal(at)) return problem(c, at);
    const end = await http.logReads.read(who, () => endAt(http, { definition, id }, at.at));
    if (isRefusal(end)) return problem(c, end);
    ends.push(end);
  }
  const [from, to] = ends as [End, End];
  const events = await http.logReads.read(who, () =>
    eventsBetween(http, { definition, id }, { from, to, clock }),
  );
  if (isRefusal(events)) return problem(c, events);
  return answer(c, 200, {
    aggregate_type: definition.name,
    aggregate_id: id,
    clock,
    from: endJson(from),
    to: endJson(to),
    changes: differenceOf(definition, from.found?.state ?? null, to.found?.state ?? null),
    events: events.slice(0, EVENTS_BETWEEN_MAX).map((event) => eventJson(event, definition.slug)),
    has_more_events: events.length > EVENTS_BETWEEN_MAX,
  });
};
