import { z } from 'zod';
import type { Aggregate } from '../../core/aggregate.js';
import type { Projection } from '../../core/projection.js';
import type { JsonSchema } from '../../core/schema.js';
import { LINE_TYPES } from '../http/forms.js';
import { EVENTS_PAGE, EVENTS_PAGE_MAX, HISTORY_PAGE, HISTORY_PAGE_MAX } from '../http/limits.js';
import { json, NOT_MODIFIED, REFLECTED, shaped } from './answers.js';
import { documentRef, pageSchema } from './documents.js';
import type { Draft } from './draft.js';
import type { Answer, Operation } from './operation.js';
import { filters, inPath, inQuery, orders, READING, shared } from './parameters.js';
import { DOCUMENT, LOG, QUERY } from './refusals.js';
import { answerOf, REFLECTION } from './shapes.js';

const WAITING = ['min_position', 'min_position_timeout_ms'] as const;

const LINES: JsonSchema = { type: 'string', description: 'Every document, one a line.' };

/** The same documents as a file. */
const withLines = ({ content, ...answer }: Answer): Answer => ({
  ...answer,
  content: {
    ...content,
    ...Object.fromEntries(Object.values(LINE_TYPES).map((type) => [type, { schema: LINES }])),
  },
});

/** A list of documents, wherever it stands. */
export const listRoute = (
  draft: Draft,
  projection: Projection,
  { path, id, tag, summary }: Pick<Operation, 'path' | 'id' | 'tag' | 'summary'>,
): void =>
  draft.add({
    method: 'get',
    path,
    id,
    tag,
    summary,
    description:
      'Filters are joined by and, the values of one by or. `page` counts, `cursor` walks. With `format` or `Accept` for CSV or JSON lines it is everything, as a file.',
    parameters: [
      ...filters(projection),
      ...orders(projection),
      ...shared('page', 'limit', 'cursor', 'format', ...READING, 'If-None-Match'),
    ],
    answers: {
      200: withLines(
        json('A page, or counts per value.', pageSchema(draft, projection), {
          headers: [...REFLECTED, 'Link', 'Content-Disposition'],
        }),
      ),
      304: NOT_MODIFIED,
    },
    refusals: QUERY,
  });

const historySchema = (draft: Draft, auditLog: Projection) => {
  const Items = z.object({
    aggregate_type: z.string(),
    aggregate_id: z.string(),
    items: z.array(z.unknown()),
    page: z.int().min(1),
    limit: z.int().min(1),
    total: z.int().min(0),
    has_more: z.boolean(),
    ...REFLECTION,
  });
  const { properties, ...rest } = answerOf(Items) as { properties: object };
  const items = { type: 'array', items: documentRef(draft, auditLog) };
  return draft.schema('History', { ...rest, properties: { ...properties, items } });
};

const timeRoutes = (
  draft: Draft,
  { slug, plural, name, data }: Aggregate,
  auditLog: Projection,
): void => {
  const base = { method: 'get', tag: name, refusals: DOCUMENT } as const;
  const fields = ['status', ...Object.keys(data.shape)];
  const sorts = ['-aggregate_version', 'aggregate_version', '-occurred_at', 'occurred_at'];
  draft.add({
    ...base,
    path: `/${plural}/{id}/history`,
    id: `${slug}.history`,
    summary: `Who changed what of a ${name}, when, by which command and why.`,
    parameters: [
      inPath('id'),
      inQuery('field', 'Only changes of this field.', { type: 'string', enum: fields }),
      inQuery('sort', 'By version, or by when it was true; with - descending.', {
        type: 'string',
        enum: sorts,
        default: sorts[0],
      }),
      inQuery('page', 'Which page.', { type: 'integer', minimum: 1, maximum: 10_000, default: 1 }),
      inQuery('limit', 'Size of a page.', {
        type: 'integer',
        minimum: 1,
        maximum: HISTORY_PAGE_MAX,
        default: HISTORY_PAGE,
      }),
      ...shared(...WAITING, 'If-None-Match'),
    ],
    answers: {
      200: json('Its changes.', historySchema(draft, auditLog), { headers: REFLECTED }),
      304: NOT_MODIFIED,
    },
  });
  draft.add({
    ...base,
    path: `/${plural}/{id}/statuses`,
    id: `${slug}.statuses`,
    summary: `Which status a ${name} had from when to when.`,
    parameters: [inPath('id'), ...shared('clock', ...WAITING, 'If-None-Match')],
    answers: {
      200: shaped(draft, 'Statuses', 'Its statuses.', ...REFLECTED),
      304: NOT_MODIFIED,
    },
  });
};

const differenceRoute = (draft: Draft, { slug, plural, name }: Aggregate): void =>
  draft.add({
    method: 'get',
    path: `/${plural}/{id}/diff`,
    id: `${slug}.diff`,
    tag: name,
    summary: `What is different of a ${name} between two moments or versions, and by which events.`,
    parameters: [inPath('id'), ...shared('from', 'to', 'clock')],
    answers: { 200: shaped(draft, 'Difference', 'The difference.') },
    refusals: DOCUMENT,
  });

/** What is read of the log about one aggregate. */
const logRoutes = (draft: Draft, { slug, plural, name }: Aggregate): void => {
  const base = { method: 'get', tag: name, refusals: LOG } as const;
  draft.add({
    ...base,
    path: `/${plural}/{id}/commands`,
    id: `${slug}.possible`,
    summary: `Which commands a ${name} takes now, and why not the others.`,
    parameters: [inPath('id')],
    answers: {
      200: shaped(draft, 'Commands', 'Its commands; also of one that does not exist yet.'),
    },
  });
  draft.add({
    ...base,
    path: `/${plural}/{id}/events`,
    id: `${slug}.events`,
    summary: `What happened to a ${name}, as it was written.`,
    parameters: [
      inPath('id'),
      inQuery('from_version', 'From its event of this version on.', {
        type: 'integer',
        minimum: 1,
        maximum: 999_999_999_999_999,
        default: 1,
      }),
      inQuery('limit', 'How many at most.', {
        type: 'integer',
        minimum: 1,
        maximum: EVENTS_PAGE_MAX,
        default: EVENTS_PAGE,
      }),
    ],
    answers: { 200: shaped(draft, 'Events', 'Its events, oldest first.', 'Link') },
  });
};

/** What is read of an aggregate type: its list, one of them, and what one of them was. */
export const resourceRoutes = (
  draft: Draft,
  definition: Aggregate,
  projections: readonly Projection[],
): void => {
  const { slug, plural, name, summary } = definition;
  logRoutes(draft, definition);
  const projection = projections.find(({ resource }) => resource === name);
  const auditLog = projections.find((one) => one.name === 'audit-log');
  if (auditLog) timeRoutes(draft, definition, auditLog);
  if (auditLog) differenceRoute(draft, definition);
  if (!projection) return;
  const of = { tag: name, summary: `The list: ${summary}` };
  listRoute(draft, projection, { ...of, path: `/${plural}`, id: `${slug}.list` });
  draft.add({
    method: 'get',
    path: `/${plural}/{id}`,
    id: `${slug}.get`,
    tag: name,
    summary: `One ${name}, now or as it was.`,
    parameters: [
      inPath('id', { type: 'string', minLength: 1 }),
      ...shared('include_deleted', 'version', ...READING, 'If-None-Match'),
    ],
    answers: {
      200: json(`The ${name}.`, documentRef(draft, projection), { headers: REFLECTED }),
      304: NOT_MODIFIED,
    },
    refusals: DOCUMENT,
  });
};
