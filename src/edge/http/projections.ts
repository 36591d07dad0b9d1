import type { Projection } from '../../core/projection.js';
import { type FieldError, isRefusal, type Refusal, refuse } from '../../core/refusal.js';
import type { By, ProjectionStatus, Projections } from '../../read/projector/projections.js';
import { answer, problem } from './answer.js';
import { readJson } from './body.js';
import { Gate } from './gate.js';
import { headerText } from './header-text.js';
import type { Ctx, Http } from './http.js';
import { COMPARISONS_AT_ONCE, COMPARISONS_OF_ONE_MAX, PARKED_SHOWN_MAX } from './limits.js';
import { refuseUnknown } from './query.js';
import type { Reads } from './reflected.js';
import { requestContext } from './request-context.js';
import { NO_READ_SIDE } from './resources.js';
import type { Routes } from './route-list.js';
import { comparisonAnswer, within } from './verifying.js';
import { projectionNamed } from './views.js';

const TEXT_MAX = 255;
const REASON_MAX = 2_000;

const invalid = (field: string, message: string, rule: string): Refusal => {
  const errors: FieldError[] = [{ field, message, rule }];
  return refuse('VALIDATION_ERROR', `${field}: ${message}`, { errors });
};

/** Who asks; where everything is open, whoever the header says. */
const actorOf = (c: Ctx): string | undefined =>
  requestContext(c).who?.actor ??
  (headerText(c, 'X-Actor')?.trim().slice(0, TEXT_MAX) || undefined);

type Fields = Readonly<Record<string, unknown>>;

/** The fields of a body, none when there is no body. In a record: it may have any field. */
const fieldsOf = async (
  c: Ctx,
  { limits }: Http,
  known: readonly string[],
): Promise<{ readonly fields: Fields } | Refusal> => {
  const unknown = refuseUnknown(c, []);
  if (unknown) return unknown;
  const body = await readJson(c, limits.bodyMax);
  if (isRefusal(body)) return body;
  const { json } = body;
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    return invalid('(body)', 'expected an object', 'FORMAT');
  const odd = Object.keys(json).find((field) => !known.includes(field));
  if (odd === undefined) return { fields: json as Fields };
  const there = known.length === 0 ? 'there are none' : `known: ${known.join(', ')}`;
  return invalid(odd.slice(0, TEXT_MAX), `unknown field; ${there}`, 'UNKNOWN');
};

type Operation = (projections: Projections, name: string) => Promise<ProjectionStatus | Refusal>;

/** Operations that take nothing but the name of a projection. */
const SIMPLE: Readonly<Record<string, Operation>> = {
  stop: (all, name) => all.stop(name),
  start: (all, name) => all.start(name),
  'cancel-build': (all, name) => all.cancelBuild(name),
  switch: (all, name) => all.switch(name),
  'switch-back': (all, name) => all.switchBack(name),
};

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

const shownStatus = (status: ProjectionStatus): object => ({
  ...status,
  links: { self: `/projections/${status.name}`, view: `/views/${status.name}` },
});

const answered = (c: Ctx, outcome: object | Refusal): Response =>
  isRefusal(outcome) ? problem(c, outcome) : answer(c, 200, outcome);

/** What a route does once its projection is found. */
type Doing = (c: Ctx, reads: Reads, projection: Projection) => Promise<Response> | Response;

/** Why and by whom an event is left out; neither may be missing. */
const whyDiscard = async (
  c: Ctx,
  http: Http,
): Promise<{ readonly why: By; readonly sequence: number | undefined } | Refusal> => {
  const body = await fieldsOf(c, http, ['reason', 'sequence']);
  if (isRefusal(body)) return body;
  const by = actorOf(c);
  if (by === undefined)
    return invalid('X-Actor', 'say who leaves the event out: this header is required', 'REQUIRED');
  const { reason, sequence } = body.fields;
  if (typeof reason !== 'string' || reason.trim() === '')
    return invalid('reason', 'say why this event is left out', 'REQUIRED');
  if (reason.length > REASON_MAX)
    return invalid('reason', `longer than ${REASON_MAX} characters`, 'TOO_LONG');
  if (sequence !== undefined && !(Number.isSafeInteger(sequence) && (sequence as number) > 0))
    return invalid('sequence', 'expected the sequence of the event that fails', 'FORMAT');
  return { why: { by, reason: reason.trim() }, sequence: sequence as number | undefined };
};

/**
 * `/projections`: the state of every projection, and what an operator can do to one. Whoever does
 * something is logged with it.
 */
export const projectionRoutes = (app: Routes, http: Http): void => {
  const { projections } = http;
  const gate = new Gate(COMPARISONS_AT_ONCE, COMPARISONS_OF_ONE_MAX);
  const reads: Reads | undefined = projections && { ...http, projections };
  const on =
    (doing: Doing) =>
    async (c: Ctx): Promise<Response> => {
      if (!reads) return problem(c, NO_READ_SIDE);
      const named = projectionNamed(reads, c.req.param('name')!);
      return isRefusal(named) ? problem(c, named) : doing(c, reads, named.projection);
    };
  const get = (path: string, doing: Doing): void => {
    app.get(
      path,
      on((c, all, projection) => {
        const unknown = refuseUnknown(c, []);
        return unknown ? problem(c, unknown) : doing(c, all, projection);
      }),
    );
  };
  /** An operation is logged before it begins: what it does may take long. */
  const post = (path: string, operation: string, doing: Doing): void => {
    app.post(
      path,
      on((c, all, projection) => {
        const by = actorOf(c) ?? 'somebody';
        const what = { operation, projection: projection.name, by, path: c.req.path };
        http.log.warn(what, 'an operation on a projection was asked for');
        return doing(c, all, projection);
      }),
    );
  };
  const statusOf = ({ name }: Projection): ProjectionStatus | Refusal =>
    reads?.projections.status().find((one) => one.name === name) ??
    refuse('PROJECTION_NOT_READY', `${name} has not begun yet: ask again in a moment`);

  app.get('/projections', (c) => {
    if (!reads) return problem(c, NO_READ_SIDE);
    const unknown = refuseUnknown(c, []);
    if (unknown) return problem(c, unknown);
    return answer(c, 200, { projections: reads.projections.status().map(shownStatus) });
  });
  get('/projections/:name', (c, _, projection) => {
    const status = statusOf(projection);
    return answered(c, isRefusal(status) ? status : shownStatus(status));
  });
  get('/projections/:name/parked', async (c, { projections: all }, { name }) => {
    const parked = await all.parked(name);
    if (isRefusal(parked)) return problem(c, parked);
    return answer(c, 200, { parked: parked.slice(0, PARKED_SHOWN_MAX), total: parked.length });
  });
  get('/projections/:name/discarded', async (c, { projections: all }, { name }) => {
    const discarded = await all.discarded(name);
    if (isRefusal(discarded)) return problem(c, discarded);
    const shown = discarded.slice(0, PARKED_SHOWN_MAX);
    return answer(c, 200, { discarded: shown, total: discarded.length });
  });

  for (const [operation, operate] of Object.entries(SIMPLE))
    post(`/projections/:name/${operation}`, operation, async (c, all, { name }) => {
      const body = await fieldsOf(c, http, []);
      if (isRefusal(body)) return problem(c, body);
      const outcome = await operate(all.projections, name);
      return answered(c, isRefusal(outcome) ? outcome : shownStatus(outcome));
    });
  post('/projections/:name/rebuild', 'rebuild', async (c, all, { name }) => {
    const body = await fieldsOf(c, http, ['switch_when_ready']);
    if (isRefusal(body)) return problem(c, body);
    const { switch_when_ready: switchWhenReady = true } = body.fields;
    if (typeof switchWhenReady !== 'boolean')
      return problem(c, invalid('switch_when_ready', 'expected true or false', 'FORMAT'));
    const outcome = await all.projections.rebuild(name, { switchWhenReady });
    return answered(c, isRefusal(outcome) ? outcome : shownStatus(outcome));
  });
  post('/projections/:name/compare', 'compare', async (c, all, { name }) => {
    const body = await fieldsOf(c, http, []);
    if (isRefusal(body)) return problem(c, body);
    const compared = gate.pass('comparisons', requestContext(c).who, () =>
      all.projections.compare(name),
    );
    return answered(c, await within(compared));
  });
  post('/projections/:name/verify', 'verify', async (c, all, { name }) => {
    const body = await fieldsOf(c, http, []);
    if (isRefusal(body)) return problem(c, body);
    return comparisonAnswer(c, http, (onProgress) =>
      gate.pass('comparisons', requestContext(c).who, () =>
        all.projections.verify(name, onProgress),
      ),
    );
  });
  post('/projections/:name/parked/retry', 'retry', async (c, all, { name }) => {
    const body = await fieldsOf(c, http, []);
    if (isRefusal(body)) return problem(c, body);
    return answered(c, await all.projections.retry(name, 'all'));
  });
  post('/projections/:name/parked/:type/:id/retry', 'retry', async (c, all, projection) => {
    const body = await fieldsOf(c, http, []);
    if (isRefusal(body)) return problem(c, body);
    const which = parkedOf(c, projection);
    if (isRefusal(which)) return problem(c, which);
    return answered(c, await all.projections.retry(projection.name, which));
  });
  post('/projections/:name/parked/:type/:id/discard', 'discard', async (c, all, projection) => {
    const asked = await whyDiscard(c, http);
    if (isRefusal(asked)) return problem(c, asked);
    const which = parkedOf(c, projection);
    if (isRefusal(which)) return problem(c, which);
    const { why, sequence } = asked;
    return answered(c, await all.projections.discard(projection.name, { ...which, sequence }, why));
  });
};
