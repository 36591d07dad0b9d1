import { z } from 'zod';
import { isRefusal, type Refusal, refuse } from '../../core/refusal.js';
import type { Imports } from '../../operate/importing/imports.js';
import type { JobStatus } from '../../operate/importing/job.js';
import { answerSchema, headers, IMPORT, inPath, json, type Ref, text } from '../openapi/index.js';
import { answer, problem } from './answer.js';
import { filesOf } from './files-of.js';
import type { Ctx, Http } from './http.js';
import { linesAnswer } from './lines-answer.js';
import { badQuery } from './query.js';
import { flagOf, textIn } from './query-parameter.js';
import { readJson } from './read-json.js';
import { requestContext } from './request-context.js';
import { type Route, routeOf } from './route.js';
import { shared } from './shared-parameters.js';

const LINES = 'application/x-ndjson';
const NAME_MAX = 255;

const NO_IMPORTS = refuse(
  'ROUTE_NOT_FOUND',
  'this node imports nothing: it was started without formats',
);

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

const unknownTo = (id: string): Refusal =>
  refuse(
    'NOT_FOUND',
    `this node knows no import ${id.slice(0, NAME_MAX)}, or no more: send the files again to go on; GET /imports lists what was imported`,
  );

const jobOf = (c: Ctx, imports: Imports): NonNullable<ReturnType<Imports['job']>> | Refusal => {
  const id = c.req.param('id') ?? '';
  return imports.job(id) ?? unknownTo(id);
};

/** What a route does on a node that imports. */
type Doing<A> = (c: Ctx, http: Http & { readonly imports: Imports }, asked: A) => Answering;
type Answering = Response | Promise<Response>;

const importing =
  <A>(doing: Doing<A>) =>
  (c: Ctx, http: Http, asked: A): Answering => {
    const { imports } = http;
    return imports ? doing(c, { ...http, imports }, asked) : problem(c, NO_IMPORTS);
  };

const listImports = importing(async (c, { imports }) => {
  const items = await imports.list();
  if (isRefusal(items)) return problem(c, items);
  const formats = imports.formats.map(({ name, summary, format }) => ({ name, summary, format }));
  return answer(c, 200, { items, formats });
});

const beginImport = importing<{ readonly dry_run: boolean }>(
  async (c, { imports, limits }, { dry_run: dryRun }) => {
    const files = await filesOf(c, limits.importMax);
    if (isRefusal(files)) return problem(c, files);
    const { who: by } = requestContext(c);
    const format = c.req.param('format')!;
    const { signal } = c.req.raw;
    return taken(c, await imports.begin({ format, by, ...files, dryRun, signal }));
  },
);

const approvalOf = (json: unknown): { readonly approval_id?: string } | Refusal => {
  const { approval_id, ...odd } = (json ?? {}) as Record<string, unknown>;
  const [unknown] = Object.keys(odd);
  if (unknown === undefined && approval_id === undefined) return {};
  if (unknown === undefined && typeof approval_id === 'string') return { approval_id };
  return badQuery(unknown ?? 'approval_id', 'expected only approval_id, a text', 'UNKNOWN');
};

const revertImport = importing<{ readonly dry_run: boolean }>(
  async (c, { imports, limits }, { dry_run: dryRun }) => {
    const body = await readJson(c, limits.bodyMax);
    if (isRefusal(body)) return problem(c, body);
    const approval = approvalOf(body.json);
    if (isRefusal(approval)) return problem(c, approval);
    const { who: by } = requestContext(c);
    return taken(c, await imports.revert(c.req.param('id')!, { by, ...approval, dryRun }));
  },
);

const stopImport = importing(async (c, { imports, addressOf }) => {
  const id = c.req.param('id') ?? '';
  const { who: by } = requestContext(c);
  const status = await imports.stop(id, { by, address: addressOf(c) });
  if (!status) return problem(c, unknownTo(id));
  return answer(c, status.ended_at === null ? 202 : 200, status);
});

const Text = z.string();
const Counts = z.record(z.string(), z.number());
const Count = z.int().min(0);

const status = {
  import_id: Text,
  correlation_id: Text,
  operation: z.enum(['import', 'revert']),
  dry_run: z.boolean(),
  state: z.enum(['planning', 'running', 'finished', 'interrupted', 'stopped', 'failed']),
  stopped_by: Text.nullable(),
  reason: Text.nullable(),
  code: Text.nullable(),
  by: Text,
  started_at: Text,
  ended_at: Text.nullable(),
  done: Count,
  total: Count,
  found: Counts,
  commands: Counts,
  notes: Counts,
  refusals: Counts,
  sent: z.object({ accepted: Count, replayed: Count, refused: Count, left_out: Count }),
};
const Status = z.looseObject(status);
const Taken = z.looseObject({ ...status, links: z.object({ self: Text, report: Text }) });
const List = z.object({
  items: z.array(
    z.object({
      import_id: Text,
      events: Count,
      first_at: Text,
      last_at: Text,
      actor: Text,
      because: Text.nullable(),
      reverted: z.boolean(),
    }),
  ),
  formats: z.array(z.looseObject({ name: Text, summary: Text })),
});

const BYTES = { schema: { type: 'string', format: 'binary' } };
const FORM = {
  schema: {
    type: 'object',
    description: 'Files; the part `mapping` says how the others are read.',
    additionalProperties: { type: 'string', format: 'binary' },
  },
};

const ID = inPath('id', { type: 'string', minLength: 1 });
const [DRY_RUN] = shared('dry_run') as [Ref];
const BEGUN = {
  ...json('It has begun; or nothing is carried out.', answerSchema('ImportTaken', Taken)),
  headers: headers('Location'),
};
const ROUTE = { tag: 'Imports', needs: 'import', refusals: IMPORT } as const;

/** `/imports`: models that are brought in, and taken back. */
export const importRoutes: readonly Route[] = [
  routeOf({
    ...ROUTE,
    method: 'GET',
    path: '/imports',
    id: 'imports.list',
    summary: 'What was imported, and the formats there are.',
    query: {},
    answers: { 200: json('Imports, newest first.', answerSchema('Imports', List)) },
    handler: listImports,
  }),
  {
    ...ROUTE,
    method: 'GET',
    path: '/imports/:id',
    id: 'imports.get',
    parameters: [ID],
    summary: 'How far an import or a revert of this node is.',
    answers: { 200: json('Its state.', answerSchema('Import', Status)) },
    handler: importing((c, { imports }) => {
      const job = jobOf(c, imports);
      return isRefusal(job) ? problem(c, job) : answer(c, 200, job.status);
    }),
  },
  routeOf({
    ...ROUTE,
    method: 'DELETE',
    path: '/imports/:id',
    id: 'imports.stop',
    parameters: [ID],
    summary: 'Stop an import or a revert of this node; what it wrote stays.',
    query: {},
    answers: {
      200: json('It has ended: nothing of it is under way.', answerSchema('Import', Status)),
      202: json(
        'It is being stopped: a command is still under way.',
        answerSchema('Import', Status),
      ),
    },
    handler: stopImport,
  }),
  {
    ...ROUTE,
    method: 'GET',
    path: '/imports/:id/report',
    id: 'imports.report',
    summary: 'What was planned, skipped, refused: a line of JSON each.',
    parameters: [ID],
    answers: { 200: text('The lines.', LINES) },
    handler: importing((c, { imports, limits }) => {
      const job = jobOf(c, imports);
      if (isRefusal(job)) return problem(c, job);
      return linesAnswer(c, { limits }, { type: LINES, lines: job.lines });
    }),
  },
  routeOf({
    ...ROUTE,
    method: 'POST',
    path: '/imports/:format',
    // Two paths that differ in the name of a parameter alone are one path.
    describedAs: '/imports/{id}',
    takesDryRun: true,
    id: 'imports.begin',
    summary: 'Bring in a model: one file as the body, or several as a form.',
    parameters: [inPath('id', { type: 'string', minLength: 1 }, 'The format: archimate, csv, …')],
    query: { file: textIn('What the file is called.'), dry_run: flagOf(DRY_RUN) },
    body: {
      required: true,
      content: { 'multipart/form-data': FORM, 'application/octet-stream': BYTES },
    },
    answers: { 202: BEGUN },
    handler: beginImport,
  }),
  routeOf({
    ...ROUTE,
    method: 'POST',
    path: '/imports/:id/revert',
    takesDryRun: true,
    id: 'imports.revert',
    summary: 'Take an import back; what people changed since stays.',
    parameters: [ID],
    query: { dry_run: flagOf(DRY_RUN) },
    body: {
      required: false,
      content: {
        'application/json': {
          schema: {
            type: 'object',
            additionalProperties: false,
            properties: { approval_id: { type: 'string' } },
          },
        },
      },
    },
    answers: { 202: BEGUN },
    handler: revertImport,
  }),
];
