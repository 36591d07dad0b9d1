import type { Projection, View } from '../../core/projection.js';
import { Fault } from '../../core/refusal.js';
import type { ParkedEvents } from '../views/port.js';
import { compareDocuments, documentsInMemory } from './compare.js';
import { rowKey } from './parking.js';
import type { Comparison } from './projections.js';
import type { ProjectorContext } from './projector-context.js';
import { type LeftOut, Recomputed } from './recompute.js';
import { sumOf } from './source-progress.js';
import type { Worker } from './worker.js';

/**
 * Compute documents anew from the log and compare them with those that a worker moves.
 * @throws Fault VIEW_MISFIT, VERIFY_STUCK
 */
export const verify = async (
  worker: Worker,
  { projection, context }: { readonly projection: Projection; readonly context: ProjectorContext },
  onProgress: (done: number, total: number) => void,
): Promise<Comparison> => {
  const { views } = context;
  const total = sumOf(worker.positions);
  const told = (done: number): void => onProgress(Math.min(done, total), total);
  const without = await leftOut(views, worker);
  const ahead = new Recomputed(projection, without, context);
  await ahead.advance(worker.positions, told);
  // The rest while the documents stand still: as little as came in meanwhile.
  return worker.exclusive(async () => {
    const now = await leftOut(views, worker);
    const same = keyOf(now) === keyOf(without);
    const computed = same ? ahead : new Recomputed(projection, now, context);
    await computed.advance(worker.positions, told);
    for (const [key, document] of computed.documents) checkView(projection, key, document);
    onProgress(total, total);
    const { slot, positions } = worker;
    return compareDocuments(views, slot, documentsInMemory(computed.documents), positions);
  });
};

const leftOut = async (views: ParkedEvents, { slot }: Worker): Promise<LeftOut> => ({
  parked: await views.parked(slot),
  discarded: await views.discarded(slot),
});

/** Says which events are left out, whatever else their rows say. */
const keyOf = ({ parked, discarded }: LeftOut): string =>
  JSON.stringify([...parked, ...discarded].map((row) => [rowKey(row), row.sequence]));

/** Handlers that make documents of another shape than they say are told of here, not at each event. */
const checkView = ({ name, view }: Projection, key: string, document: View): void => {
  const parsed = view.safeParse(document);
  if (parsed.success) return;
  const [issue] = parsed.error.issues;
  throw new Fault(
    'VIEW_MISFIT',
    `${name}: the document ${key} does not have the shape of its view at "${issue?.path.join('.')}": ${issue?.message}`,
  );
};
