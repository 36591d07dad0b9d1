import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { actors } from '../../../actors/index.js';
import { Runtime } from '../../write/runtime/runtime.js';
import { memoryStore } from '../../write/store/memory-store.js';
import { createHttp } from './create-http.js';

/** Whatever comes in: an answer, never a 5xx, and every refusal is a problem with a code. */
const store = memoryStore();
const log = { warn: () => {}, error: () => {} };
const runtime = new Runtime({ definitions: actors, store, log });
const app = createHttp({ runtime, store, log, info: { name: 'stele', version: '1' } });

const sane = async (response: Response): Promise<void> => {
  if (response.status < 300) {
    await response.body?.cancel();
    return;
  }
  expect(response.status).toBeGreaterThanOrEqual(400);
  expect(response.status).toBeLessThan(500);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const problem = (await response.json()) as Record<string, unknown>;
  expect(problem.code).toMatch(/^[A-Z_]+$/);
  expect(problem).toMatchObject({ status: response.status, trace_id: expect.any(String) });
  expect(JSON.stringify(problem)).not.toMatch(/\.[jt]s:\d/);
};

const word = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string(),
  fc.constantFrom('s1', '%', '%2e%2e', '__proto__', 'constructor', 'add-tags', 'update-server'),
);
const header = fc.string({ unit: fc.constantFrom(...'aA0 "-*,/;=:\xe9\xff') });
const headers = fc.record(
  {
    'x-actor': header,
    'if-match': header,
    'idempotency-key': header,
    'x-approval-id': header,
    'x-business-justification': header,
    'x-correlation-id': header,
    traceparent: header,
    'x-request-id': header,
    'content-type': fc.constantFrom('application/json', 'text/plain', 'application/json;x'),
  },
  { requiredKeys: [] },
);
const body = fc.oneof(
  fc.json({ stringUnit: 'binary' }),
  fc.uint8Array({ maxLength: 200 }),
  fc
    .record({ data: fc.object(), metadata: fc.anything(), actor: fc.anything() })
    .map((one) =>
      JSON.stringify(one, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
    ),
);
const path = fc.oneof(
  fc.constant('/commands'),
  fc
    .tuple(fc.constantFrom('servers', 'capabilities', 'nodes'), word, word)
    .map(
      ([plural, id, name]) =>
        `/${[plural, id, 'commands', name].map(encodeURIComponent).join('/')}`,
    ),
  fc
    .tuple(word, fc.constantFrom('add-tags', 'create-server', 'move-to-region'))
    .map(([id, name]) => `/servers/${encodeURIComponent(id)}/commands/${name}`),
);

test.prop([path, headers, body], { numRuns: 500 })('any command', async (at, given, sent) => {
  const init = { method: 'POST', headers: given as Record<string, string>, body: sent as string };
  await sane(await app.request(at, init));
});

const field = fc.oneof(
  word,
  fc.constantFrom('name', 'hostname', 'tags', 'lifecycle', 'sunset_date', 'parent_id', 'reason'),
  fc.constantFrom('environment', 'metadata', 'data', 'id', 'version', 'business_justification'),
  fc.constantFrom(
    'contacts',
    'pii_flag',
    'confidence',
    'effective_from',
    'app_id',
    'classification',
  ),
);
const value = fc.oneof(
  fc.jsonValue(),
  fc.array(word, { maxLength: 3 }),
  fc.constantFrom(null, '', 'prod', 'high', 1e308, [null], [['x']], {}),
);
const resource = fc
  .dictionary(field, value, { maxKeys: 6 })
  .map((one) => JSON.stringify(one).replaceAll('1e+308', '1e999'));

test.prop(
  [
    fc.constantFrom(...actors.map(({ plural }) => plural)),
    fc.oneof(fc.constantFrom('s1', 'none'), word),
    fc.constantFrom('POST', 'PATCH', 'PUT', 'DELETE'),
    headers,
    fc.oneof({ weight: 4, arbitrary: resource }, body),
    fc.constantFrom('', '?dry_run=true', '?reason=x', '?x=y'),
  ],
  { numRuns: 400 },
)('any writing of a resource', async (plural, id, method, given, sent, query) => {
  const at = method === 'POST' ? `/${plural}` : `/${plural}/${encodeURIComponent(id)}`;
  const asked = { 'x-actor': 'ada', ...(given as Record<string, string>) };
  await sane(await app.request(`${at}${query}`, { method, headers: asked, body: sent as string }));
});

/** Resources that are there are compared with, and their commands are decided. */
const least: Readonly<Record<string, object>> = {
  servers: { hostname: 'db-1', environment: 'prod', criticality: 'high' },
  applications: { name: 'CRM', owner: 'team-1', data_classification: 'internal' },
  organizations: { name: 'Head office', domains: ['example.org'] },
  'business-capabilities': { name: 'Sales', tags: ['core'] },
  'data-entities': { name: 'Customer', classification: 'internal' },
};
const asAda = { 'content-type': 'application/json', 'x-actor': 'ada' };
const there = Promise.all(
  Object.entries(least).map(async ([plural, fields]) => {
    const init = { method: 'POST', headers: asAda, body: JSON.stringify(fields) };
    const made = await app.request(`/${plural}`, init);
    expect(made.status).toBe(201);
    return `/${plural}/${((await made.json()) as { aggregate_id: string }).aggregate_id}`;
  }),
);

test.prop([fc.nat(), fc.constantFrom('PATCH', 'PUT'), resource], { numRuns: 400 })(
  'any writing of a resource that is there',
  async (which, method, sent) => {
    const paths = await there;
    const path = paths[which % paths.length]!;
    await sane(await app.request(path, { method, headers: asAda, body: sent }));
  },
);

test.prop([fc.array(word, { maxLength: 5 }), fc.constantFrom('GET', 'PUT', 'DELETE', 'OPTIONS')], {
  numRuns: 300,
})('any path', async (words, method) => {
  await sane(await app.request(`/${words.map(encodeURIComponent).join('/')}`, { method }));
});

test.prop(
  [
    fc.constantFrom('/events/stream', '/servers/s1/events', '/machines/Server', '/schemas'),
    fc.dictionary(
      fc.constantFrom('from', 'from_version', 'aggregate_id', 'aggregate_type', 'limit', 'format'),
      word,
    ),
  ],
  { numRuns: 300 },
)('any query', async (at, query) => {
  await sane(await app.request(`${at}?${new URLSearchParams(query)}`));
});
