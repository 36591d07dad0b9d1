import { createHttp } from '../../src/edge/http/create-http.js';
import type { HttpLimits } from '../../src/edge/http/limits.js';
import { problemOf } from '../../src/edge/wire/problem.js';
import type { ModelImports } from '../../src/operate/importing/importer.js';
import { Imports } from '../../src/operate/importing/imports.js';
import { PATIENCE_MS } from './patience.js';
import { type Json, startReadSide } from './read-side.js';

const LOG = { warn: () => {}, error: () => {} };
const ASK_EVERY_MS = 5;

/** Imports behind HTTP, over a log in memory, without a socket. */
export const importing = async (models: ModelImports, limits: Partial<HttpLimits> = {}) => {
  const side = await startReadSide();
  const { runtime, store, projections } = side;
  const imports = new Imports({
    runtime,
    store,
    projections,
    models,
    log: LOG,
    clock: Date.now,
    explain: problemOf,
  });
  const app = createHttp({
    runtime,
    store,
    projections,
    imports,
    limits,
    log: LOG,
    info: { name: 'stele', version: '0' },
  });
  const ask = async (path: string, init: RequestInit = {}) => {
    const response = await app.request(path, init);
    const text = await response.text();
    const json = (text.startsWith('{') && !text.includes('}\n{') ? JSON.parse(text) : {}) as Json;
    return { status: response.status, headers: response.headers, text, json, code: json.code };
  };
  return {
    app,
    runtime,
    store,
    imports,
    ask,
    /** What a job says when it has ended. */
    ended: async (path: string): Promise<Json> => {
      for (;;) {
        const { json } = await ask(path);
        if (json.ended_at !== null) return json;
        await new Promise((wake) => setTimeout(wake, ASK_EVERY_MS));
      }
    },
    /** Settles when every projection has taken everything. */
    caughtUp: async (): Promise<void> => {
      for (const { name, sources } of projections.definitions) {
        const ends = sources.map(async ({ slug, definition }) => {
          const { last } = await store.ends(definition ?? 'journal');
          return [slug, last] as const;
        });
        if (
          !(await projections.waitForPosition(name, new Map(await Promise.all(ends)), PATIENCE_MS))
        )
          throw new Error(`${name} did not catch up`);
      }
    },
    close: async (): Promise<void> => {
      await imports.close();
      await side.close();
    },
  };
};
