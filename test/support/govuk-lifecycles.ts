import { expect } from 'vitest';
import { actors } from '../../actors/index.js';
import { occurredAt, type StoredEvent } from '../../src/core/event.js';
import type { View } from '../../src/core/projection.js';
import { isRefusal } from '../../src/core/refusal.js';
import { done } from '../../src/core/steps.js';
import { lifecycles } from '../../src/read/projections/lifecycles.js';
import { createTimeTravel } from '../../src/read/time/create-time-travel.js';
import { postgresViews, sqliteViews } from '../../src/read/views/index.js';
import type { ViewStore } from '../../src/read/views/port.js';
import type { EventStore } from '../../src/write/store/event-store.js';
import { naiveStatistics } from './lifecycle-oracle.js';
import { startTestPostgres } from './postgres.js';
import { caughtUp, documentsOf, expectVerified, startTestProjections } from './projecting.js';

type Documents = Readonly<Record<string, unknown>>;

const NOW = '2030-01-01T00:00:00.000Z';
const YEAR_S = 365 * 86_400;
const DAY = '2019-06-01T00:00:00.000Z';
/** A place in the middle of the stream of applications. */
const HALF = 600;
const ALL = 10_000;
const projection = lifecycles(actors);

const told = (documents: Documents, aggregate_type: string): unknown =>
  done(
    projection.reports.statistics!.answer(
      Object.values(documents) as View[],
      { aggregate_type },
      { now: NOW },
    ),
  );

/** Sums of seconds in another order differ in their last digits. */
const rounded = (of: unknown): unknown =>
  JSON.parse(
    JSON.stringify(of, (key, value) =>
      key === 'mean' && typeof value === 'number' ? Math.round(value) : value,
    ),
  );

const expectRight = (documents: Documents, events: readonly StoredEvent[]): void => {
  for (const definition of actors) {
    const own = events.filter(({ aggregate_type }) => aggregate_type === definition.name);
    const happened = own.map((event) => ({ ...event, occurred_at: occurredAt(event) }));
    expect(rounded(told(documents, definition.name))).toEqual(
      rounded(naiveStatistics(definition, happened, NOW)),
    );
  }
};

/** Nine years in the world, recorded in seconds. */
const expectYears = (documents: Documents): void => {
  const { statuses, edges } = told(documents, 'Application') as {
    statuses: { dwell_seconds: { max: number } | null }[];
    edges: { count: number }[];
  };
  const longest = Math.max(...statuses.map((one) => one.dwell_seconds?.max ?? 0));
  expect(longest).toBeGreaterThan(YEAR_S);
  expect(Math.max(...edges.map(({ count }) => count))).toBeGreaterThan(100);
};

const expectBuilt = async (
  store: EventStore,
  views: ViewStore,
  events: readonly StoredEvent[],
): Promise<void> => {
  const all = startTestProjections({ definitions: [projection], store, views });
  try {
    await caughtUp(all, 'lifecycles', store);
    const documents = await documentsOf(all, 'lifecycles');
    expectRight(documents, events);
    expectYears(documents);
    await expectVerified(all, 'lifecycles');
  } finally {
    await all.close();
    await views.close();
  }
};

const expectTravels = async (store: EventStore, events: readonly StoredEvent[]): Promise<void> => {
  const travel = createTimeTravel({ store, ephemeral: () => sqliteViews(':memory:') });
  const positions = new Map(actors.map(({ slug }) => [slug, slug === 'application' ? HALF : 0]));
  const isHalf = ({ aggregate_type, sequence }: StoredEvent): boolean =>
    aggregate_type === 'Application' && sequence <= HALF;
  const wasTrue = (event: StoredEvent): boolean => Date.parse(occurredAt(event)) <= Date.parse(DAY);
  for (const [moment, counts] of [
    [{ asOf: positions, effectiveAt: null }, isHalf],
    [{ asOf: null, effectiveAt: DAY }, wasTrue],
  ] as const) {
    const reading = await travel.reading(projection, moment);
    if (isRefusal(reading)) throw new Error(reading.message);
    const documents = await reading.store.pageByKey(reading.slot, null, ALL);
    const given = events.filter(counts);
    expect(given.length).toBeGreaterThan(100);
    expectRight(Object.fromEntries(documents.map(({ key, document }) => [key, document])), given);
  }
  await travel.close();
};

/**
 * The lifecycles of all there is in a log are what its events say: built in SQLite and (where it
 * is installed) in PostgreSQL, and as they were known, or true, at a moment.
 */
export const expectLifecycles = async (store: EventStore): Promise<void> => {
  const events: StoredEvent[] = [];
  for (const definition of actors)
    for await (const entry of store.scan(definition, 1))
      if ('event' in entry) events.push(entry.event);
  await expectBuilt(store, await sqliteViews(':memory:'), events);
  await expectTravels(store, events);
  const postgres = await startTestPostgres();
  if (!postgres) return;
  try {
    await expectBuilt(store, await postgresViews(await postgres.database()), events);
  } finally {
    await postgres.stop();
  }
};
