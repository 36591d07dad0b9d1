import { describe, expect, it } from 'vitest';
import { actors } from '../../../actors/index.js';
import { roles } from '../../../actors/roles.js';
import { turnsDuring } from '../../../test/support/turns-during.js';
import { Runtime } from '../../write/runtime/runtime.js';
import { memoryStore } from '../../write/store/memory-store.js';
import type { Access } from '../access/index.js';
import { JSON_VALUES_MAX } from '../wire/json-size.js';
import { createHttp } from './create-http.js';

/** No answer that says no is longer than this, whatever was sent, bytes. */
const REFUSAL_BYTES_MAX = 128 * 1024;
const JSON_TYPE = { 'content-type': 'application/json' };
const log = { warn: () => {}, error: () => {} };

/** Whoever sends a role as key is in it. */
const access: Access = {
  roles,
  authenticate: async ({ apiKey = '' }) => ({
    actor: 'ada',
    actor_type: 'user',
    teams: [],
    credential: apiKey,
    roles: [apiKey],
  }),
};
const store = memoryStore();
const info = { name: 'stele', version: '1' };
const serving = (definitions = actors) =>
  createHttp({
    store,
    log,
    access,
    info,
    runtime: new Runtime({ definitions, store, log, roles }),
  });
const app = serving();

type Problem = {
  readonly code: string;
  readonly errors: readonly { readonly field: string }[];
  readonly details?: Readonly<Record<string, unknown>>;
};
const ask = async (
  method: string,
  path: string,
  body: string | ReadableStream<Uint8Array>,
  key = 'architect',
) => {
  const headers = { ...JSON_TYPE, 'x-api-key': key };
  const response = await app.request(path, { method, headers, body, duplex: 'half' } as never);
  const text = await response.text();
  const told = JSON.parse(text) as Problem;
  return { status: response.status, bytes: Buffer.byteLength(text), ...told };
};

const WAYS = [
  ['POST', '/commands'],
  ['POST', '/applications/a/commands/create-application'],
  ['POST', '/applications/commands/create-application'],
  ['POST', '/applications'],
  ['PATCH', '/applications/a'],
  ['PUT', '/applications/a'],
  ['DELETE', '/applications/a'],
  ['POST', '/session'],
] as const;
/** Nobody with this role sends what DELETE stands for. */
const keyFor = (method: string): string => (method === 'DELETE' ? 'admin' : 'architect');

const keys = (count: number, chars = 0): string =>
  JSON.stringify(
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`.padEnd(chars, 'x'), 1])),
  );
const nested = (body: string): string =>
  JSON.stringify({
    command_id: '6f1c9d3e-5b0a-4a53-9d57-0a6a6a3d7b11',
    command_type: 'CreateApplication',
    aggregate_type: 'Application',
    aggregate_id: 'a',
    command_timestamp: '2026-01-06T10:00:00Z',
    data: JSON.parse(body),
  });

describe.each(WAYS)('%s %s', (method, path) => {
  const send = (body: string) => ask(method, path, body, keyFor(method));

  it.each([
    ['many unknown fields', keys(15_000)],
    ['unknown fields of long names', keys(90, 9_000)],
    ['one unknown field of a very long name', keys(1, 900_000)],
    ['many unknown fields in data', nested(keys(15_000))],
    ['long names in data', nested(keys(90, 9_000))],
  ])('says no in short to %s', async (_, body) => {
    const { status, bytes, errors } = await send(body);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(bytes).toBeLessThan(REFUSAL_BYTES_MAX);
    for (const { field } of errors) expect(field.length).toBeLessThan(250);
  });

  it('looks at no body that holds more than anybody means', async () => {
    for (const body of [keys(JSON_VALUES_MAX + 1), JSON.stringify(Array(30_000).fill([]))]) {
      const { status, code } = await send(body);
      expect([status, code]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
    }
  });
});

describe('of many mistakes', () => {
  it.each([
    ['POST', '/commands', 15_000],
    ['POST', '/applications/a/commands/create-application', 15_000],
    ['PATCH', '/applications/a', 15_000],
  ])('%s %s names some and counts the others', async (method, path, sent) => {
    const { errors, details } = await ask(method, path, keys(sent));
    const named = errors.filter(({ field }) => /(^|\.)k\d+$/.test(field)).length;
    expect(named).toBeGreaterThan(50);
    expect(errors.length).toBeLessThanOrEqual(100);
    const left = details?.errors_left_out as number;
    expect(left + errors.length).toBeGreaterThanOrEqual(sent);
    expect(left + errors.length).toBeLessThan(sent + 20);
  });
});

describe('who may not is told so before more than a little is read', () => {
  it.each([
    ['POST', '/commands'],
    ['POST', '/applications/a/commands/create-application'],
    ['POST', '/applications'],
    ['PATCH', '/applications/a'],
    ['PUT', '/applications/a'],
    ['DELETE', '/applications/a'],
    ['POST', '/doctor'],
  ])('%s %s', async (method, path) => {
    const chunk = new TextEncoder().encode(keys(1_000)); // 10 kB
    let read = 0;
    // Asked for only when somebody reads it; a megabyte.
    const body = new ReadableStream<Uint8Array>(
      {
        pull: (to) => {
          read++;
          to.enqueue(chunk);
          if (read === 100) to.close();
        },
      },
      { highWaterMark: 0 },
    );
    const { status, code } = await ask(method, path, body, 'viewer');
    expect([status, code]).toEqual([403, 'FORBIDDEN']);
    expect(read).toBeLessThanOrEqual(3);
  });

  it('POST /commands, of the command that is named', async () => {
    const named = { command_type: 'CreateServer', aggregate_type: 'Server', nonsense: 1 };
    const { status, code } = await ask('POST', '/commands', JSON.stringify(named), 'architect');
    expect([status, code]).toEqual([403, 'FORBIDDEN']);
  });
});

describe('a description that is asked for the first time', () => {
  it.each(['/openapi.json', '/asyncapi.json'])(
    '%s is written while others get their turn',
    async (path) => {
      // Of copies of the definitions nothing was made before.
      const app = serving(actors.map((definition) => ({ ...definition })));
      // Both who ask at once get the one that is being written.
      const { turns, made: asked } = await turnsDuring(() =>
        Promise.all([app.request(path), app.request(path)]),
      );
      expect(turns).toBeGreaterThan(30);
      const [first, second] = asked.map(({ headers }) => headers.get('etag'));
      expect(first).toMatch(/^"[0-9a-f]{32}"$/);
      expect(second).toBe(first);
      expect(await asked[0]!.json()).toMatchObject({ info: { title: 'stele' } });
    },
  );
});
