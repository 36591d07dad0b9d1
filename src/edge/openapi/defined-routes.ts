import { z } from 'zod';
import { FORMATS } from '../../core/picture/index.js';
import { json, text } from './answers.js';
import type { Answer, Draft } from './draft.js';
import { inPath, inQuery } from './parameters.js';
import { DEFINED } from './refusals.js';
import { answerOf } from './shapes.js';

const Text = z.string();
const Links = z.record(z.string(), z.string());

const Machines = z.object({
  machines: z.array(
    z.object({
      name: Text,
      summary: Text,
      statuses: z.array(Text),
      definition: Text,
      href: Text,
      formats: Links,
    }),
  ),
});
const SchemaIndex = z.object({
  schemas: z.array(z.object({ aggregate_type: Text, commands: Links, events: Links })),
});
/** How lifecycles look, and the schemas of what they take. */
export const definedRoutes = (draft: Draft, names: readonly string[]): void => {
  const base = { method: 'get', refusals: DEFINED, open: true } as const;
  const which = (name: string) => inPath(name, { type: 'string', enum: names });
  const any = inPath('name', { type: 'string', minLength: 1 });
  const all = { ...base, tag: 'Machines' };
  draft.add({
    ...all,
    path: '/machines',
    id: 'machines.list',
    summary: 'All lifecycles.',
    answers: { 200: json('All lifecycles.', draft.schema('Machines', answerOf(Machines))) },
  });
  draft.add({
    ...all,
    path: '/machines/{name}',
    id: 'machines.get',
    summary: 'One lifecycle, as data or as a picture.',
    parameters: [
      which('name'),
      inQuery('format', 'How it is shown.', { type: 'string', enum: FORMATS }),
    ],
    answers: {
      200: {
        description: 'The lifecycle.',
        content: {
          'application/json': { schema: { type: 'object' } },
          ...text('', 'image/svg+xml', 'text/vnd.mermaid; charset=utf-8').content,
          ...text('', 'text/vnd.graphviz; charset=utf-8').content,
        },
      },
    },
  });
  const schemas = { ...base, tag: 'Schemas' };
  const schema: Answer = {
    description: 'JSON Schema, draft 2020-12.',
    content: { 'application/schema+json': { schema: { type: 'object' } } },
  };
  draft.add({
    ...schemas,
    path: '/schemas',
    id: 'schemas.list',
    summary: 'All schemas.',
    answers: { 200: json('Where they are.', draft.schema('SchemaIndex', answerOf(SchemaIndex))) },
  });
  draft.add({
    ...schemas,
    path: '/schemas/{type}/commands/{name}',
    id: 'schemas.command',
    summary: 'JSON Schema of a command.',
    parameters: [
      which('type'),
      any,
      inQuery('part', 'The whole envelope, or the data alone.', {
        type: 'string',
        enum: ['envelope', 'data'],
        default: 'envelope',
      }),
    ],
    answers: { 200: schema },
  });
  draft.add({
    ...schemas,
    path: '/schemas/{type}/events/{name}',
    id: 'schemas.event',
    summary: 'JSON Schema of an event.',
    parameters: [which('type'), any],
    answers: { 200: schema },
  });
};
