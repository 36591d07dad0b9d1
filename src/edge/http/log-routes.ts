import type { Projection } from '../../core/projection.js';
import { inPath, inQuery, LOG, shaped, withArticle } from '../openapi/index.js';
import { eventsAnswer } from './events-answer.js';
import { EVENTS_PAGE, EVENTS_PAGE_MAX } from './limits.js';
import type { Plural } from './plurals.js';
import { possibleAnswer } from './possible-answer.js';
import { permissionOf, toRead } from './requirements.js';
import type { Route } from './route.js';

/** What the log says of one aggregate: what can be told to it now, and what happened to it. */
export const logRoutes = (one: Plural, resource: Projection | undefined): readonly Route[] => {
  const { plural, definition } = one;
  const { slug, name } = definition;
  const route = { method: 'GET', tag: name, refusals: LOG } as const;
  return [
    {
      ...route,
      path: `/${plural}/:id/commands`,
      needs: toRead(() => permissionOf(resource), ['version']),
      id: `${slug}.possible`,
      summary: `Which commands ${withArticle(name)} takes now, and why not the others.`,
      parameters: [inPath('id')],
      answers: { 200: shaped('Commands', 'Its commands; also of one that does not exist yet.') },
      handler: (c, http) => possibleAnswer(c, http, one),
    },
    {
      ...route,
      path: `/${plural}/:id/events`,
      needs: 'events',
      id: `${slug}.events`,
      summary: `What happened to ${withArticle(name)}, as it was written.`,
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
      answers: { 200: shaped('Events', 'Its events, oldest first.', 'Link') },
      handler: (c, http) => eventsAnswer(c, http, one),
    },
  ];
};
