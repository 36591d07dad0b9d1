import type { Aggregate } from '../../core/aggregate.js';
import { CHAIN_START, linkBreak, occurredAt, type StoredEvent } from '../../core/event.js';
import { historyBroken } from '../../core/history-broken.js';
import { canonicalInstant } from '../../core/instant.js';
import { type Refusal, refuse } from '../../core/refusal.js';
import { extend, type Folded, fromPastSnapshot, nothing, step } from '../../write/runtime/load.js';
import type { EventStore } from '../../write/store/event-store.js';
import { asSaid, inEffectiveOrder, type Timed } from './effective-order.js';
import { EVENTS_PER_EVENT_IN_SNAPSHOT, READ_PAGE } from './limits.js';
import type { AggregateAt, Moment, MomentOrVersion } from './time-travel.js';
import type { Turn } from './turns.js';

/** An event, or the snapshot made right after it, as far as a moment is concerned. */
type Mark = { readonly version: number; readonly timestamp: string; readonly sequence: number };
type Counts = (mark: Mark) => boolean;
/** Whose history is read, and the turns that it is read in. */
type One = { readonly definition: Aggregate; readonly id: string; readonly turn: Turn };

const markOf = (event: StoredEvent): Mark => ({
  version: event.aggregate_version,
  timestamp: event.event_timestamp,
  sequence: event.sequence,
});

/** Whether something had been recorded by then. Within one aggregate: first yes, then no. */
const recordedBy = ({ slug }: Aggregate, asOf: Moment['asOf']): Counts => {
  if (asOf === null) return () => true;
  if (typeof asOf === 'string') {
    const until = Date.parse(asOf);
    return ({ timestamp }) => Date.parse(timestamp) <= until;
  }
  const last = asOf.get(slug) ?? Number.POSITIVE_INFINITY;
  return ({ sequence }) => sequence <= last;
};

/**
 * Events of one aggregate page by page, as long as they count; `enough` = how many are wanted at
 * most, so that no more are read than that.
 */
async function* counted(
  store: EventStore,
  { definition, id, from }: { definition: Aggregate; id: string; from: number },
  { counts, enough }: { counts: Counts; enough: number },
): AsyncGenerator<readonly StoredEvent[]> {
  let next = from;
  for (let left = enough; left > 0; ) {
    const size = Math.min(READ_PAGE, left);
    const page = await store.read(definition, id, next, size);
    const end = page.findIndex((event) => !counts(markOf(event)));
    yield end === -1 ? page : page.slice(0, end);
    if (end !== -1 || page.length < size) return;
    left -= page.length;
    next = page.at(-1)!.sequence + 1;
  }
}

/**
 * The newest snapshot that is old enough. Each one looked at takes as long as reading some events,
 * more the longer its history: before that takes longer than reading all up to the moment, it is
 * given up. Snapshots only save time, so a bucket that fails is none.
 */
const newestSnapshot = async (
  store: EventStore,
  { definition, id }: { definition: Aggregate; id: string },
  { counts, most }: { counts: Counts; most: number },
): Promise<Folded | undefined> => {
  let spent = 0;
  try {
    for await (const snapshot of store.snapshots(definition, id)) {
      const folded = counts(snapshot) ? fromPastSnapshot(definition, snapshot) : undefined;
      if (folded) return folded;
      spent += 1 + snapshot.version / EVENTS_PER_EVENT_IN_SNAPSHOT;
      if (spent > Math.min(most, snapshot.version)) return undefined;
    }
  } catch {
    return undefined;
  }
  return undefined;
};

type Reached = { readonly folded: Folded; readonly last: StoredEvent | undefined };

/** Fold what counts, in the order recorded, from `start` on; undefined when `start` is not true. */
const foldFrom = async (
  store: EventStore,
  { definition, id, turn, start }: One & { readonly start: Folded | undefined },
  { counts, most }: { counts: Counts; most: number },
): Promise<Reached | undefined> => {
  let folded = start ?? nothing(definition);
  let last: StoredEvent | undefined;
  const from = start?.sequence ?? 1;
  // The event that the snapshot was made at is read too: it proves the snapshot.
  const enough = start ? most - start.version + 1 : most;
  for await (const page of counted(store, { definition, id, from }, { counts, enough })) {
    await turn();
    const proof = start && last === undefined ? page[0] : undefined;
    if (start && last === undefined && (proof?.sequence !== from || proof.hash !== start.head))
      return undefined;
    folded = extend(definition, folded, proof ? page.slice(1) : page);
    last = page.at(-1) ?? last;
  }
  return { folded, last };
};

/** `last` is the event of the highest version that counts. */
const toAggregateAt = (
  { definition, id }: { definition: Aggregate; id: string },
  { state }: Pick<Folded, 'state'>,
  { last, occurred_at }: { readonly last: StoredEvent; readonly occurred_at: string },
): AggregateAt => ({
  definition,
  id,
  state,
  version: last.aggregate_version,
  sequence: last.sequence,
  recorded_at: last.event_timestamp,
  occurred_at,
});

/** Why there is nothing: it never was, or not yet. `first` = what counts first, if known. */
const absent = async (
  store: EventStore,
  { definition, id }: { definition: Aggregate; id: string },
  first?: Timed<StoredEvent>,
): Promise<Refusal> => {
  const [recorded] = first ? [first] : (await store.read(definition, id, 1, 1)).map(asSaid);
  if (!recorded) return refuse('NOT_FOUND', `${definition.name} ${id} does not exist`);
  const { event, at } = recorded;
  const broken = first ? undefined : linkBreak(CHAIN_START, event);
  if (broken) throw historyBroken(event, broken);
  const details = {
    recorded_at: canonicalInstant(event.event_timestamp),
    occurred_at: new Date(at).toISOString(),
  };
  const when =
    details.recorded_at === details.occurred_at
      ? `it was recorded at ${details.recorded_at}`
      : `it was recorded at ${details.recorded_at}, as of ${details.occurred_at}`;
  return refuse('NOT_FOUND', `${definition.name} ${id} did not exist then: ${when}`, { details });
};

/** What was recorded by a moment, or up to a version. */
const asRecorded = async (
  store: EventStore,
  one: One,
  { counts, most }: { counts: Counts; most: number },
): Promise<AggregateAt | Refusal> => {
  const bound = { counts, most };
  const start = await newestSnapshot(store, one, bound);
  const { folded, last } =
    (start && (await foldFrom(store, { ...one, start }, bound))) ??
    (await foldFrom(store, { ...one, start: undefined }, bound))!;
  return last
    ? toAggregateAt(one, folded, { last, occurred_at: occurredAt(last) })
    : absent(store, one);
};

/** The events of one aggregate from the first on, as long as they count, with their chain checked. */
const knownEvents = async (
  store: EventStore,
  { definition, id, turn }: One,
  bound: { readonly counts: Counts; readonly enough: number },
): Promise<readonly StoredEvent[]> => {
  const events: StoredEvent[] = [];
  for await (const page of counted(store, { definition, id, from: 1 }, bound)) events.push(...page);
  let head = CHAIN_START;
  for (const event of events) {
    await turn();
    const broken = linkBreak(head, event);
    if (broken) throw historyBroken(event, broken);
    head = { version: event.aggregate_version, hash: event.hash };
  }
  return events;
};

/**
 * The events of one aggregate that count at a moment or a version, in the order they count, and from
 * when on each does.
 */
export const countedEvents = async (
  store: EventStore,
  one: One,
  at: MomentOrVersion,
): Promise<readonly Timed<StoredEvent>[] | Refusal> => {
  if ('version' in at) {
    const events = await knownEvents(store, one, { counts: () => true, enough: at.version });
    return events.length === at.version
      ? events.map(asSaid)
      : ahead(store, one, at.version, events.length);
  }
  const counts = recordedBy(one.definition, at.asOf);
  const known = await knownEvents(store, one, { counts, enough: Number.POSITIVE_INFINITY });
  if (at.effectiveAt === null) return known.length > 0 ? known.map(asSaid) : absent(store, one);
  const until = Date.parse(at.effectiveAt);
  const ordered = await inEffectiveOrder(one.definition, known, one.turn);
  const events = ordered.filter((event) => event.at <= until);
  return events.length > 0 ? events : absent(store, one, ordered[0]);
};

/** All events of one aggregate in the order of the world, those still to come among them. */
export const eventsInEffectiveOrder = async (
  store: EventStore,
  one: One,
): Promise<readonly Timed<StoredEvent>[] | Refusal> => {
  const bound = { counts: () => true, enough: Number.POSITIVE_INFINITY };
  const known = await knownEvents(store, one, bound);
  return known.length > 0 ? inEffectiveOrder(one.definition, known, one.turn) : absent(store, one);
};

const ahead = async (
  store: EventStore,
  { definition, id }: { definition: Aggregate; id: string },
  asked: number,
  last: number,
): Promise<Refusal> =>
  last === 0
    ? absent(store, { definition, id })
    : refuse(
        'NOT_FOUND',
        `${definition.name} ${id} has no version ${asked} yet; its last is ${last}`,
        { details: { last_version: last } },
      );

/** Fold events that were put into an order of their own. */
export const foldInOrder = async (
  one: One,
  counted: readonly Timed<StoredEvent>[],
): Promise<AggregateAt> => {
  let { initial: state } = one.definition;
  let last = counted[0]!.event;
  for (const { event } of counted) {
    await one.turn();
    state = step(one.definition, state, event);
    if (event.aggregate_version > last.aggregate_version) last = event;
  }
  return toAggregateAt(
    one,
    { state },
    { last, occurred_at: new Date(counted.at(-1)!.at).toISOString() },
  );
};

/**
 * One aggregate at a moment or a version. By server time, position or version: the newest snapshot
 * that is old enough, and the events after it. By time in the world: all its events, since one that
 * was recorded late may have become true early, and only reading them tells.
 *
 * @throws Fault HISTORY_BROKEN, HISTORY_MISFIT, HISTORY_UNREADABLE, STORE_UNAVAILABLE
 */
export const aggregateAt = async (
  store: EventStore,
  one: One,
  at: MomentOrVersion,
): Promise<AggregateAt | Refusal> => {
  if ('version' in at) {
    const counts: Counts = ({ version }) => version <= at.version;
    const found = await asRecorded(store, one, { counts, most: at.version });
    if ('refused' in found || found.version === at.version) return found;
    return ahead(store, one, at.version, found.version);
  }
  if (at.effectiveAt === null)
    return asRecorded(store, one, {
      counts: recordedBy(one.definition, at.asOf),
      most: Number.POSITIVE_INFINITY,
    });
  const events = await countedEvents(store, one, at);
  return 'refused' in events ? events : foldInOrder(one, events);
};
