import { expect } from 'vitest';
import type { Projection } from '../../src/core/projection.js';
import { isRefusal, type Refusal } from '../../src/core/refusal.js';
import { pagesOf } from '../../src/read/projector/compare.js';
import type { ProjectorLimits } from '../../src/read/projector/limits.js';
import type { ProjectionStatus, Projections } from '../../src/read/projector/projections.js';
import { startProjections } from '../../src/read/projector/start-projections.js';
import type { ViewStore } from '../../src/read/views/port.js';
import type { EventStore } from '../../src/write/store/event-store.js';
import { PATIENCE_MS } from './patience.js';

type Said = (what: object, message: string) => void;
export const SILENT: { info: Said; warn: Said; error: Said } = {
  info: () => {},
  warn: () => {},
  error: () => {},
};

/** Projections with short waits. */
export const startTestProjections = (
  given: {
    readonly definitions: readonly Projection[];
    readonly store: EventStore;
    readonly views: ViewStore;
    readonly clock?: () => number;
    readonly log?: typeof SILENT;
  },
  limits: Partial<ProjectorLimits> = {},
): Projections =>
  startProjections({
    log: SILENT,
    ...given,
    limits: { lookEveryMs: 50, stalledAfterMs: 1_000, retryAfterMs: [5, 10, 20], ...limits },
  });

export const statusOf = (all: Projections, name: string): ProjectionStatus =>
  all.status().find((one) => one.name === name)!;

/** Wait for something that comes about by itself; fails with what was there last. */
export const until = async <T>(
  look: () => T | Promise<T>,
  good: (seen: T) => boolean,
): Promise<T> => {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const seen = await look();
    if (good(seen)) return seen;
    if (performance.now() > deadline) throw new Error(`still ${JSON.stringify(seen)}`);
    await new Promise((wake) => setTimeout(wake, 20));
  }
};

/** Settles when a projection has taken all there is and is healthy. */
export const caughtUp = async (
  all: Projections,
  name: string,
  store: EventStore,
): Promise<void> => {
  const { sources } = all.definitions.find((one) => one.name === name)!;
  const ends = new Map(
    await Promise.all(
      sources.map(
        async ({ slug, definition }) =>
          [slug, (await store.ends(definition ?? 'journal')).last] as const,
      ),
    ),
  );
  await until(
    () => statusOf(all, name),
    ({ state, sources: now }) =>
      state === 'running' && now.every(({ source, sequence }) => sequence >= ends.get(source)!),
  );
};

/** Every document of a projection, by key. */
export const documentsOf = async (
  all: Projections,
  name: string,
): Promise<Readonly<Record<string, unknown>>> => {
  const { store, slot } = await all.reading(name);
  const found: Record<string, unknown> = {};
  for await (const page of pagesOf(store, slot))
    for (const { key, document } of page) found[key] = document;
  return found;
};

/** The documents are those that the log makes from scratch, key by key. */
export const expectVerified = async (all: Projections, name: string): Promise<void> => {
  const compared = await all.verify(name);
  if (isRefusal(compared)) throw new Error(compared.message);
  expect(compared.differences).toEqual([]);
  expect(compared.equal).toBe(true);
};

/** What an operation answered, or a failure with its refusal. */
export const done = <T extends object>(answer: T | Refusal): T => {
  if (isRefusal(answer)) throw new Error(`${answer.refused}: ${answer.message}`);
  return answer;
};
