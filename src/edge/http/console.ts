import { refuse } from '../../core/refusal.js';
import { problem } from './answer.js';
import { type ConsoleFiles, INDEX } from './console-files.js';
import { ASKED_AGAIN, fileAnswer } from './file-answer.js';
import type { Ctx } from './http.js';
import type { Routes } from './route-list.js';

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

/** The console: its files, and its one page for every other address below, which are for it to read. */
export const consoleRoutes = (app: Routes, files: ConsoleFiles): void => {
  const serve = (c: Ctx, path: string): Response | Promise<Response> => {
    const file = path === INDEX ? undefined : files.find(path);
    if (path.startsWith(ASSETS))
      return file ? fileAnswer(c, file, { ...PAGE, ...FOR_EVER }) : problem(c, NO_ASSET);
    const page = file ?? files.find(INDEX);
    return page ? fileAnswer(c, page, { ...PAGE, ...ASKED_AGAIN }) : problem(c, NOT_BUILT);
  };
  app.get('/console', (c) => serve(c, INDEX));
  app.get('/console/', (c) => serve(c, INDEX));
  app.get('/console/:path{.+}', (c) => serve(c, c.req.param('path')));
};
