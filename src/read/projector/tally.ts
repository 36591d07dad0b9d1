import type { Projection } from '../../core/projection.js';
import type { StreamEnds } from '../../write/store/event-log.js';
import { type Checkpoints, isSameSlot, type Slot } from '../views/port.js';
import { COUNT_EVERY_MS } from './limits.js';
import type { SourceStatus, Vector } from './projections.js';
import type { Instant, ProjectorContext } from './projector-context.js';
import {
  type Progress,
  positionsOf,
  progressFrom,
  seeEnd,
  sourceStatus,
} from './source-progress.js';
import type { Worker } from './worker.js';

/** Counts of the live documents, and how far they are while another node moves them, or nobody. */
export class Tally {
  readonly #projection: Projection;
  readonly #context: ProjectorContext;
  #documents = 0;
  #discarded = 0;
  #counted:
    | { readonly slot: Slot; readonly revision: number | null; readonly elapsed: number }
    | undefined;
  #progress: Progress;

  constructor(projection: Projection, context: ProjectorContext) {
    this.#projection = projection;
    this.#context = context;
    this.#progress = progressFrom(projection.sources, [], new Map());
  }

  get documents(): number {
    return this.#documents;
  }
  get discarded(): number {
    return this.#discarded;
  }

  /** How far the live documents were at the last look, while this node does not move them. */
  get positions(): Vector {
    return positionsOf(this.#progress);
  }

  sources(): readonly SourceStatus[] {
    const now = this.#context.clock();
    return [...this.#progress.values()].map((one) => sourceStatus(one, now));
  }

  /** How far a slot is, as it is written. */
  async written(
    slot: Slot,
    store: Pick<Checkpoints, 'checkpoints'> = this.#context.views,
  ): Promise<Vector> {
    const written = await store.checkpoints(slot);
    return positionsOf(progressFrom(this.#projection.sources, written, new Map()));
  }

  /** Count again if the live slot changed and it is not too soon. */
  async look(
    live: Slot,
    worker: Worker | undefined,
    { ends, asked }: { readonly ends: ReadonlyMap<string, StreamEnds>; readonly asked: Instant },
  ): Promise<void> {
    const { elapsed } = asked;
    const { views } = this.#context;
    if (!worker) await this.#lookFromAfar(live, ends, asked);
    if (worker && !worker.loaded) return;
    const revision = worker?.revision ?? (await views.revision(live));
    const before = this.#counted;
    if (before && isSameSlot(before.slot, live))
      if (before.revision === revision || elapsed - before.elapsed < COUNT_EVERY_MS) return;
    this.#counted = { slot: live, revision, elapsed };
    this.#documents = await views.count(live);
    this.#discarded = (await views.discarded(live)).length;
  }

  async #lookFromAfar(
    live: Slot,
    ends: ReadonlyMap<string, StreamEnds>,
    asked: Instant,
  ): Promise<void> {
    const written = await this.#context.views.checkpoints(live);
    const progress = progressFrom(this.#projection.sources, written, this.#progress);
    for (const [slug, one] of progress) {
      const end = ends.get(slug);
      if (end) seeEnd(one, end, asked);
    }
    this.#progress = progress;
  }
}
