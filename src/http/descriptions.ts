import { sha256 } from '../core/canonical.js';
import { refuse } from '../core/refusal.js';
import { asyncApiOf, openApiOf, pageFile } from '../openapi/index.js';
import { problem } from './answer.js';
import { ASKED_AGAIN, fileAnswer } from './file-answer.js';
import type { App, Http } from './http.js';

const TAG_CHARS = 32;
/** The page runs its own scripts and asks its own server; its style sheet holds pictures. */
const PAGE = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
};
/** Files of the page have no version in their name. */
const KEPT = { 'cache-control': 'public, max-age=3600' };
/** `/openapi.json`, `/asyncapi.json` and the page that shows the first: made from definitions. */
export const descriptionRoutes = (
  app: App,
  { runtime: { registry }, projections, info }: Pick<Http, 'runtime' | 'projections' | 'info'>,
): void => {
  const { definitions } = registry;
  const described = { definitions, projections: projections?.definitions ?? [], info };
  /** Made when somebody asks, once: definitions do not change. */
  const document = (path: string, make: () => object): void => {
    let made: { readonly type: string; readonly etag: string; readonly body: string } | undefined;
    app.get(path, (c) => {
      if (!made) {
        const body = JSON.stringify(make());
        made = { type: 'application/json', etag: `"${sha256(body).slice(0, TAG_CHARS)}"`, body };
      }
      return fileAnswer(c, made, ASKED_AGAIN);
    });
  };
  document('/openapi.json', () => openApiOf(described));
  document('/asyncapi.json', () => asyncApiOf(described));
  app.get('/docs', (c) => fileAnswer(c, pageFile('page.html')!, { ...ASKED_AGAIN, ...PAGE }));
  app.get('/docs/:file', (c) => {
    const name = c.req.param('file');
    const file = name === 'page.html' ? undefined : pageFile(name);
    if (file) return fileAnswer(c, file, { ...KEPT, ...PAGE });
    return problem(c, refuse('NOT_FOUND', 'the reference page has no such file; it is at /docs'));
  });
};
