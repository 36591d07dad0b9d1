import { refuse } from '../../core/refusal.js';
import { inPath, SAME, text } from '../openapi/index.js';
import { problem } from './answer.js';
import { type ConsoleFiles, INDEX } from './console-files.js';
import { ASKED_AGAIN, fileAnswer } from './file-answer.js';
import type { Ctx, Http } from './http.js';
import type { Route } from './route.js';

/** Where the console begins. */
export const CONSOLE_PATH = '/console/';
/** What the build names by its content. */
const ASSETS = 'assets/';
/** The page runs its own scripts and asks its own server, and nothing else. */
const PAGE = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
  'cross-origin-opener-policy': 'same-origin',
};
const FOR_EVER = { 'cache-control': 'public, max-age=31536000, immutable' };

const NOT_BUILT = refuse(
  'NOT_FOUND',
  'the console is not built here: run `npm run build` and ask again; everything else is at / as JSON',
);
const NO_ASSET = refuse(
  'NOT_FOUND',
  'the console has no such file: it was built anew since the page was loaded, load it again',
);

const serve = (c: Ctx, files: ConsoleFiles, path: string): Response | Promise<Response> => {
  const file = path === INDEX ? undefined : files.find(path);
  if (path.startsWith(ASSETS))
    return file ? fileAnswer(c, file, { ...PAGE, ...FOR_EVER }) : problem(c, NO_ASSET);
  const page = file ?? files.find(INDEX);
  return page ? fileAnswer(c, page, { ...PAGE, ...ASKED_AGAIN }) : problem(c, NOT_BUILT);
};

const CONSOLE = {
  method: 'GET',
  needs: 'open',
  tag: 'Node',
  refusals: { name: 'page', codes: ['NOT_FOUND'] },
} as const;
const INDEX_ROUTE = {
  ...CONSOLE,
  summary: 'The web console.',
  answers: { 200: text('The page.', 'text/html; charset=utf-8'), 304: SAME },
  handler: (c: Ctx, { files }: Http) => serve(c, files, INDEX),
};

/** The console: its files, and its one page for every other address below, which are for it to read. */
export const consoleRoutes: readonly Route[] = [
  { ...INDEX_ROUTE, path: '/console', id: 'console.page' },
  { ...INDEX_ROUTE, path: '/console/', id: 'console.index' },
  {
    ...CONSOLE,
    path: '/console/:path{.+}',
    id: 'console.file',
    summary: 'A file of the console; any other address below it is the page.',
    parameters: [inPath('path', { type: 'string', minLength: 1 })],
    answers: {
      200: text(
        'A file, or the page.',
        'text/html; charset=utf-8',
        'text/javascript; charset=utf-8',
        'text/css; charset=utf-8',
        'text/plain; charset=utf-8',
        'image/svg+xml',
        'image/png',
        'image/x-icon',
        'font/woff2',
        'application/json',
        'application/manifest+json',
        'application/octet-stream',
      ),
      304: SAME,
    },
    handler: (c, { files }) => serve(c, files, c.req.param('path')!),
  },
];
