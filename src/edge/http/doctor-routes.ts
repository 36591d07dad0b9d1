import { z } from 'zod';
import type { Aggregate } from '../../core/aggregate.js';
import { AGGREGATE_ID } from '../../core/ids.js';
import { isRefusal, type Refusal, refuse } from '../../core/refusal.js';
import type { Registry } from '../../core/registry.js';
import { answerSchema, headers, INSPECTION, json } from '../openapi/index.js';
import { answer, problem } from './answer.js';
import { Gate } from './gate.js';
import type { Ctx, Http } from './http.js';
import { EXAMINATIONS_AT_ONCE, EXAMINATIONS_OF_ONE_MAX } from './limits.js';
import { oncePerNode } from './once-per-node.js';
import { badQuery, refuseUnknown } from './query.js';
import { readJson } from './read-json.js';
import { requestContext } from './request-context.js';
import { type Route, routeOf } from './route.js';

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

const gateOf = oncePerNode(() => new Gate(EXAMINATIONS_AT_ONCE, EXAMINATIONS_OF_ONE_MAX));

const examine = async (c: Ctx, http: Http): Promise<Response> => {
  const { operations, runtime, limits, log } = http;
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
  const found = await gateOf(http).pass('examinations', requestContext(c).who, async () => ({
    result: await doctor.examine(definition, id),
  }));
  if (isRefusal(found)) return problem(c, found);
  return found.result
    ? answer(c, 200, found.result)
    : problem(c, refuse('NOT_FOUND', `${definition.name} ${id} does not exist`));
};

const Text = z.string();
const Count = z.int().min(0);
const Diagnosis = z.object({
  server: z.object({ url: Text, version: Text }),
  streams: z.array(
    z.object({
      stream: Text,
      aggregate_type: Text,
      messages: Count,
      events: Count,
      aggregates: Count,
      snapshots: Count,
      claims: Count,
    }),
  ),
  journal: z.object({ messages: Count, entries: Count }).nullable(),
  findings: z.array(
    z.object({
      code: Text,
      grade: z.enum(['broken', 'odd']),
      stream: Text,
      aggregate_id: Text.nullable(),
      sequence: Count.nullable(),
      what: Text,
      todo: Text,
    }),
  ),
  read_side: z.looseObject({ engine: Text, projections: z.array(z.looseObject({ name: Text })) }),
  node: z.null(),
});
const OneDiagnosis = Diagnosis.extend({ read_side: z.null(), journal: z.null() });
const Doctor = z.object({
  state: z.enum(['never', 'running', 'done', 'failed']),
  aggregate_type: Text.nullable().meta({
    description: 'The one type that is examined; null = all.',
  }),
  progress: z.object({ done: Count, total: Count }).nullable(),
  started_at: Text.nullable(),
  finished_at: Text.nullable(),
  reason: Text.nullable(),
  result: Diagnosis.extend({ read_side: Diagnosis.shape.read_side.nullable() }).nullable(),
});

const DOCTOR = answerSchema('OperationDoctor', Doctor);
const ROUTE = { path: '/doctor', tag: 'Operations', refusals: INSPECTION } as const;

/** `/doctor`: the examination of the whole store, in the background, and its result. */
export const doctorRoute: Route = routeOf({
  ...ROUTE,
  method: 'GET',
  needs: 'operate',
  id: 'doctor.get',
  summary: 'The examination of the store, and what it found.',
  query: {},
  answers: { 200: json('The examination of the store, and what it found.', DOCTOR) },
  handler: (c, { operations }) =>
    operations
      ? answer(c, 200, operations.doctor.status, { 'cache-control': 'no-store' })
      : problem(c, NO_DOCTOR),
});

/** `POST /doctor`: begins an examination, or examines one aggregate at once. */
export const examineRoute = (aggregateTypes: readonly string[]): Route => {
  const properties = {
    aggregate_type: { type: 'string', enum: aggregateTypes },
    aggregate_id: { type: 'string', minLength: 1 },
  };
  const schema = { type: 'object', additionalProperties: false, properties };
  return {
    ...ROUTE,
    method: 'POST',
    // What it needs follows from the body.
    needs: 'known',
    id: 'doctor.examine',
    summary: 'Examine the store in the background, or one aggregate at once.',
    body: { required: false, content: { 'application/json': { schema } } },
    answers: {
      200: json(
        'What was found of one aggregate.',
        answerSchema('OperationDiagnosis', OneDiagnosis),
      ),
      202: {
        ...json('It has begun, or one is under way already.', DOCTOR),
        headers: headers('Location'),
      },
    },
    handler: examine,
  };
};
