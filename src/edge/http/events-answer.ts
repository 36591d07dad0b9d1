import { eventJson } from '../../core/event.js';
import { isRefusal, refuse } from '../../core/refusal.js';
import { answer, problem } from './answer.js';
import { eventsFromVersion } from './events-from-version.js';
import type { Ctx, Http } from './http.js';
import { EVENTS_PAGE, EVENTS_PAGE_MAX } from './limits.js';
import type { Plural } from './plurals.js';
import { noSuch, wholeNumber } from './query.js';
import { requestContext } from './request-context.js';
/** What happened to one aggregate, as it was written. */
export const eventsAnswer = async (
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
