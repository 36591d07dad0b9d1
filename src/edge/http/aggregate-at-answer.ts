import { nameOf } from '../../core/access.js';
import type { Aggregate } from '../../core/aggregate.js';
import { position } from '../../core/event.js';
import type { Projection, View } from '../../core/projection.js';
import { isRefusal, type Refusal, refuse } from '../../core/refusal.js';
import type {
  AggregateAt,
  Moment,
  MomentOrVersion,
  TimeTravel,
} from '../../read/time/time-travel.js';
import { answer, problem } from './answer.js';
import type { Ctx, Http } from './http.js';
import { momentOf, nowAt } from './moment-of.js';
import type { Plural } from './plurals.js';
import { badQuery, wholeNumber } from './query.js';
import { requestContext } from './request-context.js';

export const NO_TIME_TRAVEL = refuse(
  'READ_STORE_UNAVAILABLE',
  'this node answers no questions about other moments: it was started without a read side',
);

/** Which point of one aggregate's life is asked about; null for now. */
export const atOf = (
  c: Ctx,
  http: Pick<Http, 'runtime' | 'clock'>,
): { readonly at: MomentOrVersion | null } | Refusal => {
  const found = momentOf(c, http);
  if (isRefusal(found)) return found;
  if (c.req.query('version') === undefined) return { at: found.moment };
  for (const field of ['as_of', 'effective_at'])
    if (c.req.query(field) !== undefined)
      return badQuery(field, 'goes without version: a version says all');
  const version = wholeNumber(c, 'version', {
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    otherwise: 1,
  });
  return isRefusal(version) ? version : { at: { version: version.number } };
};

/** Time travel for who asks. */
const timeFor = (c: Ctx, { logReads }: Http, time: TimeTravel): TimeTravel => {
  const { who } = requestContext(c);
  return {
    ...time,
    aggregate: (...asked) => logReads.read(who, () => time.aggregate(...asked)),
    document: (...asked) => logReads.read(who, () => time.document(...asked)),
    reading: (projection, moment) => time.reading(projection, moment, who && nameOf(who)),
  };
};

/** In a record, since a document may have any field, `refused` among them. */
type Told = { readonly document: View | null };
type Found = Told & { readonly moment: Moment; readonly at: AggregateAt };

/** One document of a projection at a moment, from one aggregate alone where that is enough. */
const documentAt = async (
  time: TimeTravel,
  projection: Projection,
  { key, moment }: { readonly key: string; readonly moment: Moment },
): Promise<Told | Refusal> => {
  const [source] = projection.sources;
  if (projection.perAggregate && source?.definition) {
    const own = await time.document(projection, source.definition, key, moment);
    return isRefusal(own) && own.refused === 'NOT_FOUND' ? { document: null } : own;
  }
  const reading = await time.reading(projection, moment);
  if (isRefusal(reading)) return reading;
  const documents = await reading.store.documents(reading.slot, [key]);
  return { document: documents.get(key) ?? null };
};

const found = async (
  time: TimeTravel,
  { projection, definition }: { projection: Projection; definition: Aggregate },
  { id, at }: { readonly id: string; readonly at: MomentOrVersion },
): Promise<Found | Refusal> => {
  // Also where other aggregates feed the document too: a version is of this one alone.
  if ('version' in at || projection.perAggregate) {
    const own = await time.document(projection, definition, id, at);
    if (isRefusal(own)) return own;
    const moment = 'version' in at ? { asOf: own.at.recorded_at, effectiveAt: null } : at;
    return { ...own, moment };
  }
  const existed = await time.aggregate(definition, id, at);
  if (isRefusal(existed)) return existed;
  const told = await documentAt(time, projection, { key: id, moment: at });
  return isRefusal(told) ? told : { ...told, moment: at, at: existed };
};

/** A document as its projection shows it, with the documents it names as they were then. */
const shownAt = async (
  http: Http & { readonly time: TimeTravel },
  projection: Projection,
  { document, moment }: { readonly document: View; readonly moment: Moment },
): Promise<{ readonly shown: View } | Refusal> => {
  if (!projection.show) return { shown: document };
  const named = new Map<string, View>();
  for (const { projection: name, key } of projection.related?.(document) ?? []) {
    const other = http.projections?.definitions.find((one) => one.name === name);
    const told = other && (await documentAt(http.time, other, { key, moment }));
    if (told && isRefusal(told)) return told;
    if (told?.document) named.set(`${name}/${key}`, told.document);
  }
  const related = (name: string, key: string): View | undefined => named.get(`${name}/${key}`);
  return { shown: projection.show(document, { now: nowAt(http, moment), related }) };
};

/**
 * The answer to `GET /{plural}/{id}` with `version`, `as_of` or `effective_at`: the document as it
 * was, from the events of this aggregate wherever they are enough.
 */
export const aggregateAtAnswer = async (
  c: Ctx,
  http: Http,
  {
    plural: { definition },
    projection,
    at,
  }: { readonly plural: Plural; readonly projection: Projection; readonly at: MomentOrVersion },
): Promise<Response> => {
  if (!http.time) return problem(c, NO_TIME_TRAVEL);
  const time = timeFor(c, http, http.time);
  const id = c.req.param('id')!;
  const one = await found(time, { projection, definition }, { id, at });
  if (isRefusal(one)) return problem(c, one);
  const { document, moment } = one;
  if (!document)
    return problem(c, refuse('NOT_FOUND', `${definition.name} ${id} had no document then`));
  const deleted = projection.deleted !== null && document[projection.deleted] === true;
  if (deleted && c.req.query('include_deleted') !== 'true')
    return problem(
      c,
      refuse(
        'DELETED',
        `${definition.name} ${id} had been deleted by then; include_deleted=true shows it`,
      ),
    );
  const told = await shownAt({ ...http, time }, projection, { document, moment });
  if (isRefusal(told)) return problem(c, told);
  return answer(c, 200, told.shown, {
    'stele-position': position(definition.slug, one.at.sequence),
    ...(typeof moment.asOf === 'string' && { 'stele-as-of': moment.asOf }),
    ...(moment.effectiveAt !== null && { 'stele-effective-at': moment.effectiveAt }),
  });
};
