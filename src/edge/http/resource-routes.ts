import { AGGREGATE_ID } from '../../core/ids.js';
import type { Projection, View } from '../../core/projection.js';
import { isRefusal, type Refusal, refuse } from '../../core/refusal.js';
import type { DocumentReads } from '../../read/views/port.js';
import { DOCUMENT, documentRef, inPath, json, NOT_MODIFIED, REFLECTED } from '../openapi/index.js';
import { aggregateAtAnswer, atOf } from './aggregate-at-answer.js';
import { problem } from './answer.js';
import { describeList } from './describe-list.js';
import { whileHeld } from './hold.js';
import type { Ctx, Http } from './http.js';
import { listAnswer } from './list-answer.js';
import { READ_PARAMETERS } from './list-query.js';
import type { Plural } from './plurals.js';
import { badQuery, refuseUnknown } from './query.js';
import {
  contentTag,
  hasReadSide,
  momentHeaders,
  type Reads,
  type Reflected,
  readingFor,
  reflectedAnswer,
  reflectionHeaders,
} from './reflected.js';
import { permissionOf, toList, toRead } from './requirements.js';
import type { Route } from './route.js';
import { READING, shared } from './shared-parameters.js';
import { showDocuments } from './show-documents.js';

export const NO_READ_SIDE = refuse(
  'ROUTE_NOT_FOUND',
  'this node answers no queries: it was started without a read side; POST /commands and GET /events/stream work',
);

/** Answers from documents, on a node that has any. */
export const onReadSide =
  (answering: (c: Ctx, http: Reads) => Response | Promise<Response>) =>
  (c: Ctx, http: Http): Response | Promise<Response> =>
    hasReadSide(http) ? answering(c, http) : problem(c, NO_READ_SIDE);

/** Whether deleted ones are asked for, too. */
const includesDeleted = (c: Ctx): { readonly deleted: boolean } | Refusal => {
  const text = c.req.query('include_deleted');
  return text === undefined || text === 'true' || text === 'false'
    ? { deleted: text === 'true' }
    : badQuery('include_deleted', 'expected true or false', 'ENUM');
};

/** Others may make the document of an aggregate before that begins: it has no version yet. */
const isBegun = ({ resource }: Projection, { version }: View): boolean =>
  resource === null || version !== 0;

/**
 * The aggregate's version, so that it goes into `If-Match`, and a digest: a document also changes
 * by what others say of it, and by the day.
 */
const tagOf = ({ version }: View, body: string): string | undefined =>
  typeof version === 'number' ? `"${version}-${contentTag(body)}"` : undefined;

/** Which document, and what to call it in a refusal. */
type One = { readonly projection: Projection; readonly key: string; readonly what: string };

/** Why there is no document though there may well be something: its events wait; null if none do. */
const parked = async (http: Reads, { projection, key, what }: One): Promise<Refusal | null> => {
  const all = await http.projections.parked(projection.name);
  const one = isRefusal(all) ? undefined : all.find(({ aggregate_id }) => aggregate_id === key);
  if (!one) return null;
  const { source, event_type, waiting, parked_at } = one;
  const at = `/projections/${projection.name}/parked`;
  return refuse(
    'PARKED',
    `whether there is a ${what} cannot be said: ${projection.name} could not apply ${event_type} of ${source} ${key}, which waits with all later ones since ${parked_at}. GET ${at} says why; POST ${at}/${source}/${key}/retry tries again`,
    { details: { projection: projection.name, source, aggregate_id: key, waiting, parked_at } },
  );
};

/** A document as it was found, or that it was not, and what that reflects. */
type Looked = {
  readonly reflected: Reflected<DocumentReads>;
  readonly document: View | undefined;
};

const lookFor = async (key: string, reflected: Reflected<DocumentReads>): Promise<Looked> => {
  const { store, slot } = reflected.reading;
  return { reflected, document: (await store.documents(slot, [key])).get(key) };
};

/**
 * `GET` of one document, once it has what this node wrote. Deleted ones are 410 unless they are
 * asked for. None is one answer, too.
 */
export const documentAnswer = async (c: Ctx, http: Reads, one: One): Promise<Response> => {
  const included = includesDeleted(c);
  if (isRefusal(included)) return problem(c, included);
  const reflected = await readingFor(c, http, one.projection);
  if (isRefusal(reflected)) return problem(c, reflected);
  const { reading, moment } = reflected;
  if (moment) {
    const looked = await lookFor(one.key, reflected);
    return answerOf(c, http, { one, included, looked });
  }
  const found = await reading.store.documentAt(reading.slot, one.key);
  if (found && found.revision >= (reading.revision ?? 0)) {
    const { document } = found;
    return answerOf(c, http, { one, included, looked: { reflected, document } });
  }
  // That something is not there is said with the position that the documents have at that moment,
  // and so is what a store has that was put back behind the position that is remembered.
  const answer = await whileHeld(http, reflected, {
    others: [],
    work: async (held) =>
      answerOf(c, http, { one, included, looked: await lookFor(one.key, held) }),
  });
  return isRefusal(answer) ? problem(c, answer) : answer;
};

const answerOf = async (
  c: Ctx,
  http: Reads,
  {
    one: { projection, key, what },
    included,
    looked: { reflected, document },
  }: {
    readonly one: One;
    readonly included: { readonly deleted: boolean };
    readonly looked: Looked;
  },
): Promise<Response> => {
  const reflects = reflectionHeaders(reflected);
  if (!document || !isBegun(projection, document)) {
    const waits = reflected.moment === null ? await parked(http, { projection, key, what }) : null;
    return problem(c, waits ?? refuse('NOT_FOUND', `there is no ${what}`), reflects);
  }
  const { deleted } = projection;
  if (deleted !== null && document[deleted] === true && !included.deleted)
    return problem(
      c,
      refuse('DELETED', `this ${what} was deleted; include_deleted=true shows it as it was`),
      reflects,
    );
  const told = await showDocuments(http, reflected, [{ key, document }]);
  if (isRefusal(told)) return problem(c, told);
  const body = JSON.stringify(told.items[0]);
  const etag = tagOf(document, body);
  return reflectedAnswer(c, reflected, { body, ...(etag && { etag }) });
};

const DOCUMENT_PARAMETERS = ['include_deleted', ...READ_PARAMETERS];

const oneOf = async (
  c: Ctx,
  http: Reads,
  { plural, projection }: { readonly plural: Plural; readonly projection: Projection },
): Promise<Response> => {
  const id = c.req.param('id')!;
  const unknown = refuseUnknown(c, [...DOCUMENT_PARAMETERS, 'version']);
  if (unknown) return problem(c, unknown);
  const what = `${plural.definition.name} with this id`;
  // No aggregate can have it, whatever it is.
  if (!AGGREGATE_ID.test(id)) return problem(c, refuse('NOT_FOUND', `there is no ${what}`));
  const at = atOf(c, http);
  if (isRefusal(at)) return problem(c, at);
  if (at.at === null) return documentAnswer(c, http, { projection, key: id, what });
  const included = includesDeleted(c);
  if (isRefusal(included)) return problem(c, included);
  if (c.req.query('min_position') !== undefined)
    return problem(c, badQuery('min_position', 'is about now: it does not go with a moment'));
  const told = await aggregateAtAnswer(c, http, { plural, projection, at: at.at });
  if ('version' in at.at) return told;
  for (const [name, text] of Object.entries(momentHeaders(at.at))) told.headers.set(name, text);
  return told;
};

/** `GET /views/{name}/documents/{key}`: one document of any projection. */
export const viewDocument = (
  c: Ctx,
  http: Reads,
  projection: Projection,
): Promise<Response> | Response => {
  const unknown = refuseUnknown(c, DOCUMENT_PARAMETERS);
  if (unknown) return problem(c, unknown);
  const key = c.req.param('key')!;
  return documentAnswer(c, http, {
    projection,
    key,
    what: `document of ${projection.name} with this key`,
  });
};

const notHere = (c: Ctx): Response => problem(c, NO_READ_SIDE);

/** `GET /{plural}` and `GET /{plural}/{id}`: an aggregate type as its projection shows it. */
export const resourceRoutes = (
  one: Plural,
  projection: Projection | undefined,
): readonly Route[] => {
  const { plural, definition } = one;
  const { slug, name, summary } = definition;
  const permission = () => permissionOf(projection);
  const list = { method: 'GET', path: `/${plural}`, needs: toList(permission) } as const;
  const single = {
    method: 'GET',
    path: `/${plural}/:id`,
    needs: toRead(permission, ['version']),
  } as const;
  if (!projection) {
    const nothing = { describe: () => [], handler: notHere };
    return [
      { ...list, ...nothing },
      { ...single, ...nothing },
    ];
  }
  return [
    {
      ...list,
      describe: () => [
        describeList(projection, {
          id: `${slug}.list`,
          tag: name,
          summary: `The list: ${summary}`,
        }),
      ],
      handler: onReadSide((c, http) => listAnswer(c, http, projection)),
    },
    {
      ...single,
      id: `${slug}.get`,
      tag: name,
      summary: `One ${name}, now or as it was.`,
      parameters: [
        inPath('id', { type: 'string', minLength: 1 }),
        ...shared('include_deleted', 'version', ...READING, 'If-None-Match'),
      ],
      answers: {
        200: json(`The ${name}.`, documentRef(projection), { headers: REFLECTED }),
        304: NOT_MODIFIED,
      },
      refusals: DOCUMENT,
      handler: onReadSide((c, http) => oneOf(c, http, { plural: one, projection })),
    },
  ];
};
