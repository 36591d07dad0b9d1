import { isRefusal, type Refusal, refuse } from '../core/refusal.js';
import type { Kind } from '../store/port.js';
import type { Condition, Page, ViewQuery } from '../views/port.js';
import { NO_TIME_TRAVEL } from './aggregate-at.js';
import { problem } from './answer.js';
import type { Ctx, Http } from './http.js';
import { HISTORY_PAGE, HISTORY_PAGE_MAX, STATUSES_MAX } from './limits.js';
import { clockOf } from './moment.js';
import type { Plural } from './plurals.js';
import { badQuery, noSuch, refuseUnknown, wholeNumber } from './query.js';
import { nowOf, type Reflected, readingFor, reflectedAnswer, reflection } from './reflected.js';

const AUDIT_LOG = 'audit-log';
/** How far back pages reach; whoever wants to go further asks for `sort=aggregate_version`. */
const PAGES_MAX = 10_000;
const SORTS = ['-aggregate_version', 'aggregate_version', '-occurred_at', 'occurred_at'];

/** Its rows say when they were recorded and true: nobody needs them as of another moment. */
const WAIT_PARAMETERS = ['min_position', 'min_position_timeout_ms'];
const HISTORY_PARAMETERS = ['field', 'page', 'limit', 'sort', ...WAIT_PARAMETERS];

/** A change as the audit log keeps it: the fields that this file reads. */
type Change = {
  readonly event_id: string;
  readonly event_type: string;
  readonly aggregate_version: number;
  readonly position: string;
  readonly actor: string;
  readonly recorded_at: string;
  readonly occurred_at: string;
  readonly business_justification: string | null;
  readonly command_id: string;
  readonly command_type: string | null;
  readonly status: string;
};

type Asked = Pick<ViewQuery, 'sort' | 'limit' | 'offset'> & { readonly field?: string };
type Answered = Page & { readonly reflected: Reflected };

/** Changes of one aggregate as the audit log has them. */
const changesOf = async (
  c: Ctx,
  http: Http,
  { definition, id, field, ...query }: Asked & { readonly definition: Kind; readonly id: string },
): Promise<Answered | Refusal> => {
  const { projections } = http;
  const auditLog = projections?.definitions.find(({ name }) => name === AUDIT_LOG);
  if (!projections || !auditLog) return NO_TIME_TRAVEL;
  const reflected = await readingFor(c, { ...http, projections }, auditLog);
  if (isRefusal(reflected)) return reflected;
  const where: Condition[] = [
    { column: 'aggregate_type', op: 'in', values: [definition.name] },
    { column: 'aggregate_id', op: 'in', values: [id] },
  ];
  if (field !== undefined) where.push({ column: 'fields', op: 'in', values: [field] });
  const { store, slot } = reflected.reading;
  return { ...(await store.find(slot, { ...query, where })), reflected };
};

/** A field that a history can be asked for. */
const fieldOf = (c: Ctx, { definition }: Plural): { readonly field?: string } | Refusal => {
  const field = c.req.query('field');
  if (field === undefined) return {};
  const fields = ['status', ...Object.keys(definition.data.shape)];
  return fields.includes(field)
    ? { field }
    : badQuery('field', `expected one of ${fields.join(', ')}`, 'ENUM');
};

const neverWas = async (
  { store }: Http,
  { definition, id }: { readonly definition: Kind; readonly id: string },
): Promise<Refusal | undefined> =>
  (await store.read(definition, id, 1, 1)).length === 0
    ? refuse('NOT_FOUND', `${definition.name} ${id} does not exist`)
    : undefined;

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
    ...{ ...one, ...asked },
    sort: [
      { column, descending: sort.startsWith('-') },
      { column: 'aggregate_version', descending: sort.startsWith('-') },
    ],
    ...{ limit: limit.number, offset },
  });
  if (isRefusal(found)) return problem(c, found);
  const { documents, total, reflected } = found;
  const absent = total === 0 ? await neverWas(http, one) : undefined;
  if (absent) return problem(c, absent);
  const body = {
    aggregate_type: plural.definition.name,
    aggregate_id: id,
    items: documents.map(({ document }) => document),
    ...{ page: page.number, limit: limit.number, total },
    has_more: offset + documents.length < total,
    ...reflection(reflected),
  };
  return reflectedAnswer(c, reflected, { body: JSON.stringify(body) });
};

type Stay = Readonly<Record<string, unknown>>;

/** Changes of status, by version, as the stays between them; the last one lasts until now. */
const staysOf = (
  changes: readonly Change[],
  times: readonly string[],
  now: string,
): readonly Stay[] =>
  changes.map((change, index) => {
    const from = times[index]!;
    const to = times[index + 1] ?? null;
    return {
      status: change.status,
      from,
      to,
      seconds: Math.max(0, Math.round((Date.parse(to ?? now) - Date.parse(from)) / 1_000)),
      event_id: change.event_id,
      event_type: change.event_type,
      aggregate_version: change.aggregate_version,
      position: change.position,
      command_id: change.command_id,
      command_type: change.command_type,
      actor: change.actor,
      business_justification: change.business_justification,
    };
  });

/** Times in the world that never go back: a change counts only once those before it do. */
const upwards = (times: readonly string[]): readonly string[] => {
  let latest = times[0] ?? '';
  return times.map((time) => {
    if (Date.parse(time) > Date.parse(latest)) latest = time;
    return latest;
  });
};

/** `GET /{plural}/{id}/statuses`: which status it had from when to when, and who changed it. */
export const statuses = async (c: Ctx, http: Http, plural: Plural): Promise<Response> => {
  const id = c.req.param('id')!;
  const refused = noSuch(plural.definition, id) ?? refuseUnknown(c, ['clock', ...WAIT_PARAMETERS]);
  if (refused) return problem(c, refused);
  const asked = clockOf(c);
  if (isRefusal(asked)) return problem(c, asked);
  const one = { definition: plural.definition, id };
  const found = await changesOf(c, http, {
    ...one,
    field: 'status',
    sort: [{ column: 'aggregate_version', descending: true }],
    limit: STATUSES_MAX,
  });
  if (isRefusal(found)) return problem(c, found);
  const absent = found.total === 0 ? await neverWas(http, one) : undefined;
  if (absent) return problem(c, absent);
  const changes = found.documents.map(({ document }) => document as Change).reverse();
  const times =
    asked.clock === 'recorded'
      ? changes.map(({ recorded_at }) => recorded_at)
      : upwards(changes.map(({ occurred_at }) => occurred_at));
  const { reflected, total } = found;
  const body = {
    aggregate_type: plural.definition.name,
    aggregate_id: id,
    clock: asked.clock,
    items: staysOf(changes, times, nowOf(http, reflected.moment)),
    total,
    ...reflection(reflected),
  };
  return reflectedAnswer(c, reflected, { body: JSON.stringify(body) });
};
