import type { Projection } from '../../core/projection.js';
import { aggregateOf } from '../projector/decoded-entry.js';
import type { Built, Progress } from './build.js';
import { noticeEffective, noticeRecorded } from './holding.js';
import { GROWTH_MAX } from './limits.js';
import type { Log } from './log.js';
import type { Point } from './point.js';

type Growing = {
  readonly projection: Projection;
  readonly log: Log;
  readonly point: Point;
  /** An answer in the world that holds at this point but for what was recorded since. */
  readonly from: Built;
  readonly progress: Progress;
  readonly now: () => string;
};

/**
 * Put what was recorded since behind an answer in the world: events that came in the order of the
 * world, of aggregates whose events all did. Null where one did not: then documents are made anew.
 */
export const grow = async ({
  projection,
  log,
  point,
  from,
  progress,
  now,
}: Growing): Promise<Built | null> => {
  const documents = from.documents.copy();
  const { recorded, effective } = from.holding;
  const holding = { recorded: { ...recorded }, effective: { ...effective } };
  let count = 0;
  for (const source of projection.sources) {
    const [before, to] = [from.point.to.get(source.slug)!, point.to.get(source.slug)!];
    const disordered = await log.disordered(source, to);
    for await (const batch of log.read(source, before + 1, to)) {
      count += batch.length;
      if (count > GROWTH_MAX) return null;
      for (const entry of batch) {
        const id = aggregateOf(entry);
        if (id !== null && disordered.has(id)) return null;
        noticeRecorded(holding, point, entry);
        noticeEffective(holding, point, entry.occurred);
        if (entry.occurred <= point.effective) documents.take(entry, { now });
      }
    }
  }
  progress.done = progress.total;
  return { point, documents, positions: point.to, next: new Map(), holding };
};
