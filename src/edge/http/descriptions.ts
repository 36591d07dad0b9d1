import { sha256 } from '../../core/canonical.js';
import { refuse } from '../../core/refusal.js';
import { asyncApiSteps, openApiSteps, pageFile, type Steps } from '../openapi/index.js';
import { problem } from './answer.js';
import { breathe } from './breathe.js';
import { ASKED_AGAIN, fileAnswer, type ServedFile } from './file-answer.js';
import type { Http } from './http.js';
import type { Routes } from './route-list.js';

const TAG_CHARS = 32;
/** The page runs its own scripts and asks its own server; its style sheet holds pictures. */
const PAGE = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
};
/** Files of the page have no version in their name. */
const KEPT = { 'cache-control': 'public, max-age=3600' };

/** How long a description is written before others get their turn. */
const WRITE_AT_ONCE_MS = 8;

/** A description as a file. It takes long as a whole, and nobody waits for it but who asked. */
const jsonFile = async (steps: Steps<object>): Promise<ServedFile> => {
  let begun = performance.now();
  for (;;) {
    const { done, value } = steps.next();
    if (done) {
      const text = JSON.stringify(value);
      const etag = `"${sha256(text).slice(0, TAG_CHARS)}"`;
      // The same bytes for all who ask, however slowly they take them.
      const body = Buffer.from(text);
      return { type: 'application/json', etag, body };
    }
    if (performance.now() - begun < WRITE_AT_ONCE_MS) continue;
    await breathe();
    begun = performance.now();
  }
};

/** `/openapi.json`, `/asyncapi.json` and the page that shows the first: made from definitions. */
export const descriptionRoutes = (
  app: Routes,
  { runtime: { registry }, projections, info }: Pick<Http, 'runtime' | 'projections' | 'info'>,
): void => {
  const { definitions } = registry;
  const described = { definitions, projections: projections?.definitions ?? [], info };
  /** Made when somebody asks, once: definitions do not change. */
  const document = (path: string, steps: () => Steps<object>): void => {
    let made: Promise<ServedFile> | undefined;
    app.get(path, async (c) => {
      made ??= jsonFile(steps());
      return fileAnswer(c, await made, ASKED_AGAIN);
    });
  };
  document('/openapi.json', () => openApiSteps(described));
  document('/asyncapi.json', () => asyncApiSteps(described));
  app.get('/docs', (c) => fileAnswer(c, pageFile('page.html')!, { ...ASKED_AGAIN, ...PAGE }));
  app.get('/docs/:file', (c) => {
    const name = c.req.param('file');
    const file = name === 'page.html' ? undefined : pageFile(name);
    if (file) return fileAnswer(c, file, { ...KEPT, ...PAGE });
    return problem(c, refuse('NOT_FOUND', 'the reference page has no such file; it is at /docs'));
  });
};
