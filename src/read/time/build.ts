import type { Projection, ProjectionSource } from '../../core/projection.js';
import { aggregateOf, countingFrom, type DecodedEntry } from '../projector/decoded-entry.js';
import type { MemoryDocuments } from '../projector/memory-documents.js';
import type { Vector } from '../projector/projections.js';
import { inEffectiveOrder } from './effective-order.js';
import { type Holding, holdingFrom, noticeEffective, noticeRecorded } from './holding.js';
import type { Log } from './log.js';
import { type Point, recordedAt } from './point.js';
import { turns } from './turns.js';

/** How far the making of an answer is: messages looked at, and how many there are. */
export type Progress = { done: number; total: number };

/** MemoryDocuments at a point, and what of each source is in them. */
export type Built = {
  readonly point: Point;
  readonly documents: MemoryDocuments;
  readonly positions: Vector;
  /** Per source, the first message that did not count: what comes next begins there at the latest. */
  readonly next: Vector;
  readonly holding: Holding;
};

type Work = {
  readonly projection: Projection;
  readonly log: Log;
  readonly point: Point;
  readonly documents: MemoryDocuments;
  /** What the documents hold already; null for nothing. */
  readonly from: Built | null;
  readonly progress: Progress;
  readonly holding: Holding;
  readonly now: () => string;
};

/** Fold what counts at a point in the order recorded; begin where an earlier point ended. */
const asRecorded = async (
  { log, point, documents, from, progress, holding, now }: Work,
  source: ProjectionSource,
): Promise<{ readonly included: number; readonly next: number }> => {
  const { slug } = source;
  const start = from?.next.get(slug) ?? 1;
  const to = point.to.get(slug)!;
  let included = from?.positions.get(slug) ?? 0;
  let next: number | undefined;
  progress.done += start - 1;
  for await (const batch of log.read(source, start, to)) {
    for (const entry of batch) {
      const counts = recordedAt(point, entry);
      noticeRecorded(holding, point, entry);
      if (!counts) next ??= entry.sequence;
      if (!counts || (from && recordedAt(from.point, entry))) continue;
      documents.take(entry, { now });
      included = Math.max(included, entry.sequence);
    }
    progress.done += batch.length;
  }
  // Positions name messages that are no events too: without a time, all up to there was taken.
  return { included: Number.isFinite(point.recorded) ? included : to, next: next ?? to + 1 };
};

/** Fold what was true by then of what was recorded. */
const asTrue = async (
  { log, point, documents, from, progress, holding, now }: Work,
  source: ProjectionSource,
): Promise<void> => {
  const to = point.to.get(source.slug)!;
  const after = from?.point.effective ?? Number.NEGATIVE_INFINITY;
  // An event that no handler can be given stays where it is: nobody knows when it was true.
  const counts = (at: number): boolean => at <= point.effective && (at > after || !from);
  const disordered = await log.disordered(source, to);
  for await (const batch of log.read(source, 1, to)) {
    for (const entry of batch) {
      noticeRecorded(holding, point, entry);
      const id = aggregateOf(entry);
      if (!recordedAt(point, entry) || (id !== null && disordered.has(id))) continue;
      noticeEffective(holding, point, entry.occurred);
      if (counts(entry.occurred)) documents.take(entry, { now });
    }
    progress.done += batch.length;
  }
  const { definition } = source;
  if (!definition) return;
  const turn = turns();
  const taking = { now, inEffectiveOrder: true };
  for (const id of disordered) {
    await turn();
    const known = (await log.ofAggregate(source, id, to)).filter((entry) =>
      recordedAt(point, entry),
    );
    const broken = known.findIndex(({ kind }) => kind === 'unreadable');
    const readable = (broken === -1 ? known : known.slice(0, broken)).flatMap((entry) =>
      entry.kind === 'event' ? [entry] : [],
    );
    const byEvent = new Map<object, DecodedEntry>(readable.map((entry) => [entry.stored, entry]));
    const stored = readable.map((entry) => entry.stored);
    for (const { event, at } of await inEffectiveOrder(definition, stored, turn)) {
      await turn();
      noticeEffective(holding, point, at);
      if (counts(at)) documents.take(countingFrom(byEvent.get(event)!, at), taking);
    }
    if (broken !== -1 && !from)
      for (const entry of known.slice(broken)) {
        await turn();
        documents.take(entry, taking);
      }
  }
};

/** The documents of a projection at a point. Others get their turn meanwhile. */
export const build = async (asked: Omit<Work, 'holding'>): Promise<Built> => {
  const { projection, point, documents, from } = asked;
  const positions = new Map<string, number>();
  const next = new Map<string, number>();
  const inTheWorld = Number.isFinite(point.effective);
  // In the order recorded, what counted at an earlier point is not looked at again.
  const holding = holdingFrom(inTheWorld ? undefined : from?.holding.recorded.from);
  const work = { ...asked, holding };
  for (const source of projection.sources) {
    if (inTheWorld) {
      await asTrue(work, source);
      positions.set(source.slug, point.to.get(source.slug)!);
      continue;
    }
    const done = await asRecorded(work, source);
    positions.set(source.slug, done.included);
    next.set(source.slug, done.next);
  }
  return { point, documents, positions, next, holding };
};
