import { nameOf } from '../../core/access.js';
import { sha256 } from '../../core/canonical.js';
import { endOnceReached } from '../../core/end-once-reached.js';
import { JOURNAL, type Projection } from '../../core/projection.js';
import { isRefusal, type Refusal } from '../../core/refusal.js';
import type {
  ProjectionState,
  ProjectionStatus,
  Projections,
  Reading,
  Vector,
} from '../../read/projector/projections.js';
import { vectorText } from '../../read/time/point.js';
import type { Moment } from '../../read/time/time-travel.js';
import type { DocumentReads, ViewStore } from '../../read/views/port.js';
import { NO_TIME_TRAVEL } from './aggregate-at-answer.js';
import { headersFor } from './answer.js';
import type { Instants } from './cursor.js';
import type { Ctx, Http } from './http.js';
import {
  MIN_POSITION_WAIT_MAX_MS,
  MIN_POSITION_WAIT_MS,
  OWN_WRITES_LAG_MAX,
  OWN_WRITES_WAIT_MS,
} from './limits.js';
import { momentOf, nowAt, positionsOf } from './moment-of.js';
import { badQuery, wholeNumber } from './query.js';
import { requestContext } from './request-context.js';

/** `Http` of a node that has a read side. */
export type Reads = Http & { readonly projections: Projections };
export const hasReadSide = (http: Http): http is Reads => http.projections !== undefined;

/** What an answer is made from: documents, and what they reflect. */
export type Reflected<S extends DocumentReads = ViewStore> = {
  readonly reading: Reading<S>;
  /** Who asks, as far as that is known. */
  readonly who: string | undefined;
  /** null = now. */
  readonly moment: Moment | null;
  /** The positions of `min_position`; null when nobody asked. */
  readonly wanted: Vector | null;
  /** Whether they were reached in time. */
  readonly reached: boolean | null;
  /** Documents of another projection for the same answer. */
  readonly other: (projection: Projection) => Promise<Reading<S> | Refusal>;
};

const TAG_CHARS = 32;

/** Nothing moves it now: whoever waits for it waits in vain. */
const STANDING: ReadonlySet<ProjectionState> = new Set([
  'stopped',
  'log_truncated',
  'store_unavailable',
]);
/** It follows the log, or is about to: what was written a moment ago is on its way. */
const FOLLOWING: ReadonlySet<ProjectionState> = new Set(['starting', 'running', 'waiting']);

/** Whether what was written a moment ago can be expected to arrive soon. */
const isClose = ({ state, build, lag_events }: ProjectionStatus): boolean =>
  // Documents that are replaced by a build are served as they stand until then.
  FOLLOWING.has(state) && (state !== 'starting' || !build) && lag_events <= OWN_WRITES_LAG_MAX;

/** The positions that concern a projection. */
const own = ({ sources }: Projection, vector: Vector): Vector =>
  new Map(
    sources.flatMap(({ slug }) => {
      const sequence = vector.get(slug);
      return sequence === undefined ? [] : [[slug, sequence] as const];
    }),
  );

const covers = (positions: Vector, wanted: Vector): boolean =>
  [...wanted].every(([source, sequence]) => (positions.get(source) ?? 0) >= sequence);

const statusOf = ({ projections }: Reads, { name }: Projection) =>
  projections.status().find((one) => one.name === name);

/** Positions that the log does not have yet would be waited for in vain. */
const ahead = async (
  http: Reads,
  { sources }: Projection,
  wanted: Vector,
): Promise<Refusal | undefined> => {
  for (const { slug, definition } of sources) {
    const sequence = wanted.get(slug);
    if (sequence === undefined) continue;
    const last = await endOnceReached(
      async () => (await http.store.ends(definition ?? JOURNAL)).last,
      sequence,
    );
    if (sequence > last)
      return badQuery(
        'min_position',
        `${slug}:${sequence} is ahead of the log, which ends at ${slug}:${last}`,
        'RANGE',
      );
  }
  return undefined;
};

const NOT_THEN = badQuery('min_position', 'is about now: it does not go with a moment');

type Wanted = { readonly vector: Vector; readonly ms: number };

/** The `min_position` of a request and how long to wait for it; null when it names none. */
const minPosition = (c: Ctx, http: Reads): { readonly wanted: Wanted | null } | Refusal => {
  const ms = wholeNumber(c, 'min_position_timeout_ms', {
    min: 0,
    max: MIN_POSITION_WAIT_MAX_MS,
    otherwise: MIN_POSITION_WAIT_MS,
  });
  if (isRefusal(ms)) return ms;
  const text = c.req.query('min_position');
  if (text === undefined) return { wanted: null };
  const found = positionsOf(http, { field: 'min_position', text });
  if (!found)
    return badQuery(
      'min_position',
      'expected positions as answers give them, such as source:42, separated by commas',
    );
  return isRefusal(found) ? found : { wanted: { vector: found.positions, ms: ms.number } };
};

/** Whether documents have what was asked for; null when nothing was. */
export const reachedIn = (
  { projection, positions }: Reading<DocumentReads>,
  wanted: Vector | null,
): boolean | null => wanted && covers(positions, own(projection, wanted));

/** Wait, boundedly, for what this node wrote itself. */
export const waitForOwn = async (http: Reads, projection: Projection): Promise<void> => {
  const written = own(projection, http.projections.written());
  const status = statusOf(http, projection);
  if (written.size === 0 || !status || !isClose(status)) return;
  await http.projections.waitForPosition(projection.name, written, OWN_WRITES_WAIT_MS);
};

/** Wait, boundedly, for positions that were asked for, or say why they will never come. */
const waitFor = async (
  http: Reads,
  projection: Projection,
  { vector, ms }: Wanted,
): Promise<Refusal | undefined> => {
  const { projections } = http;
  const wanted = own(projection, vector);
  // Who is there already need not ask the log.
  if (await projections.waitForPosition(projection.name, wanted, 0)) return undefined;
  const refused = await ahead(http, projection, wanted);
  if (refused) return refused;
  const status = statusOf(http, projection);
  if (status && STANDING.has(status.state)) return undefined;
  await projections.waitForPosition(projection.name, wanted, ms);
  return undefined;
};

/**
 * The documents that a request reads: those of the moment that it names, else the live ones, once
 * they reflect `min_position` or, without it, what this node wrote; waiting is bounded.
 *
 * @throws Fault READ_STORE_UNAVAILABLE
 */
export const readingFor = (
  c: Ctx,
  http: Reads,
  projection: Projection,
): Promise<Reflected | Refusal> => readingOn(c, http, { projection, instants: {} });

/** The same for a page that goes on from another: of the instants that that one was about. */
export const readingOn = async (
  c: Ctx,
  http: Reads,
  { projection, instants }: { readonly projection: Projection; readonly instants: Instants },
): Promise<Reflected | Refusal> => {
  const asked = momentOf(c, http, instants);
  if (isRefusal(asked)) return asked;
  const min = minPosition(c, http);
  if (isRefusal(min)) return min;
  const { moment } = asked;
  const { wanted } = min;
  const { who } = requestContext(c);
  if (moment) {
    if (wanted) return NOT_THEN;
    const then = await readingAt(c, http, { projection, moment });
    await http.turns.take(who);
    return then;
  }
  const refused = wanted
    ? await waitFor(http, projection, wanted)
    : await waitForOwn(http, projection);
  if (refused) return refused;
  // Behind all waiting: those who waited for the same would go on at once.
  await http.turns.take(who);
  const vector = wanted?.vector ?? null;
  return readingNow(http, projection, { wanted: vector, who: who && nameOf(who) });
};

/**
 * The same, but in the order of the world: of what the request says to have been known, what was true
 * at the moment that it names, or by now. The log itself is asked, which knows all that was written.
 *
 * @throws Fault STORE_UNAVAILABLE
 */
export const effectiveReadingFor = async (
  c: Ctx,
  http: Reads,
  projection: Projection,
): Promise<Reflected | Refusal> => {
  const asked = momentOf(c, http);
  if (isRefusal(asked)) return asked;
  if (asked.moment?.effectiveAt) return readingFor(c, http, projection);
  const min = minPosition(c, http);
  if (isRefusal(min)) return min;
  const wanted = min.wanted && own(projection, min.wanted.vector);
  if (wanted && asked.moment) return NOT_THEN;
  const refused = wanted ? await ahead(http, projection, wanted) : undefined;
  if (refused) return refused;
  const { asOf } = asked.moment ?? { asOf: null };
  const moment = { asOf, effectiveAt: nowOf(http, asked.moment) };
  const reflected = await readingAt(c, http, { projection, moment });
  if (isRefusal(reflected)) return reflected;
  await http.turns.take(requestContext(c).who);
  return { ...reflected, wanted, reached: reachedIn(reflected.reading, wanted) };
};

const readingNow = async (
  http: Reads,
  projection: Projection,
  { wanted, who }: Pick<Reflected, 'wanted' | 'who'>,
): Promise<Reflected> => {
  const reading = await http.projections.reading(projection.name);
  return {
    reading,
    who,
    moment: null,
    wanted,
    reached: reachedIn(reading, wanted),
    other: async (one) => {
      await waitForOwn(http, one);
      return http.projections.reading(one.name);
    },
  };
};

/** The documents at another moment. */
export const readingAt = async (
  c: Ctx,
  { time }: Pick<Reads, 'time'>,
  { projection, moment }: { readonly projection: Projection; readonly moment: Moment },
): Promise<Reflected | Refusal> => {
  if (!time) return NO_TIME_TRAVEL;
  const asks = requestContext(c).who;
  const who = asks && nameOf(asks);
  const other = (one: Projection) => time.reading(one, moment, who);
  const reading = await other(projection);
  if (isRefusal(reading)) return reading;
  return { reading, who, moment, wanted: null, reached: null, other };
};

/** `application:42,server:7`, in the order in which the projection names its sources. */
export const positionText = ({ projection, positions }: Reading<DocumentReads>): string =>
  vectorText(new Map(projection.sources.map(({ slug }) => [slug, positions.get(slug) ?? 0])));

/** The moment that is shown, ISO 8601 UTC: what "today" is then. */
export const nowOf = (http: Http, moment: Moment | null): string =>
  nowAt(http, moment ?? { asOf: null, effectiveAt: null });

const asOfText = ({ asOf }: Moment): string | null =>
  asOf === null || typeof asOf === 'string' ? asOf : vectorText(asOf);

/** What every body says of what it reflects. */
export const reflection = ({ reading, moment, reached }: Reflected<DocumentReads>): object => ({
  position: positionText(reading),
  ...(reached !== null && { min_position_reached: reached }),
  ...(moment && { as_of: asOfText(moment), effective_at: moment.effectiveAt }),
});

/** A moment in headers, for answers whose body is the document itself. */
export const momentHeaders = (moment: Moment): Readonly<Record<string, string>> => {
  const as = asOfText(moment);
  return {
    ...(as !== null && { 'stele-as-of': as }),
    ...(moment.effectiveAt !== null && { 'stele-effective-at': moment.effectiveAt }),
  };
};

/** What an answer reflects, where its body cannot say so. */
export const reflectionHeaders = ({
  reading,
  moment,
  reached,
}: Reflected<DocumentReads>): Record<string, string> => ({
  'stele-position': positionText(reading),
  ...(reached !== null && { 'stele-min-position-reached': String(reached) }),
  ...(moment && momentHeaders(moment)),
});

const bare = (tag: string): string => tag.trim().replace(/^W\//, '');

/** Whether a client has this representation already. */
const isKnown = (c: Ctx, etag: string): boolean => {
  const known = c.req.header('if-none-match');
  if (known === undefined) return false;
  return known.trim() === '*' || known.split(',').some((one) => bare(one) === bare(etag));
};

/** The beginning of a digest: what is asked of a tag is to differ where the content does. */
export const contentTag = (body: string): string => sha256(body).slice(0, TAG_CHARS);

/**
 * An answer that says what it reflects, or 304. The tag is taken from the content: documents also
 * change by a retry of parked events, by related documents, and by the day.
 */
export const reflectedAnswer = (
  c: Ctx,
  reflected: Reflected<DocumentReads>,
  {
    body,
    etag,
    more = {},
  }: {
    readonly body: string;
    /** Default: a weak one over the body. */
    readonly etag?: string;
    readonly more?: Readonly<Record<string, string>>;
  },
): Response => {
  const tag = etag ?? `W/"${contentTag(body)}"`;
  const headers: Record<string, string> = {
    ...headersFor(c, 'application/json'),
    ...reflectionHeaders(reflected),
    etag: tag,
    'cache-control': 'private, no-cache',
    ...more,
  };
  if (!isKnown(c, tag)) return new Response(body, { status: 200, headers });
  delete headers['content-type'];
  return new Response(null, { status: 304, headers });
};
