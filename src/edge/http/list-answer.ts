import type { Projection } from '../../core/projection.js';
import { isRefusal } from '../../core/refusal.js';
import type { Document, DocumentReads, ViewQuery } from '../../read/views/port.js';
import { problem } from './answer.js';
import { encodeCursor, type Instants, placeOf } from './cursor.js';
import { exportAnswer } from './export-answer.js';
import { VARY } from './forms.js';
import type { Grouping } from './grouping.js';
import { othersOf, whileHeld } from './hold.js';
import type { Ctx } from './http.js';
import { GROUPS_MAX } from './limits.js';
import { type ListQuery, parseListQuery } from './list-query.js';
import { instantsOf } from './moment-of.js';
import { type Reads, type Reflected, readingOn, reflectedAnswer, reflection } from './reflected.js';
import { resolveBranches } from './resolve-branches.js';
import { notServed, sortServed } from './served.js';
import { showDocuments } from './show-documents.js';

/** The query parameters of a request, each as often as it was said. */
export const parametersOf = (c: Ctx): URLSearchParams => {
  const at = c.req.url.indexOf('?');
  return new URLSearchParams(at === -1 ? '' : c.req.url.slice(at + 1));
};

const cursorAfter = (
  { sort, fingerprint }: ListQuery,
  last: Document,
  instants: Instants,
): string | null => encodeCursor(fingerprint, placeOf(sort, last), instants);

/** The same question at another place of its answer. */
export const linkTo = (c: Ctx, change: Readonly<Record<string, string>>): string => {
  const params = parametersOf(c);
  params.delete('page');
  params.delete('cursor');
  for (const [name, value] of Object.entries(change)) params.set(name, value);
  return `<${c.req.path}?${params}>; rel="next"`;
};

type Question = { readonly query: ListQuery; readonly reflected: Reflected<DocumentReads> };
type Where = Pick<ViewQuery, 'where' | 'search'>;

const pageAnswer = async (
  c: Ctx,
  http: Reads,
  { query, reflected, where }: Question & { readonly where: Where },
): Promise<Response> => {
  const { limit, page, sort, after } = query;
  const { store, slot } = reflected.reading;
  // One more than shown tells whether there are more, also behind a cursor.
  const found = await store.find(slot, {
    ...where,
    sort,
    limit: limit + 1,
    ...(after ? { after } : { offset: ((page ?? 1) - 1) * limit }),
  });
  const documents = found.documents.slice(0, limit);
  const has_more = found.documents.length > limit;
  const told = await showDocuments(http, reflected, documents);
  if (isRefusal(told)) return problem(c, told);
  // The next page is of the same moment, also where that was called now or today.
  const instants = instantsOf(reflected.moment);
  const next = has_more ? cursorAfter(query, documents.at(-1)!, instants) : null;
  const further =
    next === null ? page !== null && { page: `${page + 1}`, ...instants } : { cursor: next };
  const body = {
    items: told.items,
    page,
    limit,
    total: found.total,
    has_more,
    next_cursor: next,
    ...reflection(reflected),
  };
  return reflectedAnswer(c, reflected, {
    body: JSON.stringify(body),
    more: { ...VARY, ...(has_more && further && { link: linkTo(c, further) }) },
  });
};

/** The most frequent values first; periods as time goes by. */
const groupAnswer = async (
  c: Ctx,
  { reflected, where, by }: Omit<Question, 'query'> & { where: Where; by: Grouping },
): Promise<Response> => {
  const { store, slot } = reflected.reading;
  const { column, unit } = by;
  const groups = unit
    ? await store.group(slot, column, { ...where, unit })
    : (await store.group(slot, column, where)).toSorted((a, b) => b.count - a.count);
  const body = {
    group_by: unit ? `${column}.${unit}` : column,
    groups: groups.slice(0, GROUPS_MAX),
    total: groups.length,
    has_more: groups.length > GROUPS_MAX,
    ...reflection(reflected),
  };
  return reflectedAnswer(c, reflected, { body: JSON.stringify(body), more: VARY });
};

/** `GET` of the list of a projection: filtered, sorted, in pages, or counted per value. */
export const listAnswer = async (
  c: Ctx,
  http: Reads,
  projection: Projection,
): Promise<Response> => {
  const params = parametersOf(c);
  const queryOf = (of: Projection) => parseListQuery(of, params, c.req.header('accept'));
  const asked = queryOf(projection);
  // A cursor may be of the order of documents that are served still.
  if (isRefusal(asked) && !params.has('cursor')) return problem(c, asked);
  const instants = isRefusal(asked) ? {} : asked.instants;
  const reflected = await readingOn(c, http, { projection, instants });
  if (isRefusal(reflected)) return problem(c, reflected);
  // An order that nobody asked for is not worth refusing an answer.
  const sort = sortServed(reflected.reading);
  const query = sort === projection.sort ? asked : queryOf({ ...projection, sort });
  if (isRefusal(query)) return problem(c, query);
  const { form, branches } = query;
  if (form !== 'json') return exportAnswer(c, http, { reflected, form, query });
  if (branches.length === 0) return jsonAnswer(c, http, { query, reflected });
  const answered = await whileHeld(http, reflected, {
    others: othersOf(http, projection, query),
    work: (held) => jsonAnswer(c, http, { query, reflected: held }),
  });
  return isRefusal(answered) ? problem(c, answered) : answered;
};

const jsonAnswer = async (
  c: Ctx,
  http: Reads,
  { query, reflected }: Question,
): Promise<Response> => {
  const { groupBy: by } = query;
  const not = notServed(reflected.reading, { ...query, columns: by ? [by.column] : [] });
  if (not) return problem(c, not);
  const where = await resolveBranches(http, reflected, query);
  if (isRefusal(where)) return problem(c, where);
  if (by !== null) return groupAnswer(c, { reflected, where, by });
  return pageAnswer(c, http, { query, reflected, where });
};
