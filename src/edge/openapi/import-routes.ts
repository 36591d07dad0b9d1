import { z } from 'zod';
import { headers, json } from './answers.js';
import type { Draft } from './draft.js';
import { inPath, inQuery, shared } from './parameters.js';
import { IMPORT } from './refusals.js';
import { answerOf } from './shapes.js';

const Text = z.string();
const Counts = z.record(z.string(), z.number());
const Count = z.int().min(0);

const status = {
  import_id: Text,
  correlation_id: Text,
  operation: z.enum(['import', 'revert']),
  dry_run: z.boolean(),
  state: z.enum(['planning', 'running', 'finished', 'interrupted', 'failed']),
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

/** `/imports`: models that are brought in, and taken back. */
export const importRoutes = (draft: Draft): void => {
  const base = { tag: 'Imports', refusals: IMPORT } as const;
  const id = inPath('id', { type: 'string', minLength: 1 });
  const taken = {
    ...json(
      'It has begun; or nothing is carried out.',
      draft.schema('ImportTaken', answerOf(Taken)),
    ),
    headers: headers('Location'),
  };
  draft.add({
    ...base,
    method: 'get',
    path: '/imports',
    id: 'imports.list',
    summary: 'What was imported, and the formats there are.',
    answers: { 200: json('Imports, newest first.', draft.schema('Imports', answerOf(List))) },
  });
  draft.add({
    ...base,
    method: 'get',
    path: '/imports/{id}',
    id: 'imports.get',
    parameters: [id],
    summary: 'How far an import or a revert of this node is.',
    answers: { 200: json('Its state.', draft.schema('Import', answerOf(Status))) },
  });
  draft.add({
    ...base,
    method: 'get',
    path: '/imports/{id}/report',
    id: 'imports.report',
    summary: 'What was planned, skipped, refused: a line of JSON each.',
    parameters: [id],
    answers: {
      200: {
        description: 'The lines.',
        content: { 'application/x-ndjson': { schema: { type: 'string' } } },
      },
    },
  });
  draft.add({
    ...base,
    method: 'post',
    path: '/imports/{id}',
    id: 'imports.begin',
    summary: 'Bring in a model: one file as the body, or several as a form.',
    parameters: [
      // Two paths that differ in the name of a parameter alone are one path.
      inPath('id', { type: 'string', minLength: 1 }, 'The format: archimate, csv, …'),
      inQuery('file', 'What the file is called.'),
      ...shared(draft, 'dry_run'),
    ],
    body: {
      required: true,
      content: { 'multipart/form-data': FORM, 'application/octet-stream': BYTES },
    },
    answers: { 202: taken },
  });
  draft.add({
    ...base,
    method: 'post',
    path: '/imports/{id}/revert',
    id: 'imports.revert',
    summary: 'Take an import back; what people changed since stays.',
    parameters: [id, ...shared(draft, 'dry_run')],
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
    answers: { 202: taken },
  });
};
