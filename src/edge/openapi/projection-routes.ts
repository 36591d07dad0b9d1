import { z } from 'zod';
import { json } from './answers.js';
import type { Draft } from './draft.js';
import type { Answer, Operation, Parameter } from './operation.js';
import { inPath } from './parameters.js';
import { OPERATION } from './refusals.js';
import { answerOf } from './shapes.js';

const TAG = 'Projections';
const Text = z.string();
const Count = z.int().min(0);

const Status = z.object({
  name: Text,
  summary: Text,
  state: z.enum([
    ...(['starting', 'running', 'waiting', 'stopped', 'stalled'] as const),
    ...(['log_truncated', 'store_unavailable'] as const),
  ]),
  reason: Text.nullable(),
  version: z.number(),
  generation: Count,
  documents: Count,
  sources: z.array(
    z.object({
      source: Text,
      sequence: Count,
      end: Count,
      lag_events: Count,
      lag_seconds: z.number().min(0),
    }),
  ),
  lag_events: Count,
  lag_seconds: z.number().min(0),
  parked_aggregates: Count,
  parked_events: Count,
  discarded_events: Count,
  build: z
    .object({
      generation: Count,
      version: z.number(),
      started_at: Text,
      done: Count,
      total: Count,
      events_per_second: z.number(),
      eta_seconds: z.number().nullable(),
      caught_up: z.boolean(),
      switch_when_ready: z.boolean(),
    })
    .nullable(),
  previous: z.object({ generation: Count, version: z.number() }).nullable(),
  links: z.object({ self: Text, view: Text }),
});
const Statuses = z.object({ projections: z.array(Status) });
const Comparison = z.object({
  equal: z.boolean(),
  documents: Count,
  only_in_first: Count,
  only_in_second: Count,
  different: Count,
  differences: z.array(z.looseObject({ key: Text })),
  position: Text,
});
const Drained = z.object({ drained: Count, still_parked: Count });
const failed = { source: Text, aggregate_id: Text, sequence: Count, event_type: Text, error: Text };
const Parked = z.object({
  parked: z.array(
    z.object({
      ...failed,
      attempts: Count,
      waiting: Count,
      parked_at: Text,
      last_tried_at: Text,
    }),
  ),
  total: Count,
});
const Discarded = z.object({
  discarded: z.array(z.object({ ...failed, by: Text, reason: Text, at: Text })),
  total: Count,
});

const SHAPES = { Status, Statuses, Comparison, Drained, Parked, Discarded } as const;

const NOTHING = { type: 'object', additionalProperties: false, properties: {} } as const;
const REBUILD = {
  ...NOTHING,
  properties: { switch_when_ready: { type: 'boolean', default: true } },
};
const DISCARD = {
  ...NOTHING,
  required: ['reason'],
  properties: {
    reason: { type: 'string', minLength: 1, maxLength: 2_000, pattern: '\\S' },
    sequence: {
      type: 'integer',
      minimum: 1,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'The event that was seen to fail: no other one is left out.',
    },
  },
};

/** Operations: what each does, what it takes, what it answers. */
const OPERATIONS: readonly (readonly [
  string,
  string,
  keyof typeof SHAPES,
  body?: typeof REBUILD | typeof DISCARD,
])[] = [
  ['stop', 'It takes no more events.', 'Status'],
  ['start', 'It goes on.', 'Status'],
  ['rebuild', 'Its documents are built anew beside the live ones.', 'Status', REBUILD],
  ['cancel-build', 'The build is given up.', 'Status'],
  ['switch', 'The build goes live.', 'Status'],
  ['switch-back', 'The previous documents go live.', 'Status'],
  ['compare', 'Live documents against those being built, or the previous.', 'Comparison'],
  ['verify', 'The documents computed anew from the log, and compared.', 'Comparison'],
  ['parked/retry', 'All events that wait are tried again.', 'Drained'],
  ['parked/{type}/{id}/retry', 'What waits of one aggregate is tried again.', 'Drained'],
  ['parked/{type}/{id}/discard', 'The event that fails is left out.', 'Drained', DISCARD],
];

const PROGRESS = {
  'application/x-ndjson': {
    schema: {
      type: 'string',
      description:
        'Lines of JSON: `{"done", "total"}`, the last one `{"comparison"}` or `{"problem"}`.',
    },
  },
};
const ACTOR: Parameter = {
  name: 'X-Actor',
  in: 'header',
  description: 'Who does it; required where callers are not known otherwise.',
  schema: { type: 'string', maxLength: 255 },
};

/** `/projections`: the state of each, and what an operator can do to one. */
export const projectionRoutes = (draft: Draft, names: readonly string[]): void => {
  const answer = (name: keyof typeof SHAPES): Answer =>
    json('Done.', draft.schema(`Projection${name}`, answerOf(SHAPES[name])));
  const which = inPath('name', { type: 'string', ...(names.length > 0 && { enum: names }) });
  const read = (path: string, id: string, summary: string, name: keyof typeof SHAPES): void =>
    draft.add({
      method: 'get',
      path,
      id,
      tag: TAG,
      summary,
      refusals: OPERATION,
      parameters: path.includes('{name}') ? [which] : [],
      answers: { 200: { ...answer(name), description: summary } },
    });
  read('/projections', 'projections.list', 'The state of all projections.', 'Statuses');
  read('/projections/{name}', 'projections.get', 'The state of one.', 'Status');
  read('/projections/{name}/parked', 'projections.parked', 'What waits, and why.', 'Parked');
  read('/projections/{name}/discarded', 'projections.discarded', 'What was left out.', 'Discarded');
  for (const [operation, summary, name, body = NOTHING] of OPERATIONS) {
    const done = answer(name);
    const content = { ...done.content, ...(operation === 'verify' && PROGRESS) };
    const route: Operation = {
      method: 'post',
      path: `/projections/{name}/${operation}`,
      id: `projections.${operation.replaceAll(/\/(\{\w+\}\/)*/g, '.')}${operation.includes('{id}') ? '.one' : ''}`,
      tag: TAG,
      summary,
      parameters: [
        which,
        ...(operation.includes('{id}')
          ? [inPath('type', { type: 'string', minLength: 1 }), inPath('id', { type: 'string' })]
          : []),
        ACTOR,
      ],
      body: { required: body === DISCARD, content: { 'application/json': { schema: body } } },
      answers: { 200: { ...done, content } },
      refusals: OPERATION,
    };
    draft.add(route);
  }
};
