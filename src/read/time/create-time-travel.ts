import type { Aggregate } from '../../core/aggregate.js';
import { endOnceReached } from '../../core/end-once-reached.js';
import type { Projection } from '../../core/projection.js';
import { isRefusal, type Refusal, refuse } from '../../core/refusal.js';
import { yieldToEventLoop } from '../../core/yield-to-event-loop.js';
import type { EventStore } from '../../write/store/event-store.js';
import { countingFrom, decodeEvent } from '../projector/decoded-entry.js';
import { leftOutKey, MemoryDocuments } from '../projector/memory-documents.js';
import type { Projections, Reading } from '../projector/projections.js';
import type { ViewStore } from '../views/port.js';
import { aggregateAt, countedEvents, eventsInEffectiveOrder, foldInOrder } from './aggregate-at.js';
import { type Built, build, type Progress } from './build.js';
import { Builds } from './builds.js';
import { grow } from './grow.js';
import { heldBefore } from './holding.js';
import { DOCUMENTS_AT_ONCE, TIME_LIMITS, type TimeLimits } from './limits.js';
import { Log } from './log.js';
import { ahead, leadsTo, type Point, pointOf, settledKey } from './point.js';
import { Readings } from './readings.js';
import { staysIn } from './stays.js';
import type { MomentOrVersion, TimeTravel } from './time-travel.js';
import { turns } from './turns.js';

export type TimeTravelOptions = {
  readonly store: EventStore;
  /** An empty read store in memory; it is closed when its answer is dropped. */
  readonly ephemeral: () => Promise<ViewStore>;
  /** Asked which events an operator left out; without it none were. */
  readonly projections?: Pick<Projections, 'discarded' | 'status'>;
  readonly limits?: Partial<TimeLimits>;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
};

/** A question: `there` = what was left out when it was asked. */
type Asked = { readonly projection: Projection; readonly point: Point; readonly there: string };
type Building = { readonly done: Promise<Reading>; readonly progress: Progress };

const nothingLeftOut: ReadonlySet<string> = new Set();

/** Time travel over a log: folds in memory what counts at a moment. Close it to free the answers. */
export const createTimeTravel = ({
  store,
  ephemeral,
  projections,
  limits: given,
  clock = Date.now,
}: TimeTravelOptions): TimeTravel & { forget(): void; close(): Promise<void> } => {
  const limits = { ...TIME_LIMITS, ...given };
  const log = new Log(store, limits.eventsKept);
  const readings = new Readings(limits);
  const building = new Map<string, Building>();
  const builds = new Builds();
  /** Of all histories that are told: each may be long, and many are asked for at once. */
  const turn = turns();
  const now = (): string => new Date(clock()).toISOString();

  /** What an operator left out when it is asked; looked up once per question, it takes a while. */
  const leftOutThere = ({ name }: Projection): string => {
    const status = projections?.status().find((one) => one.name === name);
    // Of one set of documents more is left out as time goes by, never less; another set may differ.
    return `${status?.generation ?? 0}/${status?.discarded_events ?? 0}`;
  };
  /** What every question about a projection begins with: changes with whatever shapes answers. */
  const about = ({ projection, there }: Pick<Asked, 'projection' | 'there'>): string =>
    `${log.generation} ${projection.hash} ${there} `;
  const leftOut = async ({ name }: Projection): Promise<ReadonlySet<string>> => {
    const found = await projections?.discarded(name);
    if (!found || isRefusal(found)) return nothingLeftOut;
    return new Set(found.map(leftOutKey));
  };

  /** The longest answer at hand that only has to be gone on from. */
  const nearest = ({ point, ...asked }: Asked): Built | null =>
    readings
      .about(about(asked))
      .map(({ built }) => built)
      .filter((built) => leadsTo(built.point, point))
      .reduce<Built | null>(
        (best, one) => (best && !leadsTo(best.point, one.point) ? best : one),
        null,
      );

  /** The documents at a point, going on from those at hand wherever that is possible. */
  const foldedAt = async (asked: Asked & { readonly progress: Progress }): Promise<Built> => {
    const { projection, point, progress } = asked;
    const work = { projection, log, point, progress, now };
    const before = readings
      .about(about(asked))
      .map((one) => one.built)
      .findLast((one) => heldBefore(one, point));
    const grown = before && (await grow({ ...work, from: before }));
    if (grown) return grown;
    const from = nearest(asked);
    const documents =
      from?.documents.copy() ?? new MemoryDocuments(projection, await leftOut(projection));
    return build({ ...work, from, documents });
  };

  const filled = async (
    projection: Projection,
    { documents, positions }: Built,
  ): Promise<Reading> => {
    const { name, version, hash, columns, search } = projection;
    const views = await ephemeral();
    try {
      const slot = await views.createSlot(
        { projection: name, version, hash, columns, search },
        'live',
      );
      const all = [...documents.views].map(([key, document]) => ({ key, document }));
      const rest = { folds: [], park: [], unpark: [], discard: [] };
      for (let at = 0; at < all.length; at += DOCUMENTS_AT_ONCE) {
        const part = all.slice(at, at + DOCUMENTS_AT_ONCE);
        await views.commit(slot, { ...rest, advance: null, documents: part });
        await yieldToEventLoop();
      }
      const park = [...documents.parked.values()];
      if (park.length > 0)
        await views.commit(slot, { ...rest, advance: null, documents: [], park });
      return { projection, store: views, slot, positions };
    } catch (error) {
      await views.close().catch(() => {});
      throw error;
    }
  };

  const make = async (
    key: string,
    asked: Asked & { readonly progress: Progress },
  ): Promise<Reading> => {
    const { projection, point } = asked;
    // Whoever was before may have answered this, too.
    const same = readings.holding(about(asked), point);
    if (same) return same.reading;
    const made = await foldedAt(asked);
    const reading = await filled(projection, made);
    readings.add(key, { built: made, reading });
    return reading;
  };

  const begin = (key: string, asked: Asked, who: string | undefined): Building | Refusal => {
    const full = builds.refusal(who);
    if (full) return full;
    const total = [...asked.point.to.values()].reduce((sum, to) => sum + to, 0);
    const progress = { done: 0, total };
    const done = builds
      .hold(who, () => make(key, { ...asked, progress }))
      .finally(() => building.delete(key));
    done.catch(() => {}); // whoever asked is told; nobody may have stayed
    const one = { done, progress };
    building.set(key, one);
    return one;
  };

  /** The answer, or how far it is when it takes too long; it is made all the same. */
  const awaited = async (
    { name }: Projection,
    { done, progress }: Building,
  ): Promise<Reading | Refusal> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Refusal>((resolve) => {
      timer = setTimeout(() => {
        const { done: looked, total } = progress;
        const percent = total === 0 ? 0 : Math.min(99, Math.floor((100 * looked) / total));
        const message = `${name} at that moment is being computed (${percent} %); ask again in a moment`;
        const details = { done: looked, total, percent };
        resolve(refuse('AS_OF_BUILDING', message, { details }));
      }, limits.answerWithinMs);
    });
    try {
      return await Promise.race([done, late]);
    } finally {
      clearTimeout(timer);
    }
  };

  const reading: TimeTravel['reading'] = async (projection, moment, who) => {
    const known = settledKey(projection, moment, clock());
    const there = leftOutThere(projection);
    const kept = known && readings.get(about({ projection, there }) + known);
    if (kept) return kept.reading;
    const { sources } = projection;
    const ends = new Map(
      await Promise.all(
        sources.map(async (one) => {
          const { asOf } = moment;
          const wanted = asOf === null || typeof asOf === 'string' ? 0 : (asOf.get(one.slug) ?? 0);
          return [one.slug, await endOnceReached(() => log.end(one), wanted)] as const;
        }),
      ),
    );
    const point = pointOf(projection, moment, { ends, now: clock() });
    if (isRefusal(point)) return point;
    const beginning = about({ projection, there });
    const key = beginning + point.key;
    const found = readings.get(key) ?? readings.holding(beginning, point);
    if (found) return found.reading;
    const under = building.get(key) ?? begin(key, { projection, point, there }, who);
    return isRefusal(under) ? under : awaited(projection, under);
  };

  /** What is said as of a position never changes: one that the log has not reached is refused. */
  const aheadOfLog = async (
    definition: Aggregate,
    at: MomentOrVersion,
  ): Promise<Refusal | undefined> => {
    if ('version' in at || at.asOf === null || typeof at.asOf === 'string') return undefined;
    const sequence = at.asOf.get(definition.slug) ?? 0;
    const last = await endOnceReached(() => store.last(definition), sequence);
    return sequence > last ? ahead(definition.slug, sequence, last) : undefined;
  };

  return {
    reading,
    aggregate: async (definition, id, at) =>
      (await aheadOfLog(definition, at)) ?? aggregateAt(store, { definition, id, turn }, at),
    stays: async (definition, id) => {
      const events = await eventsInEffectiveOrder(store, { definition, id, turn });
      return isRefusal(events) ? events : staysIn(definition, events, turn);
    },
    document: async (projection, definition, id, at) => {
      const one = { definition, id, turn };
      const events = (await aheadOfLog(definition, at)) ?? (await countedEvents(store, one, at));
      if (isRefusal(events)) return events;
      const documents = new MemoryDocuments(projection, await leftOut(projection));
      const taking = { now, inEffectiveOrder: true };
      for (const { event, at: from } of events) {
        await turn();
        documents.take(countingFrom(decodeEvent(definition, event), from), taking);
      }
      return {
        document: documents.views.get(id) ?? null,
        at: await foldInOrder(one, events),
      };
    },
    forget: () => log.forget(),
    close: () => readings.close(),
  };
};
