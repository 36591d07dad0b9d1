import type { Aggregate } from '../../core/aggregate.js';
import { AGGREGATE_ID } from '../../core/ids.js';
import { isRefusal, type Refusal, refuse } from '../../core/refusal.js';
import type { Registry } from '../../core/registry.js';
import { answer, problem } from './answer.js';
import { readJson } from './body.js';
import { Gate } from './gate.js';
import type { Ctx, Http } from './http.js';
import { EXAMINATIONS_AT_ONCE, EXAMINATIONS_OF_ONE_MAX } from './limits.js';
import { badQuery, refuseUnknown } from './query.js';
import { requestContext } from './request-context.js';
import type { Routes } from './route-list.js';

const NO_DOCTOR = refuse('NOT_FOUND', 'this node stands on no NATS that could be examined');
const FIELDS = ['aggregate_type', 'aggregate_id'];
const FIELD_SHOWN = 100;

/** What is to be examined: everything, one type, or one aggregate. */
type Scope = { readonly definition?: Aggregate; readonly id?: string };

const typeNamed = (registry: Registry, name: unknown): Aggregate | Refusal => {
  const found = typeof name === 'string' ? registry.aggregate(name) : undefined;
  const names = registry.definitions.map((one) => one.name).join(', ');
  return found ?? badQuery('aggregate_type', `expected one of ${names}`, 'ENUM');
};

const scopeOf = (registry: Registry, json: unknown): Scope | Refusal => {
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    return badQuery('(body)', 'expected an object');
  const odd = Object.keys(json).find((field) => !FIELDS.includes(field));
  if (odd !== undefined)
    return badQuery(odd.slice(0, FIELD_SHOWN), `unknown; known: ${FIELDS.join(', ')}`, 'UNKNOWN');
  const { aggregate_type: type, aggregate_id: id } = json as Readonly<Record<string, unknown>>;
  if (type === undefined)
    return id === undefined
      ? {}
      : badQuery('aggregate_type', 'aggregate_id goes with it', 'REQUIRED');
  const definition = typeNamed(registry, type);
  if (isRefusal(definition)) return definition;
  if (id === undefined) return { definition };
  if (typeof id !== 'string' || !AGGREGATE_ID.test(id))
    return badQuery('aggregate_id', 'expected 1 to 128 letters, digits, "-" or "_"');
  return { definition, id };
};

/** Whoever audits may examine one aggregate; what keeps the node busy is for operators. */
const denied = (c: Ctx, { id }: Scope): Refusal | undefined => {
  const { may } = requestContext(c);
  return id === undefined ? may?.('operate') : may?.('audit', 'operate');
};

/** `/doctor`: the examination of the whole store, in the background, and its result. */
export const doctorRoutes = (app: Routes, { operations }: Http): void => {
  app.get('/doctor', (c) => {
    const unknown = refuseUnknown(c, []);
    if (unknown) return problem(c, unknown);
    if (!operations) return problem(c, NO_DOCTOR);
    return answer(c, 200, operations.doctor.status, { 'cache-control': 'no-store' });
  });
};

/** `POST /doctor`: begins an examination, or examines one aggregate at once. */
export const examineRoute = (app: Routes, { operations, runtime, limits, log }: Http): void => {
  const gate = new Gate(EXAMINATIONS_AT_ONCE, EXAMINATIONS_OF_ONE_MAX);
  app.post('/doctor', async (c) => {
    // Who may examine nothing is told so before it is read what they mean.
    const no = requestContext(c).may?.('audit', 'operate');
    if (no) return problem(c, no);
    const body = refuseUnknown(c, []) ?? (await readJson(c, limits.bodyMax));
    const scope = isRefusal(body) ? body : scopeOf(runtime.registry, body.json);
    const refused = denied(c, isRefusal(scope) ? {} : scope);
    if (refused) return problem(c, refused);
    if (isRefusal(scope)) return problem(c, scope);
    if (!operations) return problem(c, NO_DOCTOR);
    const { doctor } = operations;
    const { definition, id } = scope;
    if (!definition || id === undefined) {
      const by = requestContext(c).who?.actor ?? 'somebody';
      log.warn({ by, aggregate_type: definition?.name }, 'an examination was asked for');
      return answer(c, 202, doctor.begin(definition), { location: '/doctor' });
    }
    const found = await gate.pass('examinations', requestContext(c).who, async () => ({
      result: await doctor.examine(definition, id),
    }));
    if (isRefusal(found)) return problem(c, found);
    return found.result
      ? answer(c, 200, found.result)
      : problem(c, refuse('NOT_FOUND', `${definition.name} ${id} does not exist`));
  });
};
