import { isRefusal, type Refusal, refuse } from '../../core/refusal.js';
import type { SourceFile } from '../../operate/importing/imports.js';
import type { JobStatus } from '../../operate/importing/job.js';
import { FILES_MAX } from '../../operate/importing/limits.js';
import { answer, problem } from './answer.js';
import { bytesOf, readJson } from './body.js';
import { formParts } from './form.js';
import type { Ctx, Http } from './http.js';
import { linesAnswer } from './lines-answer.js';
import { badQuery, refuseUnknown } from './query.js';
import { requestContext } from './request-context.js';
import type { Routes } from './route-list.js';

const LINES = 'application/x-ndjson';
const MULTIPART = /^multipart\/form-data\s*;/i;
/** The part of a form that says how the others are read. */
const MAPPING = 'mapping';
const NAME_MAX = 255;
/** Characters of a path within a folder. */
const PATH_MAX = 1_024;
/** What is taken of a body that is too large: as much as the command line sends at most. */
const FORGOTTEN_MAX_BYTES = 64 * 1024 * 1024;
/** All files, and a mapping. */
const PARTS_MAX = FILES_MAX + 1;

const NO_IMPORTS = refuse(
  'ROUTE_NOT_FOUND',
  'this node imports nothing: it was started without formats',
);

type Files = { readonly files: readonly SourceFile[]; readonly mapping?: SourceFile };

const unreadable = (message: string): Refusal =>
  refuse('IMPORT_UNREADABLE', message, { errors: [{ field: '(body)', message, rule: 'FORMAT' }] });

const formOf = (body: Buffer, type: string): Files | Refusal => {
  const form = formParts(body, type, PARTS_MAX);
  if (!form) return unreadable('the body is not multipart/form-data as its content-type says');
  if (form.more) return unreadable(`more than ${FILES_MAX} files`);
  const files: SourceFile[] = [];
  let mapping: SourceFile | undefined;
  for (const { name, file: path, bytes } of form.parts) {
    if (path === null)
      return unreadable(`part "${name.slice(0, NAME_MAX)}" is no file: send it with a file name`);
    if (path.length > PATH_MAX)
      return unreadable(`the name of a file is longer than ${PATH_MAX} characters`);
    if (name === MAPPING) mapping = { path, bytes };
    else files.push({ path, bytes });
  }
  if (files.length > FILES_MAX) return unreadable(`more than ${FILES_MAX} files`);
  return { files, ...(mapping && { mapping }) };
};

/**
 * Take what is too much, boundedly, and forget it: who still sends when the answer comes would see
 * a broken connection in its place.
 */
const takeAndForget = async (body: ReadableStream<Uint8Array> | null): Promise<void> => {
  if (!body || body.locked) return;
  const reader = body.getReader();
  try {
    for (let size = 0; size <= FORGOTTEN_MAX_BYTES; ) {
      const { done, value } = await reader.read();
      if (done) return;
      size += value.byteLength;
    }
  } catch {
    return;
  } finally {
    await reader.cancel().catch(() => {});
  }
};

/** The files of a request: one as the body, or many as a form. */
const filesOf = async (c: Ctx, max: number): Promise<Files | Refusal> => {
  let bytes: Buffer | Refusal | undefined;
  try {
    bytes = await bytesOf(c, max);
  } catch {
    return unreadable('the request ended before its body was complete');
  }
  if (!bytes) {
    await takeAndForget(c.req.raw.body);
    return refuse(
      'PAYLOAD_TOO_LARGE',
      `the files are larger than the ${max} bytes that are accepted`,
      { details: { max_bytes: max } },
    );
  }
  if (isRefusal(bytes)) return bytes;
  const type = c.req.header('content-type') ?? '';
  if (MULTIPART.test(type)) {
    const form = formOf(bytes, type);
    return isRefusal(form) || form.files.length > 0 ? form : unreadable('the form holds no file');
  }
  if (bytes.length === 0)
    return unreadable('the body is empty: send the model, or a form with its files');
  return { files: [{ path: (c.req.query('file') ?? 'model').slice(0, NAME_MAX), bytes }] };
};

const dryRunOf = (c: Ctx): { readonly dryRun: boolean } | Refusal => {
  const text = c.req.query('dry_run');
  if (text === undefined || text === 'true' || text === 'false') return { dryRun: text === 'true' };
  return badQuery('dry_run', 'expected true or false', 'ENUM');
};

const taken = (c: Ctx, status: JobStatus | Refusal): Response => {
  if (isRefusal(status)) return problem(c, status);
  const self = `/imports/${status.correlation_id}`;
  return answer(
    c,
    202,
    { ...status, links: { self, report: `${self}/report` } },
    { location: self },
  );
};

/** `/imports`: models that are brought in, and taken back. */
export const importRoutes = (app: Routes, { imports, limits }: Http): void => {
  if (!imports) {
    for (const path of ['/imports', '/imports/:id', '/imports/:id/report'])
      app.get(path, (c) => problem(c, NO_IMPORTS));
    for (const path of ['/imports/:format', '/imports/:id/revert'])
      app.post(path, (c) => problem(c, NO_IMPORTS));
    return;
  }
  const jobOf = (c: Ctx) => {
    const id = c.req.param('id') ?? '';
    return (
      imports.job(id) ??
      refuse(
        'NOT_FOUND',
        `this node knows no import ${id.slice(0, NAME_MAX)}, or no more: send the files again to go on; GET /imports lists what was imported`,
      )
    );
  };

  app.get('/imports', async (c) => {
    const unknown = refuseUnknown(c, []);
    if (unknown) return problem(c, unknown);
    const items = await imports.list();
    if (isRefusal(items)) return problem(c, items);
    const formats = imports.formats.map(({ name, summary, format }) => ({ name, summary, format }));
    return answer(c, 200, { items, formats });
  });
  app.get('/imports/:id', (c) => {
    const job = jobOf(c);
    return isRefusal(job) ? problem(c, job) : answer(c, 200, job.status);
  });
  app.get('/imports/:id/report', (c) => {
    const job = jobOf(c);
    if (isRefusal(job)) return problem(c, job);
    return linesAnswer(c, { limits }, { type: LINES, lines: job.lines });
  });
  app.post('/imports/:format', async (c) => {
    const dry = refuseUnknown(c, ['dry_run', 'file']) ?? dryRunOf(c);
    if (isRefusal(dry)) return problem(c, dry);
    const files = await filesOf(c, limits.importMax);
    if (isRefusal(files)) return problem(c, files);
    const { who: by } = requestContext(c);
    return taken(c, await imports.begin({ format: c.req.param('format'), by, ...files, ...dry }));
  });
  app.post('/imports/:id/revert', async (c) => {
    const dry = refuseUnknown(c, ['dry_run']) ?? dryRunOf(c);
    if (isRefusal(dry)) return problem(c, dry);
    const body = await readJson(c, limits.bodyMax);
    if (isRefusal(body)) return problem(c, body);
    const { approval_id, ...odd } = (body.json ?? {}) as Record<string, unknown>;
    const wrong =
      Object.keys(odd)[0] ??
      (approval_id === undefined || typeof approval_id === 'string' ? undefined : 'approval_id');
    if (wrong !== undefined)
      return problem(
        c,
        refuse(
          'VALIDATION_ERROR',
          `${wrong.slice(0, NAME_MAX)}: expected only approval_id, a text`,
          {
            errors: [
              {
                field: wrong.slice(0, NAME_MAX),
                message: 'expected only approval_id, a text',
                rule: 'UNKNOWN',
              },
            ],
          },
        ),
      );
    const { who: by } = requestContext(c);
    const approval = typeof approval_id === 'string' ? { approval_id } : {};
    return taken(c, await imports.revert(c.req.param('id'), { by, ...approval, ...dry }));
  });
};
