import { z } from 'zod';
import type { Projection, Report } from '../../core/projection.js';
import type { JsonSchema } from '../../core/schema.js';
import {
  answerOf,
  answerSchema,
  DEFINED,
  DOCUMENT,
  documentRef,
  inPath,
  inQuery,
  json,
  NOT_MODIFIED,
  namedSchema,
  type Parameter,
  QUERY,
  REFLECTED,
  REFLECTION,
  type Ref,
} from '../openapi/index.js';
import { reportSchema } from '../wire/view-fields.js';
import { describeList } from './describe-list.js';
import { filters } from './list-parameters.js';
import type { Described } from './route.js';
import { READING, shared } from './shared-parameters.js';

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

const differenceSchema = (projection: Projection): Ref => {
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
  return namedSchema(`differences.${projection.name}`, () => {
    const { properties, ...rest } = answerOf(ViewDifference) as { properties: object };
    return { ...rest, properties: { ...properties, items: { type: 'array', items: change } } };
  });
};

/** The parameters of a report are texts in a query; its schema says which. */
const parametersOfReport = (report: Report): readonly Parameter[] => {
  const { properties = {}, required = [] } = reportSchema(report) as {
    properties?: Readonly<Record<string, JsonSchema>>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    ...inQuery(name, String(schema.description ?? `Parameter ${name} of the report.`), schema),
    ...(required.includes(name) && schema.default === undefined && { required: true as const }),
  }));
};

/** `/views` */
export const VIEWS_INDEX: Described = {
  id: 'views.index',
  tag: TAG,
  summary: 'Every projection: its fields, filters and reports.',
  answers: { 200: json('All projections.', answerSchema('Views', Views)) },
  refusals: { ...DEFINED, name: 'views' },
};

const describeReport = ({ name }: Projection, report: string, one: Report): Described => ({
  path: `/views/${name}/${report}`,
  id: `views.${name}.${report}`,
  tag: TAG,
  summary: one.summary,
  parameters: [...parametersOfReport(one), ...shared(...READING, 'If-None-Match')],
  answers: {
    200: json('The answer.', answerSchema('Report', Answer), { headers: REFLECTED }),
    304: NOT_MODIFIED,
  },
  refusals: QUERY,
});

const describeDocument = (
  projection: Projection,
  { path, id }: { readonly path: string; readonly id: string },
): Described => ({
  path,
  id: `${id}.get`,
  tag: TAG,
  summary: `One document of ${projection.name}.`,
  parameters: [
    inPath('key', { type: 'string', minLength: 1 }),
    ...shared('include_deleted', ...READING, 'If-None-Match'),
  ],
  answers: {
    200: json('The document.', documentRef(projection), { headers: REFLECTED }),
    304: NOT_MODIFIED,
  },
  refusals: DOCUMENT,
});

/** One projection by its name: its list, its documents, what differs, its reports. */
export function* describeView(projection: Projection): Iterable<Described> {
  const { name, summary, path } = projection;
  const of = { tag: TAG, summary };
  yield describeList(projection, { ...of, path: `/views/${name}`, id: `views.${name}.list` });
  yield describeDocument(projection, {
    path: `/views/${name}/documents/{key}`,
    id: `views.${name}`,
  });
  if (path !== `views/${name}`) {
    const id = path.replaceAll('/', '.');
    yield describeList(projection, { ...of, path: `/${path}`, id: `${id}.list` });
    yield describeDocument(projection, { path: `/${path}/{key}`, id });
  }
  yield {
    path: `/views/${name}/diff`,
    id: `views.${name}.diff`,
    tag: TAG,
    summary: `What is different in ${name} between two moments.`,
    parameters: [...filters(projection, DIFFERENCE), ...shared(...DIFFERENCE)],
    answers: { 200: json('The difference.', differenceSchema(projection), { headers: ['Link'] }) },
    refusals: QUERY,
  };
  for (const [report, one] of Object.entries(projection.reports))
    yield describeReport(projection, report, one);
}
