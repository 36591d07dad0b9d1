import { eventJson, type StoredEvent } from '../../core/event.js';
import { isRefusal, refuse } from '../../core/refusal.js';
import type { EventStore, Kind } from '../../write/store/port.js';
import { answer, problem } from './answer.js';
import type { Ctx, Http } from './http.js';
import { EVENTS_PAGE, EVENTS_PAGE_MAX } from './limits.js';
import type { Plural } from './plurals.js';
import { noSuch, wholeNumber } from './query.js';
import { requestContext } from './request-context.js';
import type { Routes } from './route-list.js';

/** Events read at once while looking for a version. */
const READ_MAX = 1_000;
/** A version up to this one is looked for from the first event on. */
const SHORTCUT_FROM = 200;

type Wanted = {
  readonly kind: Kind;
  readonly id: string;
  readonly version: number;
  readonly most: number;
};

type Start = { readonly sequence: number; readonly version: number };

const FIRST: Start = { sequence: 1, version: 1 };

/**
 * Where to begin to read for a version: at the event that an older snapshot includes last, if the
 * log still has it there, else at the first. The sequence of an event is never below its version.
 * Snapshots only save time, so a bucket that fails is none.
 */
const startFor = async (store: EventStore, { kind, id, version }: Wanted): Promise<Start> => {
  if (version <= SHORTCUT_FROM) return FIRST;
  try {
    for await (const snapshot of store.snapshots(kind, id)) {
      if (snapshot.version >= version) continue;
      const [event] = await store.read(kind, id, snapshot.sequence, 1);
      // Else it belongs to another history.
      const isThere = event?.sequence === snapshot.sequence && event.hash === snapshot.head;
      return isThere ? snapshot : FIRST;
    }
  } catch {
    return FIRST;
  }
  return FIRST;
};

/** The events of one aggregate from a version on, at most so many. */
export const eventsFromVersion = async (
  store: EventStore,
  wanted: Wanted,
): Promise<readonly StoredEvent[]> => {
  const { kind, id, version, most } = wanted;
  const found: StoredEvent[] = [];
  const start = await startFor(store, wanted);
  const size = Math.min(READ_MAX, version - start.version + most);
  for (let next = start.sequence; ; ) {
    const events = await store.read(kind, id, next, size);
    found.push(...events.filter(({ aggregate_version }) => aggregate_version >= version));
    if (found.length >= most || events.length < size) return found.slice(0, most);
    next = events.at(-1)!.sequence + 1;
  }
};

const show = async (
  c: Ctx,
  { store, logReads }: Http,
  { plural, definition }: Plural,
): Promise<Response> => {
  const id = c.req.param('id')!;
  const version = wholeNumber(c, 'from_version', {
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    otherwise: 1,
  });
  const limit = wholeNumber(c, 'limit', { min: 1, max: EVENTS_PAGE_MAX, otherwise: EVENTS_PAGE });
  const refused = noSuch(definition, id);
  if (refused) return problem(c, refused);
  if (isRefusal(version)) return problem(c, version);
  if (isRefusal(limit)) return problem(c, limit);
  const events = await logReads.read(requestContext(c).who, async () => {
    const asked = { kind: definition, id, version: version.number, most: limit.number + 1 };
    const found = await eventsFromVersion(store, asked);
    return found.length === 0 && (await store.read(definition, id, 0, 1)).length === 0
      ? refuse('NOT_FOUND', `${definition.name} ${id} does not exist`)
      : found;
  });
  if (isRefusal(events)) return problem(c, events);
  const more = events[limit.number];
  const next =
    more && `/${plural}/${id}/events?from_version=${more.aggregate_version}&limit=${limit.number}`;
  return answer(
    c,
    200,
    {
      aggregate_type: definition.name,
      aggregate_id: id,
      events: events.slice(0, limit.number).map((event) => eventJson(event, definition.slug)),
      next: next ?? null,
    },
    next ? { link: `<${next}>; rel="next"` } : {},
  );
};

/** `GET /{plural}/{id}/events`: what happened to one aggregate, as it was written. */
export const eventLogRoutes = (app: Routes, http: Http, plurals: readonly Plural[]): void => {
  for (const one of plurals) app.get(`/${one.plural}/:id/events`, (c) => show(c, http, one));
};
