import { sha256 } from '../../core/canonical.js';
import { refuse } from '../../core/refusal.js';
import { yieldToEventLoop } from '../../core/yield-to-event-loop.js';
import {
  asyncApiSteps,
  inPath,
  json,
  openApiSteps,
  pageFile,
  SAME,
  type Steps,
  text,
} from '../openapi/index.js';
import { problem } from './answer.js';
import { ASKED_AGAIN, fileAnswer, type ServedFile } from './file-answer.js';
import type { Ctx, Http } from './http.js';
import { oncePerNode } from './once-per-node.js';
import type { Route } from './route.js';

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
    await yieldToEventLoop();
    begun = performance.now();
  }
};

const describedOf = ({ runtime: { registry }, info, described }: Http) => ({
  definitions: registry.definitions,
  info,
  operations: described,
});
const openApi = oncePerNode((http) => jsonFile(openApiSteps(describedOf(http))));
const asyncApi = oncePerNode((http) => jsonFile(asyncApiSteps(describedOf(http))));

const showFile = (c: Ctx): Response | Promise<Response> => {
  const name = c.req.param('file')!;
  const file = name === 'page.html' ? undefined : pageFile(name);
  if (file) return fileAnswer(c, file, { ...KEPT, ...PAGE });
  return problem(c, refuse('NOT_FOUND', 'the reference page has no such file; it is at /docs'));
};

const ROUTE = {
  method: 'GET',
  needs: 'open',
  tag: 'Node',
  refusals: { name: 'described', codes: ['NOT_FOUND'] },
} as const;
const DOCUMENT = {
  200: json('The description.', { type: 'object' }, { headers: ['ETag'] }),
  304: SAME,
};

/** `/openapi.json`, `/asyncapi.json` and the page that shows the first: made from definitions. */
export const descriptionRoutes: readonly Route[] = [
  {
    ...ROUTE,
    path: '/openapi.json',
    id: 'node.openapi',
    summary: 'This description, OpenAPI 3.1.',
    answers: DOCUMENT,
    handler: async (c, http) => fileAnswer(c, await openApi(http), ASKED_AGAIN),
  },
  {
    ...ROUTE,
    path: '/asyncapi.json',
    id: 'node.asyncapi',
    summary: 'The events, alerts and commands on NATS, AsyncAPI 3.0.',
    answers: DOCUMENT,
    handler: async (c, http) => fileAnswer(c, await asyncApi(http), ASKED_AGAIN),
  },
  {
    ...ROUTE,
    path: '/docs',
    id: 'node.docs',
    summary: 'This description as a page.',
    answers: { 200: text('The page.', 'text/html; charset=utf-8'), 304: SAME },
    handler: (c) => fileAnswer(c, pageFile('page.html')!, { ...ASKED_AGAIN, ...PAGE }),
  },
  {
    ...ROUTE,
    path: '/docs/:file',
    id: 'node.docs.file',
    summary: 'What the page is made of.',
    parameters: [inPath('file', { type: 'string', minLength: 1 })],
    answers: {
      200: text(
        'The file.',
        'text/javascript; charset=utf-8',
        'text/css; charset=utf-8',
        'image/png',
        'text/plain; charset=utf-8',
      ),
      304: SAME,
    },
    handler: showFile,
  },
];
