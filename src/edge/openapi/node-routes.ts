import { z } from 'zod';
import type { Aggregate } from '../../core/aggregate.js';
import { SOURCES } from '../../core/envelope.js';
import { headers, json, text } from './answers.js';
import { definedRoutes } from './defined-routes.js';
import type { Answer, Draft } from './draft.js';
import { inPath, inQuery } from './parameters.js';
import { ALERT, HEALTH } from './refusals.js';
import { answerOf } from './shapes.js';

const Text = z.string();
const Links = z.record(z.string(), z.string());
const Count = z.number().min(0);

const Ready = z.object({
  status: z.literal('ready'),
  parts: z.array(z.object({ name: Text, state: Text, reason: Text.nullable() })),
});
const FrontPage = z.looseObject({
  name: Text,
  version: Text,
  note: Text,
  links: Links,
  aggregates: z.array(z.object({ aggregate_type: Text, summary: Text, paths: z.array(Text) })),
});
const Alerts = z.object({
  raised: Count,
  delivered: Count,
  failed: Count,
  given_up: Count,
  pending: Count,
  receiver: z.enum(['off', 'on', 'gone']),
  last_error: Text.nullable(),
});
const FailedAlerts = z.object({
  total: Count,
  alerts: z.array(
    z.object({
      alert_id: Text,
      attempts: Count,
      failed_at: Text,
      reason: Text,
      alert: z.unknown().optional(),
    }),
  ),
});
const Retried = z.object({ alert_id: Text, delivered: z.literal(true) });
const Up = z.object({ status: z.literal('up') });

const alertRoutes = (draft: Draft): void => {
  const base = { tag: 'Alerts', refusals: ALERT } as const;
  draft.add({
    ...base,
    method: 'get',
    path: '/alerts',
    id: 'alerts.get',
    summary: 'How audit alerts fare on this node.',
    answers: { 200: json('Numbers.', draft.schema('Alerts', answerOf(Alerts))) },
  });
  draft.add({
    ...base,
    method: 'get',
    path: '/alerts/failed',
    id: 'alerts.failed',
    summary: 'Alerts that could not be delivered.',
    answers: { 200: json('Some of them.', draft.schema('FailedAlerts', answerOf(FailedAlerts))) },
  });
  draft.add({
    ...base,
    method: 'post',
    path: '/alerts/failed/{id}/retry',
    id: 'alerts.retry',
    summary: 'One of them is sent once more, now.',
    parameters: [inPath('id', { type: 'string', minLength: 1 })],
    answers: { 200: json('It was taken.', draft.schema('RetriedAlert', answerOf(Retried))) },
  });
};

const healthRoutes = (draft: Draft): void => {
  const open = { method: 'get', tag: 'Node', open: true } as const;
  draft.add({
    ...open,
    path: '/',
    id: 'node.index',
    refusals: { name: 'node', codes: [] },
    summary: 'What there is and where; whoever would rather have a page is sent to the console.',
    answers: {
      200: json('The front page.', draft.schema('FrontPage', answerOf(FrontPage))),
      302: { description: 'The console.', headers: headers('Location') },
    },
  });
  draft.add({
    ...open,
    path: '/healthz',
    id: 'node.health',
    refusals: { name: 'node', codes: [] },
    summary: 'The process is up.',
    answers: { 200: json('Up.', draft.schema('Up', answerOf(Up))) },
  });
  draft.add({
    ...open,
    path: '/readyz',
    id: 'node.ready',
    refusals: HEALTH,
    summary: 'It takes commands and its read side is in order.',
    parameters: [
      inQuery('for', 'Whose order: everything, or what commands need.', {
        type: 'string',
        enum: ['everything', 'commands'],
        default: 'everything',
      }),
    ],
    answers: { 200: json('Ready.', draft.schema('Ready', answerOf(Ready))) },
  });
  draft.add({
    method: 'get',
    tag: 'Node',
    path: '/metrics',
    id: 'node.metrics',
    summary: 'The numbers of this node, for Prometheus.',
    answers: {
      200: text(
        'Metrics.',
        'text/plain; version=0.0.4; charset=utf-8',
        'application/openmetrics-text; version=1.0.0; charset=utf-8',
      ),
    },
    refusals: { name: 'metrics', codes: [] },
  });
};

/** The descriptions of the API, and the page that shows them. */
const describedRoutes = (draft: Draft): void => {
  const base = { method: 'get', tag: 'Node', open: true } as const;
  const refusals = { name: 'described', codes: ['NOT_FOUND'] };
  for (const [name, summary] of [
    ['openapi', 'This description, OpenAPI 3.1.'],
    ['asyncapi', 'The events, alerts and commands on NATS, AsyncAPI 3.0.'],
  ] as const)
    draft.add({
      ...base,
      path: `/${name}.json`,
      id: `node.${name}`,
      summary,
      refusals,
      answers: {
        200: json('The description.', { type: 'object' }, { headers: ['ETag'] }),
        304: SAME,
      },
    });
  draft.add({
    ...base,
    path: '/docs',
    id: 'node.docs',
    summary: 'This description as a page.',
    answers: { 200: text('The page.', 'text/html; charset=utf-8'), 304: SAME },
    refusals,
  });
  draft.add({
    ...base,
    path: '/docs/{file}',
    id: 'node.docs.file',
    summary: 'What the page is made of.',
    parameters: [inPath('file', { type: 'string', minLength: 1 })],
    answers: {
      200: text(
        'The file.',
        'text/javascript; charset=utf-8',
        'text/css; charset=utf-8',
        'image/png',
        'text/plain; charset=utf-8',
      ),
      304: SAME,
    },
    refusals,
  });
};
const SAME: Answer = { description: 'What If-None-Match names still holds.' };

const streamRoute = (draft: Draft, definitions: readonly Aggregate[]): void => {
  const many = (name: string, description: string, values: readonly string[]) =>
    inQuery(name, description, { type: 'array', items: { type: 'string', enum: values } });
  const events = [...new Set(definitions.flatMap((one) => Object.keys(one.events)))];
  draft.add({
    method: 'get',
    path: '/events/stream',
    id: 'events.stream',
    tag: 'Events',
    summary: 'Events as they happen: server-sent events, resumable without gap or duplicate.',
    description: 'Each is `event: <type>`, `id: <positions>`, `data: <the event as JSON>`.',
    parameters: [
      many(
        'aggregate_type',
        'Only of these types.',
        definitions.map(({ name }) => name),
      ),
      inQuery('aggregate_id', 'Only of this aggregate.'),
      many('event_type', 'Only these events.', events),
      inQuery('actor', 'Only by this actor.'),
      inQuery('source', 'Only from this source.', { type: 'string', enum: SOURCES }),
      inQuery('correlation_id', 'Only of this chain.'),
      inQuery('critical', 'Only what raises an audit alert.', { type: 'boolean' }),
      inQuery('from', '`start`, or positions such as `source:42`; default: from now on.'),
      inQuery('from_version', 'With one type and an id: from this version on.', {
        type: 'integer',
        minimum: 1,
      }),
      {
        name: 'Last-Event-ID',
        in: 'header',
        schema: { type: 'string' },
        description: 'The id of the last event that was seen: it goes on behind that.',
      },
    ],
    answers: { 200: text('The stream; it does not end by itself.', 'text/event-stream') },
    refusals: {
      name: 'stream',
      codes: [
        'UNKNOWN_AGGREGATE_TYPE',
        'VALIDATION_ERROR',
        'BUSY',
        'STORE_UNAVAILABLE',
        'SHUTTING_DOWN',
      ],
    },
  });
};

/** Everything that is not about one aggregate type or one projection. */
export const nodeRoutes = (draft: Draft, definitions: readonly Aggregate[]): void => {
  streamRoute(draft, definitions);
  alertRoutes(draft);
  definedRoutes(
    draft,
    definitions.map(({ name }) => name),
  );
  describedRoutes(draft);
  healthRoutes(draft);
};
