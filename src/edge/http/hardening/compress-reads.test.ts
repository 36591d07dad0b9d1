import { createHook } from 'node:async_hooks';
import { brotliDecompressSync } from 'node:zlib';
import { Hono } from 'hono';
import { expect, it } from 'vitest';
import { Book } from '../../../../examples/library/lending.js';
import { Runtime } from '../../../write/runtime/runtime.js';
import { memoryStore } from '../../../write/store/memory-store.js';
import { appOf } from '../app.js';
import { createHttp } from '../create-http.js';
import type { Env } from '../http.js';
import { COMPRESSIONS_AT_ONCE, COMPRESSIONS_BYTES_MAX } from '../limits.js';
import { compressReads } from './compress-reads.js';

/** Encoders that were begun meanwhile, of whatever kind. */
const encodersOf = async (work: () => Promise<void>): Promise<number> => {
  let begun = 0;
  const hook = createHook({
    init: (_, type) => {
      if (type === 'ZLIB') begun++;
    },
  }).enable();
  await work();
  hook.disable();
  return begun;
};

const BROTLI = { headers: { 'accept-encoding': 'br' } };
const encoded = (response: Response): boolean => response.headers.has('content-encoding');

it('compresses a description once, however many ask for it', async () => {
  const store = memoryStore();
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const runtime = new Runtime({ definitions: [Book], store, log });
  const app = createHttp({ runtime, store, log, info: { name: 'library', version: '1.0.0' } });
  const ask = () => app.request('/openapi.json', BROTLI);
  const plain = await (await app.request('/openapi.json')).text();
  const answers: Response[] = [];
  const begun = await encodersOf(async () => {
    answers.push(...(await Promise.all(Array.from({ length: 30 }, ask))), await ask());
  });
  expect(begun).toBe(1);
  for (const answer of answers) {
    expect(answer.headers.get('etag')).toMatch(/^W\//);
    expect(brotliDecompressSync(await answer.arrayBuffer()).toString()).toBe(plain);
  }
});

it('compresses so many answers at a time, and lets the others go as they are', async () => {
  const hono = new Hono<Env>();
  const app = appOf(compressReads(hono.fetch), []);
  const text = 'word '.repeat(20_000);
  hono.get('/', (c) => c.text(text));
  const answers = await Promise.all(
    Array.from({ length: 5 * COMPRESSIONS_AT_ONCE }, () => app.request('/', BROTLI)),
  );
  expect(answers.filter(encoded)).toHaveLength(COMPRESSIONS_AT_ONCE);
  for (const answer of answers.filter((one) => !encoded(one)))
    expect(await answer.text()).toBe(text);
  expect(encoded(await app.request('/', BROTLI))).toBe(true);
});

it('compresses so many bytes at a time', async () => {
  const hono = new Hono<Env>();
  const app = appOf(compressReads(hono.fetch), []);
  const most = Buffer.alloc(COMPRESSIONS_BYTES_MAX, 'x').toString();
  hono.get('/most', (c) => c.text(most));
  hono.get('/more', (c) => c.text(`${most}x`));
  const [one, another] = await Promise.all([
    app.request('/most', BROTLI),
    app.request('/most', BROTLI),
  ]);
  expect([encoded(one), encoded(another)]).toEqual([true, false]);
  expect((await another.text()).length).toBe(most.length);
  expect(encoded(await app.request('/more', BROTLI))).toBe(false);
  expect(encoded(await app.request('/most', BROTLI))).toBe(true);
});
