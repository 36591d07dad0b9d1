import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Book } from '../../../examples/library/lending.js';
import { Runtime } from '../../write/runtime/runtime.js';
import { memoryStore } from '../../write/store/memory-store.js';
import { createHttp } from '../http/create-http.js';
import { pageFile, pageFiles } from './page.js';

const log = { info: () => {}, warn: () => {}, error: () => {} };
const store = memoryStore();
const runtime = new Runtime({ definitions: [Book], store, log });
const info = { name: 'library', version: '1.0.0' };
const app = createHttp({ runtime, store, log, info });
const ask = (path: string, headers: Record<string, string> = {}) => app.request(path, { headers });

describe('the reference page', () => {
  it('asks nobody else, and runs nothing that stands in it', async () => {
    const page = await ask('/docs');
    const html = await page.text();
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'self';/);
    expect(page.headers.get('content-security-policy')).not.toMatch(/unsafe/);
    expect(html).not.toMatch(/https?:\/\/|<script>|<style|style="|onload=/);
    const script = await (await ask('/docs/page.js')).text();
    expect(script).toContain('validatorUrl: null');
    expect(script).not.toMatch(/https?:\/\//);
  });

  it('is whole: everything that it names is there, with its type', async () => {
    const html = await (await ask('/docs')).text();
    const named = [...html.matchAll(/(?:src|href)="\.(\/[^"]+)"/g)].map(([, path]) => path!);
    expect(named).toEqual(expect.arrayContaining(['/docs/swagger-ui-bundle.js', '/asyncapi.json']));
    for (const path of named) expect((await ask(path)).status, path).toBe(200);
    const types = { css: 'text/css', js: 'text/javascript' } as const;
    for (const [ending, type] of Object.entries(types)) {
      const file = ending === 'css' ? 'swagger-ui.css' : 'swagger-ui-bundle.js';
      expect((await ask(`/docs/${file}`)).headers.get('content-type')).toBe(
        `${type}; charset=utf-8`,
      );
    }
  });

  it('is sent once', async () => {
    for (const path of ['/docs', '/docs/swagger-ui.css', '/openapi.json', '/asyncapi.json']) {
      const etag = (await ask(path)).headers.get('etag')!;
      const again = await ask(path, { 'if-none-match': etag });
      expect([again.status, await again.text()], path).toEqual([304, '']);
      expect((await ask(path, { 'if-none-match': '"other"' })).status).toBe(200);
    }
  });

  it('carries its licences', async () => {
    for (const file of ['LICENSE.txt', 'NOTICE.txt', 'swagger-ui-bundle.js.LICENSE.txt'])
      expect(await (await ask(`/docs/${file}`)).text(), file).toMatch(/licen|copyright|swagger/i);
  });

  it('gives no other file', async () => {
    for (const path of ['/docs/package.json', '/docs/..%2Fpackage.json', '/docs/page.html'])
      expect((await ask(path)).status, path).toBe(404);
    expect(pageFile('__proto__')).toBeUndefined();
  });

  it('is shipped without what counts installations', () => {
    expect(pageFiles.join()).not.toMatch(/scarf|package\.json/);
    const lock = JSON.parse(
      readFileSync(new URL('../../../package-lock.json', import.meta.url), 'utf8'),
    ) as {
      packages: Record<string, { dev?: boolean }>;
    };
    const scarf = Object.entries(lock.packages).filter(([name]) => name.includes('@scarf/'));
    expect(scarf.filter(([, { dev }]) => !dev)).toEqual([]);
  });
});
