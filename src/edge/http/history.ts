import { position } from '../../core/event.js';
import { isRefusal, type Refusal } from '../../core/refusal.js';
import type { Kind } from '../../write/store/event-log.js';
import { problem } from './answer.js';
import { changesOf, neverWas } from './audit-changes.js';
import { eventsFromVersion } from './events-from-version.js';
import type { Ctx, Http } from './http.js';
import { HISTORY_PAGE, HISTORY_PAGE_MAX } from './limits.js';
import type { Plural } from './plurals.js';
import { badQuery, noSuch, refuseUnknown, wholeNumber } from './query.js';
import { reflectedAnswer, reflection } from './reflected.js';
import { requestContext } from './request-context.js';
import { named } from './show-documents.js';

/** How far back pages reach; whoever wants to go further asks for `sort=aggregate_version`. */
const PAGES_MAX = 10_000;
const SORTS = ['-aggregate_version', 'aggregate_version', '-occurred_at', 'occurred_at'];

/** Its rows say when they were recorded and true: nobody needs them as of another moment. */
const HISTORY_PARAMETERS = [
  'field',
  'page',
  'limit',
  'sort',
  'min_position',
  'min_position_timeout_ms',
];

type One = { readonly definition: Kind; readonly id: string };
/** What is needed of an entry of the audit log. */
type Newest = { readonly aggregate_version: number; readonly position: string };

/** A field that a history can be asked for. */
const fieldOf = (c: Ctx, { definition }: Plural): { readonly field?: string } | Refusal => {
  const field = c.req.query('field');
  if (field === undefined) return {};
  const fields = ['status', ...Object.keys(definition.data.shape)];
  return fields.includes(field)
    ? { field }
    : badQuery('field', `expected one of ${fields.join(', ')}`, 'ENUM');
};

/**
 * A projection passes over what a hole in the log keeps it from folding. Where it does not have as
 * many changes as the last one has versions, or another one is last, the log itself is asked.
 *
 * @throws Fault HISTORY_BROKEN
 */
const proveWhole = async (c: Ctx, http: Http, one: One): Promise<void> => {
  const { definition: kind, id } = one;
  const sort = [{ column: 'aggregate_version', descending: true }];
  const newest = await changesOf(c, http, { ...one, sort, limit: 1, offset: 0 });
  if (isRefusal(newest)) return;
  const [last] = newest.documents as readonly Partial<Newest>[];
  const head = await http.store.head(kind, id);
  if (newest.total === last?.aggregate_version && last.position === position(kind.slug, head))
    return;
  const whole = { kind, id, version: 1, most: Number.POSITIVE_INFINITY };
  await http.logReads.read(requestContext(c).who, () => eventsFromVersion(http.store, whole));
};

/** `GET /{plural}/{id}/history`: who changed what, when, by which command and why. */
export const history = async (c: Ctx, http: Http, plural: Plural): Promise<Response> => {
  const id = c.req.param('id')!;
  const refused = noSuch(plural.definition, id) ?? refuseUnknown(c, HISTORY_PARAMETERS);
  if (refused) return problem(c, refused);
  const asked = fieldOf(c, plural);
  if (isRefusal(asked)) return problem(c, asked);
  const limit = wholeNumber(c, 'limit', { min: 1, max: HISTORY_PAGE_MAX, otherwise: HISTORY_PAGE });
  if (isRefusal(limit)) return problem(c, limit);
  const page = wholeNumber(c, 'page', { min: 1, max: PAGES_MAX, otherwise: 1 });
  if (isRefusal(page)) return problem(c, page);
  const sort = c.req.query('sort') ?? SORTS[0]!;
  if (!SORTS.includes(sort))
    return problem(c, badQuery('sort', `expected one of ${SORTS.join(', ')}`, 'ENUM'));
  const one = { definition: plural.definition, id };
  const offset = (page.number - 1) * limit.number;
  const column = sort.replace('-', '');
  const found = await changesOf(c, http, {
    ...one,
    ...asked,
    sort: [
      { column, descending: sort.startsWith('-') },
      { column: 'aggregate_version', descending: sort.startsWith('-') },
    ],
    limit: limit.number,
    offset,
  });
  if (isRefusal(found)) return problem(c, found);
  const { documents, total, reflected } = found;
  await proveWhole(c, http, one);
  const absent = total === 0 ? await neverWas(http, one) : undefined;
  if (absent) return problem(c, absent);
  const body = {
    aggregate_type: plural.definition.name,
    aggregate_id: id,
    items: named(documents),
    page: page.number,
    limit: limit.number,
    total,
    has_more: offset + documents.length < total,
    ...reflection(reflected),
  };
  return reflectedAnswer(c, reflected, { body: JSON.stringify(body) });
};
