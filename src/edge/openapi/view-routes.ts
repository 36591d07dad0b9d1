import { z } from 'zod';
import type { Projection, Report } from '../../core/projection.js';
import type { JsonSchema } from '../../core/schema.js';
import { reportSchema } from '../../core/view-fields.js';
import { json, NOT_MODIFIED, REFLECTED } from './answers.js';
import { documentRef } from './documents.js';
import type { Draft } from './draft.js';
import type { Parameter } from './operation.js';
import { filters, inPath, inQuery, READING, shared } from './parameters.js';
import { DEFINED, DOCUMENT, QUERY } from './refusals.js';
import { listRoute } from './resource-routes.js';
import { answerOf, REFLECTION } from './shapes.js';
import type { Steps } from './steps.js';

const TAG = 'Views';
/** What a difference is asked for by; a field of such a name cannot be filtered by there. */
const DIFFERENCE = ['from', 'to', 'clock', 'change', 'limit', 'cursor'] as const;
const Count = z.int().min(0);

const Views = z.object({
  views: z.array(
    z.looseObject({
      name: z.string(),
      summary: z.string(),
      version: z.number(),
      resource: z.string().nullable(),
      sources: z.array(z.string()),
      fields: z.array(z.looseObject({ name: z.string(), type: z.string() })),
    }),
  ),
});

const ViewDifference = z.object({
  projection: z.string(),
  clock: z.enum(['recorded', 'effective']),
  from: z.object(REFLECTION),
  to: z.object(REFLECTION),
  totals: z.object({ added: Count, removed: Count, changed: Count, unchanged: Count }),
  items: z.array(z.unknown()),
  limit: z.int().min(1),
  has_more: z.boolean(),
  next_cursor: z.string().nullable(),
});

const Answer = z.object({
  projection: z.string(),
  report: z.string(),
  params: z.looseObject({}),
  answer: z.unknown(),
  ...REFLECTION,
});

const differenceSchema = (draft: Draft, projection: Projection): JsonSchema => {
  const { properties, ...rest } = answerOf(ViewDifference) as { properties: object };
  const change = {
    type: 'object',
    required: ['key', 'change', 'document'],
    properties: {
      key: { type: 'string' },
      change: { enum: ['added', 'removed', 'changed'] },
      // The document as it is kept: what readers are shown besides is not compared.
      document: { type: 'object' },
      fields: {
        type: 'array',
        items: { type: 'object', required: ['field'], properties: { field: { type: 'string' } } },
      },
    },
  };
  return draft.schema(`differences.${projection.name}`, {
    ...rest,
    properties: { ...properties, items: { type: 'array', items: change } },
  });
};

/** The parameters of a report are texts in a query; its schema says which. */
const parametersOf = (report: Report): readonly Parameter[] => {
  const { properties = {}, required = [] } = reportSchema(report) as {
    properties?: Readonly<Record<string, JsonSchema>>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    ...inQuery(name, String(schema.description ?? `Parameter ${name} of the report.`), schema),
    ...(required.includes(name) && schema.default === undefined && { required: true as const }),
  }));
};

const reportRoute = (draft: Draft, { name }: Projection, report: string, one: Report): void =>
  draft.add({
    method: 'get',
    path: `/views/${name}/${report}`,
    id: `views.${name}.${report}`,
    tag: TAG,
    summary: one.summary,
    parameters: [...parametersOf(one), ...shared(...READING, 'If-None-Match')],
    answers: {
      200: json('The answer.', draft.schema('Report', answerOf(Answer)), { headers: REFLECTED }),
      304: NOT_MODIFIED,
    },
    refusals: QUERY,
  });

const documentRoute = (
  draft: Draft,
  projection: Projection,
  { path, id }: { readonly path: string; readonly id: string },
): void =>
  draft.add({
    method: 'get',
    path,
    id: `${id}.get`,
    tag: TAG,
    summary: `One document of ${projection.name}.`,
    parameters: [
      inPath('key', { type: 'string', minLength: 1 }),
      ...shared('include_deleted', ...READING, 'If-None-Match'),
    ],
    answers: {
      200: json('The document.', documentRef(draft, projection), { headers: REFLECTED }),
      304: NOT_MODIFIED,
    },
    refusals: DOCUMENT,
  });

const viewRoute = (draft: Draft, projection: Projection): void => {
  const { name, summary, path } = projection;
  const of = { tag: TAG, summary };
  listRoute(draft, projection, { ...of, path: `/views/${name}`, id: `views.${name}.list` });
  documentRoute(draft, projection, { path: `/views/${name}/documents/{key}`, id: `views.${name}` });
  if (path !== `views/${name}`) {
    const id = path.replaceAll('/', '.');
    listRoute(draft, projection, { ...of, path: `/${path}`, id: `${id}.list` });
    documentRoute(draft, projection, { path: `/${path}/{key}`, id });
  }
  draft.add({
    method: 'get',
    path: `/views/${name}/diff`,
    id: `views.${name}.diff`,
    tag: TAG,
    summary: `What is different in ${name} between two moments.`,
    parameters: [...filters(projection, DIFFERENCE), ...shared(...DIFFERENCE)],
    answers: {
      200: json('The difference.', differenceSchema(draft, projection), { headers: ['Link'] }),
    },
    refusals: QUERY,
  });
};

/** Every projection by its name: its list, its documents, its reports. */
export function* viewRoutes(draft: Draft, projections: readonly Projection[]): Steps {
  draft.add({
    method: 'get',
    path: '/views',
    id: 'views.index',
    tag: TAG,
    summary: 'Every projection: its fields, filters and reports.',
    answers: { 200: json('All projections.', draft.schema('Views', answerOf(Views))) },
    refusals: { ...DEFINED, name: 'views' },
  });
  for (const projection of projections) {
    viewRoute(draft, projection);
    for (const [report, one] of Object.entries(projection.reports))
      reportRoute(draft, projection, report, one);
    yield;
  }
}
