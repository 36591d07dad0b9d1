import { isDeepStrictEqual } from 'node:util';
import type { Clock, Projection, View } from '../../core/projection.js';
import { isRefusal, type Refusal, refuse } from '../../core/refusal.js';
import type { Moment } from '../../read/time/time-travel.js';
import type { Document, DocumentReads, ViewQuery } from '../../read/views/port.js';
import { answer, problem } from './answer.js';
import { decodeCursor, encodeCursor, fingerprintOf, type Instants } from './cursor.js';
import type { Gate } from './gate.js';
import { type Held, hold } from './hold.js';
import type { Ctx } from './http.js';
import { DOCUMENTS_PAGE, PAGE_SIZE, PAGE_SIZE_MAX, REPORT_DOCUMENTS_MAX } from './limits.js';
import { linkTo, parametersOf } from './list-answer.js';
import { type Filters, parseFilters } from './list-query.js';
import { clockOf, endOf } from './moment-of.js';
import { badQuery, wholeNumber } from './query.js';
import { type Reads, type Reflected, readingAt, readingFor, reflection } from './reflected.js';
import { requestContext } from './request-context.js';
import { resolveBranches, treesOf } from './resolve-branches.js';
import { notComparable, notServed } from './served.js';
import { turnOf } from './turn-of.js';

const PARAMETERS = ['from', 'to', 'clock', 'change', 'limit', 'cursor'];
/** What may have become of a document between the two moments. */
export const CHANGES = ['added', 'removed', 'changed'] as const;
type ChangeKind = (typeof CHANGES)[number];

type Where = Pick<ViewQuery, 'where' | 'search'>;
type Side = {
  readonly reflected: Reflected<DocumentReads>;
  readonly where: Where;
  /** To be waited for before the next documents are read. */
  readonly turn: () => Promise<void>;
};
/** One document that is not the same at both moments. */
type Change = {
  readonly key: string;
  readonly change: ChangeKind;
  readonly document: View;
  readonly fields?: readonly { readonly field: string; from: unknown; to: unknown }[];
};
type Totals = { added: number; removed: number; changed: number; unchanged: number };

/** The documents of one side by key, page by page. */
async function* documentsOf({ reflected, where, turn }: Side): AsyncGenerator<Document> {
  const { store, slot } = reflected.reading;
  let key: string | undefined;
  for (;;) {
    await turn();
    const documents = await store.page(slot, {
      ...where,
      sort: [],
      limit: DOCUMENTS_PAGE,
      ...(key !== undefined && { after: { values: [], key } }),
    });
    yield* documents;
    if (documents.length < DOCUMENTS_PAGE) return;
    key = documents.at(-1)!.key;
  }
}

/** Read stores order keys by their bytes in UTF-8, which is not the order of JavaScript. */
const compareKeys = (a: string, b: string): number =>
  a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));

const fieldsChanged = (from: View, to: View) =>
  [...new Set([...Object.keys(from), ...Object.keys(to)])]
    .filter((field) => !isDeepStrictEqual(from[field], to[field]))
    .map((field) => ({ field, from: from[field] ?? null, to: to[field] ?? null }));

const changeOf = (from: Document | undefined, to: Document | undefined): Change | undefined => {
  if (!from) return { key: to!.key, change: 'added', document: to!.document };
  if (!to) return { key: from.key, change: 'removed', document: from.document };
  const fields = fieldsChanged(from.document, to.document);
  if (fields.length === 0) return undefined;
  return { key: to.key, change: 'changed', document: to.document, fields };
};

/** Both sides at once, in the order of keys; either is undefined where it has no such document. */
async function* pairs(
  from: Side,
  to: Side,
): AsyncGenerator<readonly [Document | undefined, Document | undefined]> {
  const [before, after] = [documentsOf(from), documentsOf(to)];
  let [left, right] = [(await before.next()).value, (await after.next()).value] as [
    Document | undefined,
    Document | undefined,
  ];
  while (left || right) {
    const order = !left ? 1 : !right ? -1 : compareKeys(left.key, right.key);
    yield [order <= 0 ? left : undefined, order >= 0 ? right : undefined];
    if (order <= 0) left = (await before.next()).value as Document | undefined;
    if (order >= 0) right = (await after.next()).value as Document | undefined;
  }
}

/** Which differences are listed: at most so many of one kind, or of any, beyond a key. */
type Listed = {
  readonly key: string | null;
  readonly most: number;
  readonly only: ChangeKind | null;
};
type Found = { readonly changes: readonly Change[]; readonly totals: Totals };

/** Everything is counted; what is `only` and comes after `key` is listed, and one more than asked for. */
const compare = async (
  from: Side,
  to: Side,
  { key, most, only }: Listed,
): Promise<Found | Refusal> => {
  const changes: Change[] = [];
  const totals: Totals = { added: 0, removed: 0, changed: 0, unchanged: 0 };
  let seen = 0;
  for await (const [before, after] of pairs(from, to)) {
    if (++seen > REPORT_DOCUMENTS_MAX)
      return refuse(
        'TOO_MANY_DOCUMENTS',
        `a difference looks at ${REPORT_DOCUMENTS_MAX} documents at most: narrow it by filters`,
        { details: { most: REPORT_DOCUMENTS_MAX } },
      );
    const change = changeOf(before, after);
    totals[change?.change ?? 'unchanged']++;
    const wanted = change && (only === null || change.change === only);
    const beyond = wanted && (key === null || compareKeys(change.key, key) > 0);
    if (beyond && changes.length <= most) changes.push(change);
  }
  return { changes, totals };
};

const isNow = ({ asOf, effectiveAt }: Moment): boolean => asOf === null && effectiveAt === null;

/** The documents at one end. Now is what everybody else reads, too. */
const endReading = (
  c: Ctx,
  http: Reads,
  { projection, moment }: { readonly projection: Projection; readonly moment: Moment },
): Promise<Reflected | Refusal> =>
  isNow(moment) ? readingFor(c, http, projection) : readingAt(c, http, { projection, moment });

type Asked = {
  readonly clock: Clock;
  readonly only: ChangeKind | null;
  readonly limit: number;
};
type Ends = { readonly from: Moment; readonly to: Moment };

const onlyOf = (c: Ctx): { readonly only: ChangeKind | null } | Refusal => {
  const text = c.req.query('change');
  const only = CHANGES.find((one) => one === text) ?? null;
  return text === undefined || only !== null
    ? { only }
    : badQuery('change', `expected one of ${CHANGES.join(', ')}`, 'ENUM');
};

const endsOf = (
  c: Ctx,
  http: Reads,
  { clock, instants }: { readonly clock: Clock; readonly instants: Instants },
): Ends | Refusal => {
  if (c.req.query('from') === undefined)
    return badQuery('from', 'say a date, a time, positions or now', 'REQUIRED');
  const from = endOf(c, http, { field: 'from', clock, instants });
  if (isRefusal(from)) return from;
  const to = endOf(c, http, { field: 'to', clock, instants });
  return isRefusal(to) ? to : { from: from.moment, to: to.moment };
};

/** The instants that the ends were understood as, for the pages that follow. */
const instantsOfEnds = ({ from, to }: Ends): Instants => {
  const instantOf = ({ asOf, effectiveAt }: Moment): string | null =>
    effectiveAt ?? (typeof asOf === 'string' ? asOf : null);
  const [first, last] = [instantOf(from), instantOf(to)];
  return { ...(first && { from: first }), ...(last && { to: last }) };
};

const questionOf = (c: Ctx): Asked | Refusal => {
  const clock = clockOf(c);
  if (isRefusal(clock)) return clock;
  const limit = wholeNumber(c, 'limit', { min: 1, max: PAGE_SIZE_MAX, otherwise: PAGE_SIZE });
  if (isRefusal(limit)) return limit;
  const only = onlyOf(c);
  if (isRefusal(only)) return only;
  return { ...clock, ...only, limit: limit.number };
};

type Question = {
  readonly projection: Projection;
  readonly filters: Filters;
  readonly from: Moment;
  readonly to: Moment;
  readonly listed: Listed;
};
type Difference = { readonly from: Side; readonly to: Side; readonly found: Found };

/** Both ends held while they are compared; where both are now, it is one. */
const computed = async (
  c: Ctx,
  http: Reads,
  { projection, filters, from, to, listed }: Question,
): Promise<Difference | Refusal> => {
  const ends: Held[] = [];
  const turn = turnOf(c, http);
  const holdEnd = async (moment: Moment): Promise<Held | Refusal> => {
    const [before] = ends;
    if (before && isNow(from) && isNow(to)) return before;
    const reflected = await endReading(c, http, { projection, moment });
    if (isRefusal(reflected)) return reflected;
    const held = await hold(http, reflected, treesOf(http, filters));
    ends.push(held);
    return held;
  };
  const sideAt = async (moment: Moment): Promise<Side | Refusal> => {
    const reflected = await holdEnd(moment);
    if (isRefusal(reflected)) return reflected;
    const not = notServed(reflected.reading, filters);
    if (not) return not;
    const where = await resolveBranches(http, reflected, filters);
    return isRefusal(where) ? where : { reflected, where, turn };
  };
  try {
    const before = await sideAt(from);
    if (isRefusal(before)) return before;
    const after = await sideAt(to);
    if (isRefusal(after)) return after;
    const not = notComparable(before.reflected.reading, after.reflected.reading);
    if (not) return not;
    const found = await compare(before, after, listed);
    return isRefusal(found) ? found : { from: before, to: after, found };
  } finally {
    await Promise.all(ends.map((one) => one.end()));
  }
};

/**
 * `GET /views/{name}/diff`: the list at one moment against the list at another. What met the
 * filters then and does not now counts as removed, and the other way round.
 */
export const differenceAnswer = async (
  c: Ctx,
  http: Reads,
  { projection, gate }: { readonly projection: Projection; readonly gate: Gate },
): Promise<Response> => {
  const params = parametersOf(c);
  const filters = parseFilters(projection, params, PARAMETERS);
  if (isRefusal(filters)) return problem(c, filters);
  const twice = PARAMETERS.find((name) => params.getAll(name).length > 1);
  if (twice) return problem(c, badQuery(twice, 'is said more than once'));
  const asked = questionOf(c);
  if (isRefusal(asked)) return problem(c, asked);
  const { limit, clock, only } = asked;
  const said = ['from', 'to'].map((name) => params.get(name));
  const fingerprint = fingerprintOf([projection.name, 'diff', filters, clock, only, said]);
  const cursor = params.get('cursor');
  const place = cursor === null ? null : decodeCursor(cursor, { fingerprint, values: 0 });
  if (place && isRefusal(place)) return problem(c, place);
  const key = place?.after.key ?? null;
  const ends = endsOf(c, http, { clock, instants: place?.instants ?? {} });
  if (isRefusal(ends)) return problem(c, ends);

  const difference = await gate.pass('reports and differences', requestContext(c).who, () =>
    computed(c, http, {
      projection,
      filters,
      from: ends.from,
      to: ends.to,
      listed: { key, most: limit, only },
    }),
  );
  if (isRefusal(difference)) return problem(c, difference);
  const { from, to, found } = difference;
  const items = found.changes.slice(0, limit);
  const has_more = found.changes.length > limit;
  const next = has_more
    ? encodeCursor(fingerprint, { values: [], key: items.at(-1)!.key }, instantsOfEnds(ends))
    : null;
  return answer(
    c,
    200,
    {
      projection: projection.name,
      clock,
      from: reflection(from.reflected),
      to: reflection(to.reflected),
      totals: found.totals,
      items,
      limit,
      has_more,
      next_cursor: next,
    },
    next ? { link: linkTo(c, { cursor: next }) } : {},
  );
};
