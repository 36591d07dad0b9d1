import type { Projection } from '../../core/projection.js';
import { isRefusal, type Refusal, refuse } from '../../core/refusal.js';
import type { ProjectionStatus, Projections } from '../../read/projector/projections.js';
import { inPath, type Ref } from '../openapi/index.js';
import { problem } from './answer.js';
import { comparisonAnswer, within } from './comparison-answer.js';
import { Gate } from './gate.js';
import type { Ctx } from './http.js';
import { COMPARISONS_AT_ONCE, COMPARISONS_OF_ONE_MAX } from './limits.js';
import { answered, answeredStatus, type Doing } from './on-projection.js';
import { oncePerNode } from './once-per-node.js';
import { PROJECTION_ANSWERS } from './projection-answers.js';
import { fieldsOf, invalid, whyDiscard } from './projection-body.js';
import { requestContext } from './request-context.js';

/** A parked aggregate, as the path names it. */
const parkedOf = (
  c: Ctx,
  projection: Projection,
): { readonly source: string; readonly aggregate_id: string } | Refusal => {
  const { type = '', id = '' } = c.req.param() as { type?: string; id?: string };
  const source = projection.sources.find(
    ({ slug, definition }) => slug === type || definition?.name === type,
  );
  const slugs = projection.sources.map(({ slug }) => slug);
  return source
    ? { source: source.slug, aggregate_id: id }
    : refuse(
        'NOT_FOUND',
        `${projection.name} takes nothing of that type; it takes ${slugs.join(', ')}`,
        {
          details: { sources: slugs },
        },
      );
};

type Operate = (projections: Projections, name: string) => Promise<ProjectionStatus | Refusal>;

const gateOf = oncePerNode(() => new Gate(COMPARISONS_AT_ONCE, COMPARISONS_OF_ONE_MAX));

/** What takes no body. */
const plainly =
  (doing: Doing): Doing =>
  async (c, http, projection) => {
    const body = await fieldsOf(c, http, []);
    return isRefusal(body) ? problem(c, body) : doing(c, http, projection);
  };

const simply = (operate: Operate): Doing =>
  plainly(async (c, { projections }, { name }) =>
    answeredStatus(c, await operate(projections, name)),
  );

const rebuild: Doing = async (c, http, { name }) => {
  const body = await fieldsOf(c, http, ['switch_when_ready']);
  if (isRefusal(body)) return problem(c, body);
  const { switch_when_ready: switchWhenReady = true } = body.fields;
  if (typeof switchWhenReady !== 'boolean')
    return problem(c, invalid('switch_when_ready', 'expected true or false', 'FORMAT'));
  return answeredStatus(c, await http.projections.rebuild(name, { switchWhenReady }));
};

const compare = plainly(async (c, http, { name }) => {
  const { who } = requestContext(c);
  const work = () => http.projections.compare(name);
  return answered(c, await within(gateOf(http).pass('comparisons', who, work)));
});

const verify = plainly((c, http, { name }) =>
  comparisonAnswer(c, http, (onProgress) => {
    const work = () => http.projections.verify(name, onProgress);
    return gateOf(http).pass('comparisons', requestContext(c).who, work);
  }),
);

const retryAll = plainly(async (c, { projections }, { name }) =>
  answered(c, await projections.retry(name, 'all')),
);

const retryOne = plainly(async (c, { projections }, projection) => {
  const which = parkedOf(c, projection);
  if (isRefusal(which)) return problem(c, which);
  return answered(c, await projections.retry(projection.name, which));
});

const discard: Doing = async (c, http, projection) => {
  const asked = await whyDiscard(c, http);
  if (isRefusal(asked)) return problem(c, asked);
  const which = parkedOf(c, projection);
  if (isRefusal(which)) return problem(c, which);
  const { why, sequence } = asked;
  return answered(c, await http.projections.discard(projection.name, { ...which, sequence }, why));
};

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

const PROGRESS = {
  'application/x-ndjson': {
    schema: {
      type: 'string',
      description:
        'Lines of JSON: `{"done", "total"}`, the last one `{"comparison"}` or `{"problem"}`.',
    },
  },
};
const SIMPLE = { answer: PROJECTION_ANSWERS.Status, body: NOTHING } as const;
const DRAINED = { answer: PROJECTION_ANSWERS.Drained, body: NOTHING } as const;
const COMPARED = { answer: PROJECTION_ANSWERS.Comparison, body: NOTHING } as const;
const ONE = [inPath('type', { type: 'string', minLength: 1 }), inPath('id', { type: 'string' })];

export type Operating = {
  /** Below the projection. */
  readonly path: string;
  readonly id: string;
  readonly summary: string;
  readonly answer: Ref;
  readonly body: typeof NOTHING | typeof REBUILD | typeof DISCARD;
  readonly one?: typeof ONE;
  /** Other forms of its answer. */
  readonly also?: typeof PROGRESS;
  readonly doing: Doing;
};

export const PROJECTION_OPERATIONS: readonly Operating[] = [
  {
    ...SIMPLE,
    path: 'stop',
    id: 'stop',
    summary: 'It takes no more events.',
    doing: simply((all, name) => all.stop(name)),
  },
  {
    ...SIMPLE,
    path: 'start',
    id: 'start',
    summary: 'It goes on.',
    doing: simply((all, name) => all.start(name)),
  },
  {
    ...SIMPLE,
    path: 'rebuild',
    id: 'rebuild',
    summary: 'Its documents are built anew beside the live ones.',
    body: REBUILD,
    doing: rebuild,
  },
  {
    ...SIMPLE,
    path: 'cancel-build',
    id: 'cancel-build',
    summary: 'The build is given up.',
    doing: simply((all, name) => all.cancelBuild(name)),
  },
  {
    ...SIMPLE,
    path: 'switch',
    id: 'switch',
    summary: 'The build goes live.',
    doing: simply((all, name) => all.switch(name)),
  },
  {
    ...SIMPLE,
    path: 'switch-back',
    id: 'switch-back',
    summary: 'The previous documents go live.',
    doing: simply((all, name) => all.switchBack(name)),
  },
  {
    ...COMPARED,
    path: 'compare',
    id: 'compare',
    summary: 'Live documents against those being built, or the previous.',
    doing: compare,
  },
  {
    ...COMPARED,
    path: 'verify',
    id: 'verify',
    also: PROGRESS,
    summary: 'The documents computed anew from the log, and compared.',
    doing: verify,
  },
  {
    ...DRAINED,
    path: 'parked/retry',
    id: 'parked.retry',
    summary: 'All events that wait are tried again.',
    doing: retryAll,
  },
  {
    ...DRAINED,
    path: 'parked/:type/:id/retry',
    id: 'parked.retry.one',
    summary: 'What waits of one aggregate is tried again.',
    one: ONE,
    doing: retryOne,
  },
  {
    ...DRAINED,
    path: 'parked/:type/:id/discard',
    id: 'parked.discard.one',
    summary: 'The event that fails is left out.',
    body: DISCARD,
    one: ONE,
    doing: discard,
  },
];
