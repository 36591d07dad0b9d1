import { nameOf } from '../../core/access.js';
import type { Aggregate } from '../../core/aggregate.js';
import { criticalEvents } from '../../core/critical.js';
import { endOnceReached } from '../../core/end-once-reached.js';
import { position } from '../../core/event.js';
import { epochOf, keptSince } from '../../core/given-up.js';
import { isRefusal, type Refusal, refuse } from '../../core/refusal.js';
import type { Registry } from '../../core/registry.js';
import type { Hub } from '../../read/live/hub.js';
import type { Wish } from '../../read/live/tail.js';
import { eventsFromVersion } from './events-from-version.js';
import type { Ctx, Http } from './http.js';
import { badId, badQuery, refuseUnknown, wholeNumber } from './query.js';
import { requestContext } from './request-context.js';

/** Sequence of the last event seen, per type. */
export type Vector = Map<Aggregate, number>;
type Epochs = ReadonlyMap<Aggregate, number>;

const POSITION = /^([a-z0-9-]+):(0|[1-9]\d{0,14})(?:@([1-9]\d{0,8}))?$/;
const START = 'start';

/** `application:42,server:7@1`: with the epoch of the log that a position is of, unless it is the first. */
export const vectorText = (vector: ReadonlyMap<Aggregate, number>, epochs: Epochs): string =>
  [...vector]
    .map(([type, sequence]) => {
      const epoch = epochs.get(type) ?? 0;
      return epoch > 0
        ? `${position(type.slug, sequence)}@${epoch}`
        : position(type.slug, sequence);
    })
    .join(',');

/** The epoch of each log now, as far as this node knows. */
const epochsNow = (types: Iterable<Aggregate>, { epochs }: Http): Map<Aggregate, number> =>
  new Map([...types].map((type) => [type, epochOf(epochs?.givenUp(type.slug) ?? [])]));

/** Where somebody is in the logs, and in which epochs of them. */
export type Place = { readonly after: ReadonlyMap<Aggregate, number>; readonly epochs: Epochs };

/**
 * Why nobody can go on from a place: what was shown up to there was lost, and that was accepted. The
 * positions behind what was kept are taken anew, so going on would leave out events in silence.
 */
export const givenUpAt = ({ after, epochs }: Place, http: Http): Refusal | undefined => {
  const kept = new Map(after);
  const lost: string[] = [];
  for (const [type, sequence] of after) {
    const given = http.epochs?.givenUp(type.slug) ?? [];
    const upTo = keptSince(epochs.get(type) ?? 0, given) ?? sequence;
    if (sequence <= upTo) continue;
    kept.set(type, upTo);
    lost.push(
      `${position(type.slug, sequence)}, kept up to ${position(type.slug, kept.get(type)!)}`,
    );
  }
  if (lost.length === 0) return undefined;
  const last_event_id = vectorText(kept, epochsNow(after.keys(), http));
  return refuse(
    'EVENTS_GIVEN_UP',
    `the log lost events that were shown up to here, and an operator has accepted that: ${lost.join('; ')}; let go of what you made of events behind that, and come again with Last-Event-ID ${last_event_id}, or begin again with from=start`,
    { details: { last_event_id } },
  );
};

/** Where to begin; of a position without an epoch that is not known. */
type Start = { readonly vector: Vector; readonly epochs: Map<Aggregate, number> };

/** Positions as they were handed out, or why they cannot be. */
const parseVector = (field: string, text: string, { definitions }: Registry): Start | Refusal => {
  const vector: Vector = new Map();
  const epochs = new Map<Aggregate, number>();
  for (const one of text.split(',')) {
    const [, slug, sequence, epoch] = POSITION.exec(one.trim()) ?? [];
    const definition = definitions.find((known) => known.slug === slug);
    if (!definition)
      return badQuery(
        field,
        `expected positions such as ${definitions[0]?.slug}:42, separated by commas`,
      );
    vector.set(definition, Number(sequence));
    if (epoch !== undefined) epochs.set(definition, Number(epoch));
  }
  return { vector, epochs };
};

const typesOf = (
  c: Ctx,
  registry: Registry,
): { readonly types: readonly Aggregate[] } | Refusal => {
  const names = c.req.queries('aggregate_type');
  if (!names) return { types: registry.definitions };
  const types = new Set<Aggregate>();
  for (const name of names) {
    const definition = registry.aggregate(name);
    const known = registry.definitions.map((one) => one.name);
    if (!definition)
      return refuse(
        'UNKNOWN_AGGREGATE_TYPE',
        `aggregate_type: there is no such type; there are ${known.join(', ')}`,
        { details: { aggregate_types: known } },
      );
    types.add(definition);
  }
  return { types: [...types] };
};

const filterOf = (
  c: Ctx,
  types: readonly Aggregate[],
  version: number,
): Pick<Wish, 'wants' | 'aggregate_id'> | Refusal => {
  const id = c.req.query('aggregate_id');
  const refused = id === undefined ? undefined : badId(id);
  if (refused) return refused;
  const events = c.req.queries('event_type');
  const known = new Set(types.flatMap((one) => Object.keys(one.events)));
  if (events?.some((one) => !known.has(one)))
    return badQuery('event_type', `expected one of ${[...known].join(', ')}`, 'ENUM');
  const named = events && new Set(events);
  const critical = c.req.query('critical');
  if (critical !== undefined && critical !== 'true' && critical !== 'false')
    return badQuery('critical', 'expected true or false', 'ENUM');
  const alerts =
    critical === 'true' ? new Map(types.map((one) => [one, criticalEvents(one)])) : undefined;
  const [actor, source, correlation] = ['actor', 'source', 'correlation_id'].map((name) =>
    c.req.query(name),
  );
  return {
    ...(id !== undefined && { aggregate_id: id }),
    wants: (entry, kind) =>
      (id === undefined || entry.aggregate_id === id) &&
      (!named || named.has(entry.event_type)) &&
      (!alerts || alerts.get(kind)?.has(entry.event_type) === true) &&
      (actor === undefined || entry.actor === actor) &&
      (source === undefined || entry.source === source) &&
      (correlation === undefined || entry.correlation_id === correlation) &&
      entry.aggregate_version >= version,
  };
};

/** After where to begin, by what the request says; `ends` is where each type ends now. */
const startOf = async (
  c: Ctx,
  { store, logReads, runtime: { registry } }: Http,
  { ends, version }: { readonly ends: Vector; readonly version: number },
): Promise<Start | Refusal> => {
  // A browser that connects again asks the first question again and adds this header: it counts.
  const seen = c.req.header('last-event-id');
  const from = c.req.query('from');
  const zero: Vector = new Map([...ends].map(([type]) => [type, 0]));
  const parsed = (field: string, text: string, base: Vector) => {
    const found = parseVector(field, text, registry);
    return isRefusal(found) ? found : { ...found, vector: new Map([...base, ...found.vector]) };
  };
  if (seen) {
    // A type that the id does not know did not exist then: everything of it is new.
    const found = parsed('Last-Event-ID', seen, zero);
    if (isRefusal(found)) return found;
    // The first epoch, and programs that knew of none, name none.
    const first = [...found.vector.keys()].map((type) => [type, 0] as const);
    return { ...found, epochs: new Map([...first, ...found.epochs]) };
  }
  const epochs = new Map<Aggregate, number>();
  if (version > 0) {
    const id = c.req.query('aggregate_id');
    const [type] = ends.keys();
    if (id === undefined || !type || ends.size !== 1 || from !== undefined)
      return badQuery(
        'from_version',
        'goes with one aggregate_type and an aggregate_id, and without from',
      );
    const found = await logReads.read(requestContext(c).who, () =>
      eventsFromVersion(store, { kind: type, id, version, most: 1 }),
    );
    if (isRefusal(found)) return found;
    const [first] = found;
    return { vector: first ? new Map([[type, first.sequence - 1]]) : ends, epochs };
  }
  if (from === START) return { vector: zero, epochs };
  return from === undefined ? { vector: ends, epochs } : parsed('from', from, ends);
};

const KNOWN = [
  'aggregate_type',
  'aggregate_id',
  'event_type',
  'actor',
  'source',
  'correlation_id',
  'critical',
  'from',
  'from_version',
];

/** What is to be followed, from which epoch of each log on. */
export type Subscription = Wish & { readonly epochs: Epochs };

/** What a request for a stream of events wants, or what is wrong with it. */
export const subscriptionOf = async (
  c: Ctx,
  http: Http,
  hub: Hub,
): Promise<Subscription | Refusal> => {
  // A filter that is misspelt would show everything as if it were what was asked for.
  const strange = refuseUnknown(c, KNOWN);
  if (strange) return strange;
  const named = typesOf(c, http.runtime.registry);
  if (isRefusal(named)) return named;
  const version = wholeNumber(c, 'from_version', {
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    otherwise: 0,
  });
  if (isRefusal(version)) return version;
  const filter = filterOf(c, named.types, version.number);
  if (isRefusal(filter)) return filter;
  const epochs = epochsNow(named.types, http); // before it is asked where they end
  const ends: Vector = new Map(
    await Promise.all(named.types.map(async (type) => [type, await hub.last(type)] as const)),
  );
  const start = await startOf(c, http, { ends, version: version.number });
  if (isRefusal(start)) return start;
  const known = new Map([...epochs, ...start.epochs]);
  const gone = givenUpAt({ after: start.vector, epochs: known }, http);
  if (gone) return gone;
  const after: Vector = new Map();
  for (const [type, known] of ends) {
    const sequence = start.vector.get(type) ?? known;
    const end =
      sequence > known ? await endOnceReached(() => http.store.last(type), sequence) : known;
    if (sequence > end)
      return badQuery(
        c.req.header('last-event-id') ? 'Last-Event-ID' : 'from',
        `${type.slug}:${sequence} is ahead of the log, which ends at ${type.slug}:${end}`,
        'RANGE',
      );
    after.set(type, sequence);
  }
  const { who } = requestContext(c);
  return { ...filter, after, epochs, ...(who && { who: nameOf(who) }) };
};
