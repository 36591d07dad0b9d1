import { isRefusal, type Refusal, refuse } from '../../core/refusal.js';
import type { Condition, Page, ViewQuery } from '../../read/views/port.js';
import type { Kind } from '../../write/store/event-log.js';
import { NO_TIME_TRAVEL } from './aggregate-at-answer.js';
import type { Ctx, Http } from './http.js';
import { type Reflected, readingFor } from './reflected.js';
import { notServed } from './served.js';

const AUDIT_LOG = 'audit-log';

type Asked = Pick<ViewQuery, 'sort' | 'limit' | 'offset'> & { readonly field?: string };
type Answered = Page & { readonly reflected: Reflected };

/** The audit log, once it has what the request wants it to have. */
export const auditLogFor = async (c: Ctx, http: Http): Promise<Reflected | Refusal> => {
  const { projections } = http;
  const auditLog = projections?.definitions.find(({ name }) => name === AUDIT_LOG);
  if (!projections || !auditLog) return NO_TIME_TRAVEL;
  return readingFor(c, { ...http, projections }, auditLog);
};

/** Changes of one aggregate as the audit log has them. */
export const changesOf = async (
  c: Ctx,
  http: Http,
  { definition, id, field, ...query }: Asked & { readonly definition: Kind; readonly id: string },
): Promise<Answered | Refusal> => {
  const reflected = await auditLogFor(c, http);
  if (isRefusal(reflected)) return reflected;
  const where: Condition[] = [
    { column: 'aggregate_type', op: 'in', values: [definition.name] },
    { column: 'aggregate_id', op: 'in', values: [id] },
  ];
  if (field !== undefined) where.push({ column: 'fields', op: 'in', values: [field] });
  const not = notServed(reflected.reading, { where, sort: query.sort });
  if (not) return not;
  const { store, slot } = reflected.reading;
  return { ...(await store.find(slot, { ...query, where })), reflected };
};

/** Why an aggregate of which the audit log has nothing has no history. */
export const neverWas = async (
  { store }: Http,
  { definition, id }: { readonly definition: Kind; readonly id: string },
): Promise<Refusal | undefined> =>
  (await store.read(definition, id, 1, 1)).length === 0
    ? refuse('NOT_FOUND', `${definition.name} ${id} does not exist`)
    : undefined;
