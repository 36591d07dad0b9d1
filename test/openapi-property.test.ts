import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { apiDocuments } from '../scripts/api-documents.js';
import { documented, type OpenApi } from './support/documented.js';
import { fromSchema } from './support/from-schema.js';
import { type ReadSide, startReadSide } from './support/read-side.js';

/**
 * Requests made up from the OpenAPI document, right ones and ones that are wrong somewhere: no
 * answer is an internal error, and each is as the document says. `npm run test:fuzz` does it longer.
 */
const RUNS = 2_000;
const AT_MOST_MS = 15_000;

const document = JSON.parse(apiDocuments()['docs/reference/openapi.json']!) as OpenApi;
const { undocumented, operationAt } = documented(document);

type Parameter = { name: string; in: string; required?: true; schema: object; $ref?: string };
type Operation = { parameters?: Parameter[]; requestBody?: Body };
type Body = { content: Record<string, { schema: object; example?: unknown }> };
type Asked = { method: string; path: string; headers: Record<string, string>; body?: string };

/** What does not end by itself, or waits for others. */
const LEFT_OUT = /\/stream$|^\/imports|\/verify$/;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods)
    .filter(() => !LEFT_OUT.test(path))
    .map(([method, operation]) => ({ method, path, operation: operation as Operation })),
);

const odd = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '',
    ' ',
    '%',
    '\0',
    '..',
    '__proto__',
    '[]',
    '1e400',
    '-1',
    'null',
    'x'.repeat(2_000),
  ),
);
/** Mostly as the document says; every now and then not. */
const mostly = <T>(right: fc.Arbitrary<T>): fc.Arbitrary<T | string> =>
  fc.oneof({ weight: 9, arbitrary: right }, { weight: 1, arbitrary: odd });
const headerText = (value: unknown): string =>
  String(value)
    .replaceAll(/[^\x20-\x7e]/g, '?')
    .trim();

const resolved = (one: Parameter): Parameter =>
  one.$ref === undefined
    ? one
    : (document.components.parameters![one.$ref.split('/').at(-1)!] as unknown as Parameter);

const made = new Map<Parameter, fc.Arbitrary<unknown>>();
const anyValue = (one: Parameter): fc.Arbitrary<unknown> => {
  const value = made.get(one) ?? newValue(one);
  made.set(one, value);
  return value;
};

const newValue = ({ name, in: where, schema }: Parameter): fc.Arbitrary<unknown> => {
  if (name === 'min_position_timeout_ms') return fc.constant(0); // nobody waits here
  const right = fromSchema(schema, document);
  if (where === 'path' && /^(id|key)$/.test(name))
    return fc.oneof(fc.constantFrom('Example', 'none'), mostly(right));
  return mostly(right);
};

const requestOf = ({
  method,
  path,
  operation,
}: (typeof operations)[number]): fc.Arbitrary<Asked> => {
  const parameters = (operation.parameters ?? []).map(resolved);
  const needed = (one: Parameter) =>
    one.required === true || one.in === 'path' || one.name === 'min_position_timeout_ms';
  const values = Object.fromEntries(
    parameters.map((one) => [`${one.in}.${one.name}`, anyValue(one)]),
  );
  const requiredKeys = parameters.filter(needed).map((one) => `${one.in}.${one.name}`);
  const all = fc.record(values, { requiredKeys, noNullPrototype: true });
  const fewest = fc.record(Object.fromEntries(requiredKeys.map((key) => [key, values[key]!])));
  const given = fc.oneof(fewest, all);
  const content = operation.requestBody?.content['application/json'];
  const body: fc.Arbitrary<unknown> = content
    ? fc.oneof(
        { weight: 6, arbitrary: fromSchema(content.schema, document) },
        { weight: 2, arbitrary: fc.constant(content.example ?? {}) },
        { weight: 1, arbitrary: fc.jsonValue() },
      )
    : fc.constant(undefined);
  return fc.tuple(given, body).map(([values, sent]) => {
    const url = new URL(
      path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
        encodeURIComponent(Buffer.from(String(values[`path.${name}`])).toString()),
      ),
      'http://node',
    );
    const headers: Record<string, string> = {
      'x-actor': 'ada',
      ...(content && { 'content-type': 'application/json' }),
    };
    for (const [key, value] of Object.entries(values)) {
      const [where, name] = [key.split('.', 1)[0], key.slice(key.indexOf('.') + 1)];
      if (where === 'header') headers[name] = headerText(value);
      if (where === 'query')
        for (const one of Array.isArray(value) ? value : [value])
          url.searchParams.append(name, String(one));
    }
    return {
      method: method.toUpperCase(),
      path: `${url.pathname}${url.search}`,
      headers,
      ...(sent !== undefined && { body: JSON.stringify(sent) }),
    };
  });
};

let side: ReadSide;
beforeAll(async () => {
  side = await startReadSide();
  const creating = operations.filter(
    ({ method, path }) => method === 'post' && /^\/[^/]+\/commands\/[^/]+$/.test(path),
  );
  for (const { path, operation } of creating)
    await side.post(
      path.replace('/commands/', '/Example/commands/'),
      operation.requestBody!.content['application/json']!.example as object,
    );
});
afterAll(() => side.close());

it('no request gets an answer that the document does not describe', async () => {
  const statuses = new Set<number>();
  await fc.assert(
    fc.asyncProperty(fc.oneof(...operations.map(requestOf)), async (asked) => {
      // An id such as ".." makes it another path.
      fc.pre(operationAt(asked.method.toLowerCase(), asked.path.split('?')[0]!) !== undefined);
      const { method, path, headers, body } = asked;
      const told = await side.ask(path, { method, headers, ...(body !== undefined && { body }) });
      statuses.add(told.status);
      expect(told.status, told.text).not.toBe(500);
      const type = told.headers.get('content-type');
      expect(undocumented(asked, { status: told.status, type, json: told.json })).toBeUndefined();
    }),
    { numRuns: RUNS, interruptAfterTimeLimit: AT_MOST_MS },
  );
  // It got somewhere: things were read, begun, refused and not found.
  expect([...statuses]).toEqual(expect.arrayContaining([200, 201, 404, 409, 422]));
});
