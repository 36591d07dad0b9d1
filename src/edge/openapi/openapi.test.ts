import { createConfig, lintFromString } from '@redocly/openapi-core';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actors } from '../../../actors/index.js';
import { Book } from '../../../examples/library/lending.js';
import { apiDocuments } from '../../../scripts/api-documents.js';
import { documented, type OpenApi } from '../../../test/support/documented.js';
import { PATIENCE_MS } from '../../../test/support/patience.js';
import { type ReadSide, startReadSide } from '../../../test/support/read-side.js';
import { completeProjections } from '../../read/projections/index.js';
import { openApiDocument } from '../http/open-api-document.js';

const info = { name: 'library', version: '1.0.0' };
const library = openApiDocument({
  definitions: [Book],
  projections: completeProjections([Book], []),
  info,
}) as OpenApi;
const domain = JSON.parse(apiDocuments()['docs/reference/openapi.json']!) as OpenApi;

/** What the schema of OpenAPI cannot say, and the other validator does not look at. */
const RULES = {
  'no-identical-paths': 'error',
  'no-required-schema-properties-undefined': 'error',
  'no-unresolved-refs': 'error',
  'operation-operationId-unique': 'error',
  'operation-parameters-unique': 'error',
  'path-declaration-must-exist': 'error',
  'path-parameters-defined': 'error',
  'security-defined': 'error',
  'spec-components-invalid-map-name': 'error',
  struct: 'error',
} as const;

const lint = async (document: object): Promise<readonly (readonly [string, string])[]> => {
  const config = await createConfig({ rules: RULES });
  const source = JSON.stringify(document);
  const found = await lintFromString({ source, absoluteRef: '/openapi.json', config });
  return found.map(({ ruleId, message }) => [ruleId, message]);
};

const operationsOf = ({ paths }: OpenApi) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

describe('the OpenAPI document', () => {
  it.each([
    ['of the domain', domain],
    ['of a library', library],
    [
      'of a node without a read side',
      openApiDocument({ definitions: [Book], projections: [], info }),
    ],
  ])('%s is valid', async (_, document) => {
    const { valid, errors } = await new Validator().validate(structuredClone(document) as OpenApi);
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
  });

  it('would not be, with a mistake in it', async () => {
    const wrong = structuredClone(library) as unknown as { info: object };
    wrong.info = {};
    expect((await new Validator().validate(wrong)).valid).toBe(false);
  });

  it.each([
    ['of the domain', domain],
    ['of a library', library],
  ])('%s breaks no rule of OpenAPI that its own schema cannot say', async (_, document) => {
    expect(await lint(document)).toEqual([]);
  });

  it('would break one, with a parameter that is there twice or a path under two names', async () => {
    const wrong = structuredClone(library) as OpenApi;
    const [list, one] = [wrong.paths['/books']!.get!, wrong.paths['/books/{id}']!];
    const parameters = list.parameters as unknown[];
    parameters.push(parameters[0]);
    Object.assign(wrong.paths, { '/books/{isbn}': one });
    expect((await lint(wrong)).map(([rule]) => rule)).toEqual(
      expect.arrayContaining(['operation-parameters-unique', 'no-identical-paths']),
    );
  });

  it('names each operation once', () => {
    const ids = operationsOf(domain).map(({ operation }) => operation.operationId);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it('gives the parameters that the path has, and no others', () => {
    for (const { path, operation } of operationsOf(domain)) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const given = ((operation.parameters ?? []) as { in?: string; name: string }[])
        .filter((one) => one.in === 'path')
        .map(({ name }) => name);
      expect(given, path).toEqual(named);
    }
  });

  it('has an example for commands, and all are what their schema says', () => {
    const { ajv, pointer } = documented(domain);
    let shown = 0;
    let commands = 0;
    for (const { path, method, operation } of operationsOf(domain)) {
      const { requestBody } = operation as { requestBody?: { content: Record<string, object> } };
      const body = requestBody?.content['application/json'] as { example?: unknown } | undefined;
      if (operation['x-emits']) commands++;
      if (body?.example === undefined) continue;
      shown++;
      const at = pointer('paths', path, method, 'requestBody', 'content', 'application/json');
      expect(ajv.validate(`${at}/schema`, body.example), `${path} ${ajv.errorsText()}`).toBe(true);
    }
    expect(shown).toBeGreaterThan(commands * 0.9);
  });

  it('refers to nothing that is not there', () => {
    const refs = new Set(
      [...JSON.stringify(domain).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, r]) => r!),
    );
    const dead = [...refs].filter((ref) => {
      let at: unknown = domain;
      for (const key of ref.split('/')) at = (at as Record<string, unknown> | undefined)?.[key];
      return at === undefined;
    });
    expect(dead).toEqual([]);
  });
});

describe('against a node', () => {
  let side: ReadSide;
  beforeAll(async () => {
    side = await startReadSide();
  });
  afterAll(() => side.close());

  const fits = (route: string, path: string): boolean => {
    const [known, said] = [route.split('/'), path.split('/')];
    return (
      known.length === said.length &&
      known.every((one, at) => one.startsWith(':') || one === said[at])
    );
  };

  it('every route is described, and nothing else is', () => {
    const main = new Set(actors.map(({ plural }) => plural));
    const others = domain.tags.flatMap((tag) => tag['x-also-at'] ?? []);
    expect(main.size).toBe(actors.length);
    const routes = side.app.routes.filter(
      ({ path }) => !others.some((other) => path === other || path.startsWith(`${other}/`)),
    );
    const described = operationsOf(domain);
    const missing = routes.filter(
      ({ method, path }) =>
        !described.some((one) => one.method === method.toLowerCase() && fits(path, one.path)),
    );
    expect(missing.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
    const invented = described.filter(
      (one) =>
        !routes.some(
          ({ method, path }) => one.method === method.toLowerCase() && fits(path, one.path),
        ),
    );
    expect(invented.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
  });

  it('answers are as described', async () => {
    const { undocumented } = documented(domain);
    const strange: string[] = [];
    let held = 0;
    const hold = async (path: string, init: RequestInit = {}): Promise<void> => {
      const { status, headers, json } = await side.ask(path, init);
      const type = headers.get('content-type');
      const what = undocumented({ method: init.method ?? 'GET', path }, { status, type, json });
      held++;
      if (what !== undefined) strange.push(`${init.method ?? 'GET'} ${path} ${status}: ${what}`);
    };
    const send = (method: string, path: string, body: unknown, headers = {}) =>
      hold(path, {
        method,
        headers: { 'content-type': 'application/json', 'x-actor': 'ada', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
    const papers = { 'x-business-justification': 'it is time', 'x-approval-id': 'chg-7' };
    const books = { name: 'Books', owner: 'team-1', data_classification: 'internal' };

    await send('POST', '/business-capabilities/commands/create-capability', { name: 'Selling' });
    await send('POST', '/applications/a/commands/create-application', {
      ...books,
      lifecycle: 'active',
    });
    await send('POST', '/applications', { ...books, name: 'Shelves' });
    await send('POST', '/applications', { ...books });
    await send('POST', '/applications', { bogus: 1 });
    await send('PATCH', '/applications/a', { description: 'All of them', tags: ['x'] });
    await send('PATCH', '/applications/none', { description: 'All of them' });
    await send('PATCH', '/applications/a', { description: 'All of them' });
    await send('POST', '/applications/a/commands/rename-application', { data: { name: 'Tomes' } });
    await send('POST', '/applications/a/commands/rename-application', { name: 'Tomes' });
    await send('POST', '/applications/a/commands/rename-application', { name: '' });
    await send('POST', '/applications/a/commands/rename-application?dry_run=true', { name: 'X' });
    await send('POST', '/applications/a/commands/rename-application', '{', {});
    await send(
      'POST',
      '/applications/a/commands/rename-application',
      { name: 'X' },
      { 'content-type': 'text/plain' },
    );
    await send(
      'POST',
      '/applications/a/commands/rename-application',
      { name: 'X' },
      { 'if-match': '"99"' },
    );
    await send('POST', '/applications/a/commands/delete-application', { reason: 'old' });
    await send('POST', '/commands', {});
    for (const projection of side.projections.definitions) {
      const { name, columns, reports } = projection;
      const reached = new Map(projection.sources.map(({ slug }) => [slug, 0]));
      await side.projections.waitForPosition(name, reached, PATIENCE_MS);
      await hold(`/views/${name}`);
      await hold(`/views/${name}?limit=0`);
      await hold(`/views/${name}?include_deleted=true&limit=1`);
      if (columns[0]) await hold(`/views/${name}?group_by=${columns[0].name}`);
      await hold(`/views/${name}/diff?from=2026-01-01`);
      await hold(`/views/${name}/documents/a`);
      await hold(`/views/${name}/documents/none`);
      for (const report of Object.keys(reports)) await hold(`/views/${name}/${report}`);
      await hold(`/projections/${name}`);
      await hold(`/projections/${name}/parked`);
      await hold(`/projections/${name}/discarded`);
    }
    for (const plural of actors.map((one) => one.plural)) {
      await hold(`/${plural}`);
      await hold(`/${plural}?bogus=1`);
      for (const below of ['', '/commands', '/events', '/history', '/statuses', '/diff?from=0'])
        for (const id of ['a', 'none', '%20']) await hold(`/${plural}/${id}${below}`);
    }
    await hold('/applications/a?version=1');
    await hold('/applications/a?as_of=2026-02-01');
    await hold('/applications/a?effective_at=now&min_position=application:1');
    await hold('/applications?min_position=application:99999');
    const { headers } = await side.ask('/applications/a');
    await hold('/applications/a', { headers: { 'if-none-match': headers.get('etag')! } });
    await send('POST', '/projections/audit-log/verify', {});
    await send('POST', '/projections/audit-log/stop', {});
    await send('POST', '/projections/audit-log/start', {});
    await send('POST', '/projections/audit-log/switch', {});
    await send('POST', '/projections/audit-log/compare', {});
    await send('POST', '/projections/audit-log/parked/retry', {});
    await send('POST', '/projections/audit-log/parked/application/a/discard', {});
    await send('DELETE', '/applications/a?reason=old', {}, papers);
    await hold('/applications/a');
    await hold('/applications/a?include_deleted=true');
    for (const path of ['/', '/views', '/projections', '/machines', '/schemas', '/healthz'])
      await hold(path);
    for (const path of ['/readyz', '/readyz?for=what', '/metrics', '/alerts', '/alerts/failed'])
      await hold(path);
    for (const format of ['json', 'svg', 'mermaid', 'dot', 'bogus'])
      await hold(`/machines/Application?format=${format}`);
    await hold('/schemas/Application/commands/RenameApplication?part=data');
    await hold('/schemas/Application/events/ApplicationRenamed');
    await hold('/schemas/Application/events/Bogus');
    await hold('/events/stream?bogus=1');
    await hold('/imports');
    for (const path of ['/openapi.json', '/asyncapi.json', '/docs', '/docs/page.js', '/docs/bogus'])
      await hold(path);
    expect(strange).toEqual([]);
    expect(held).toBeGreaterThan(200);
  });

  it('answers that are not as described would be noticed', () => {
    const { undocumented } = documented(domain);
    const asked = { method: 'GET', path: '/healthz' };
    const up = { status: 200, type: 'application/json', json: { status: 'up' } };
    expect(undocumented(asked, up)).toBeUndefined();
    expect(undocumented(asked, { ...up, status: 418 })).toBe('status 418');
    expect(undocumented(asked, { ...up, type: 'text/html' })).toBe('content type text/html');
    expect(undocumented(asked, { ...up, json: { status: 'down' } })).toMatch(/status/);
    expect(undocumented({ ...asked, path: '/bogus' }, up)).toBe('no such operation');
  });
});
