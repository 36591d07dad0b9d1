import { z } from 'zod';
import type { Projection } from '../../core/projection.js';
import {
  answerOf,
  DOCUMENT,
  documentRef,
  inPath,
  inQuery,
  json,
  NOT_MODIFIED,
  namedSchema,
  REFLECTED,
  REFLECTION,
  shaped,
  withArticle,
} from '../openapi/index.js';
import { difference } from './difference.js';
import { history } from './history.js';
import { HISTORY_PAGE, HISTORY_PAGE_MAX } from './limits.js';
import type { Plural } from './plurals.js';
import { permissionOf, toReadPast } from './requirements.js';
import { type Route, undescribed } from './route.js';
import { shared } from './shared-parameters.js';
import { statuses } from './statuses.js';

const WAITING = ['min_position', 'min_position_timeout_ms'] as const;
const SORTS = ['-aggregate_version', 'aggregate_version', '-occurred_at', 'occurred_at'];

const historySchema = (auditLog: Projection) => {
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
  return namedSchema('History', () => {
    const { properties, ...rest } = answerOf(Items) as { properties: object };
    const items = { type: 'array', items: documentRef(auditLog) };
    return { ...rest, properties: { ...properties, items } };
  });
};

/** What one aggregate was: its history, its statuses, and what is different between two moments. */
export const timeRoutes = (
  one: Plural,
  resource: Projection | undefined,
  auditLog: Projection | undefined,
): readonly Route[] => {
  const { plural, definition } = one;
  const { slug, name, data } = definition;
  const route = {
    method: 'GET',
    needs: toReadPast(() => permissionOf(resource)),
    tag: name,
    refusals: DOCUMENT,
  } as const;
  const routes: readonly Route[] = [
    {
      ...route,
      path: `/${plural}/:id/history`,
      id: `${slug}.history`,
      summary: `Who changed what of ${withArticle(name)}, when, by which command and why.`,
      parameters: [
        inPath('id'),
        inQuery('field', 'Only changes of this field.', {
          type: 'string',
          enum: ['status', ...Object.keys(data.shape)],
        }),
        inQuery('sort', 'By version, or by when it was true; with - descending.', {
          type: 'string',
          enum: SORTS,
          default: SORTS[0],
        }),
        inQuery('page', 'Which page.', {
          type: 'integer',
          minimum: 1,
          maximum: 10_000,
          default: 1,
        }),
        inQuery('limit', 'Size of a page.', {
          type: 'integer',
          minimum: 1,
          maximum: HISTORY_PAGE_MAX,
          default: HISTORY_PAGE,
        }),
        ...shared(...WAITING, 'If-None-Match'),
      ],
      answers: {
        200: json('Its changes.', auditLog ? historySchema(auditLog) : {}, { headers: REFLECTED }),
        304: NOT_MODIFIED,
      },
      handler: (c, http) => history(c, http, one),
    },
    {
      ...route,
      path: `/${plural}/:id/statuses`,
      id: `${slug}.statuses`,
      summary: `Which status ${withArticle(name)} had from when to when.`,
      parameters: [inPath('id'), ...shared('clock', ...WAITING, 'If-None-Match')],
      answers: { 200: shaped('Statuses', 'Its statuses.', ...REFLECTED), 304: NOT_MODIFIED },
      handler: (c, http) => statuses(c, http, one),
    },
    {
      ...route,
      path: `/${plural}/:id/diff`,
      id: `${slug}.diff`,
      summary: `What is different of ${withArticle(name)} between two moments or versions, and by which events.`,
      parameters: [inPath('id'), ...shared('from', 'to', 'clock')],
      answers: { 200: shaped('Difference', 'The difference.') },
      handler: (c, http) => difference(c, http, one),
    },
  ];
  return auditLog ? routes : routes.map(undescribed);
};
