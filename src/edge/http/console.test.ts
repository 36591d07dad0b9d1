import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { actors } from '../../../actors/index.js';
import { Runtime } from '../../write/runtime/runtime.js';
import { memoryStore } from '../../write/store/memory-store.js';
import { createHttp } from './create-http.js';

const PAGE = '<!doctype html><div id="root"></div>';
const SCRIPT = `console.log(${'"much"+'.repeat(500)}"");`;
const dir = mkdtempSync(join(tmpdir(), 'stele-console-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const app = (consoleDir = dir) => {
  const store = memoryStore();
  const log = { warn: () => {}, error: () => {} };
  const runtime = new Runtime({ definitions: actors, store, log });
  return createHttp({ runtime, store, log, info: { name: 'stele', version: '1' }, consoleDir });
};
const written = (() => {
  mkdirSync(join(dir, 'built', 'assets'), { recursive: true });
  const put = (path: string, text: string) => writeFileSync(join(dir, 'built', path), text);
  put('index.html', PAGE);
  put('favicon.svg', '<svg/>');
  put('assets/app-1a2b.js', SCRIPT);
  put('assets/app-1a2b.css', 'a{}');
  put('assets/font.woff2', 'w');
  writeFileSync(join(dir, 'secret.txt'), 'secret');
  return app(join(dir, 'built'));
})();
const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  written.request(path, { method, headers });

describe('the console', () => {
  it.each([
    '/console',
    '/console/',
    '/console/sign-in',
    '/console/applications/ledger.v1?at=v12',
    '/console/a/b/c.js',
    '/console/index.html',
  ])('opens its page at %s', async (path) => {
    const response = await ask(path);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(PAGE);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-cache');
    const etag = response.headers.get('etag')!;
    const again = await ask(path, { 'if-none-match': etag });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  it('lets its page run nothing but its own files', async () => {
    for (const path of ['/console/', '/console/assets/app-1a2b.js']) {
      const { headers } = await ask(path);
      const policy = headers.get('content-security-policy')!;
      for (const part of [
        "default-src 'self'",
        "img-src 'self' data:",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "object-src 'none'",
      ])
        expect(policy.split('; ')).toContain(part);
      expect(policy).not.toMatch(/unsafe|\*|https?:/);
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it.each([
    ['assets/app-1a2b.js', 'text/javascript; charset=utf-8'],
    ['assets/app-1a2b.css', 'text/css; charset=utf-8'],
    ['assets/font.woff2', 'font/woff2'],
  ])('gives %s for ever', async (path, type) => {
    const response = await ask(`/console/${path}`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, type]);
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect((await ask(`/console/${path}`, {}, 'HEAD')).status).toBe(200);
  });

  it('gives other files by name, which may change', async () => {
    const { headers } = await ask('/console/favicon.svg');
    expect(headers.get('content-type')).toBe('image/svg+xml');
    expect(headers.get('cache-control')).toBe('no-cache');
  });

  it('compresses what is worth it', async () => {
    const response = await ask('/console/assets/app-1a2b.js', { 'accept-encoding': 'br' });
    expect(response.headers.get('content-encoding')).toBe('br');
    expect(response.headers.get('cache-control')).toMatch(/immutable/);
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(brotliDecompressSync(bytes).toString()).toBe(SCRIPT);
  });

  it.each([
    'assets/app-0000.js',
    'assets/',
    'assets/../index.html%00.js',
    'assets/..%2f..%2fsecret.txt',
    'assets/%2e%2e/%2e%2e/secret.txt',
    'assets/..%5c..%5csecret.txt',
    '..%2fsecret.txt',
    '%2e%2e%2fsecret.txt',
    '..%252fsecret.txt',
    '%2fetc%2fpasswd',
    '__proto__',
    '%E0%A4%A',
  ])('leads nowhere else by %s', async (path) => {
    const response = await ask(`/console/${path}`);
    expect([200, 404]).toContain(response.status);
    const text = await response.text();
    expect(text).not.toContain('secret');
    if (response.status === 200) expect(text).toBe(PAGE);
    if (path.startsWith('assets/a')) expect(response.status).toBe(404);
  });

  it('says what to do when it is not built', async () => {
    for (const path of ['/console', '/console/x', '/console/assets/x.js']) {
      const response = await app(join(dir, 'none')).request(path);
      expect(response.status).toBe(404);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
    }
    const told = await app(join(dir, 'none')).request('/console/');
    expect(await told.text()).toContain('npm run build');
  });

  it('takes nothing', async () => {
    expect((await ask('/console/x', {}, 'POST')).status).toBe(405);
  });
});

describe('the front page', () => {
  const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

  it('sends browsers to the console', async () => {
    for (const accept of [BROWSER, 'text/html', 'application/json;q=0.5, text/*']) {
      const response = await ask('/', { accept });
      expect([response.status, response.headers.get('location')]).toEqual([302, '/console/']);
      expect(response.headers.get('vary')).toContain('Accept');
    }
  });

  it('stays JSON for programs, and names the console', async () => {
    for (const accept of [undefined, '*/*', 'application/json', 'application/json, text/html']) {
      const response = await ask('/', accept === undefined ? {} : { accept });
      expect(response.status).toBe(200);
      const { links } = (await response.json()) as { links: object };
      expect(links).toMatchObject({ console: '/console/', session: '/session' });
    }
    const unbuilt = await app(join(dir, 'none')).request('/', { headers: { accept: BROWSER } });
    expect(unbuilt.status).toBe(200);
  });
});
