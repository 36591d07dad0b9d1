import type { Projection } from '../../core/projection.js';
import { isSameSlot, type Slot } from '../views/port.js';
import { ProgressRate } from './progress-rate.js';
import type { ProjectorContext } from './projector-context.js';
import { Worker } from './worker.js';

/** The workers of one projection on this node: for the live slot, and for the one being built. */
export class Workers {
  readonly #projection: Projection;
  readonly #context: ProjectorContext;
  /** Those that catch up for a comparison or a switch back, and those that are being stopped. */
  readonly #others = new Set<Worker>();
  #live: Worker | undefined;
  #build: Worker | undefined;
  #rate = new ProgressRate();
  #closed = false;

  constructor(projection: Projection, context: ProjectorContext) {
    this.#projection = projection;
    this.#context = context;
  }

  get live(): Worker | undefined {
    return this.#live;
  }
  get build(): Worker | undefined {
    return this.#build;
  }
  /** How fast the slot being built is filled. */
  get rate(): ProgressRate {
    return this.#rate;
  }
  get all(): readonly Worker[] {
    return [this.#live, this.#build].filter((one) => one !== undefined);
  }

  /** Let exactly these slots be moved. */
  async arrange(live: Slot | undefined, build: Slot | undefined): Promise<void> {
    this.#live = await this.#workerFor(live, this.#live);
    const before = this.#build;
    this.#build = await this.#workerFor(build, before);
    if (this.#build !== before) this.#rate = new ProgressRate();
  }

  async #workerFor(slot: Slot | undefined, now: Worker | undefined): Promise<Worker | undefined> {
    if (slot && now && !now.stopped && isSameSlot(now.slot, slot)) return now;
    await now?.stop();
    return slot && !this.#closed ? this.#started(slot) : undefined;
  }

  #started(slot: Slot): Worker {
    const worker = new Worker(this.#projection, slot, this.#context);
    worker.start();
    return worker;
  }

  /** A worker for a slot that nobody moves, until it is let go or its slot goes live. */
  visit(slot: Slot): Worker {
    const worker = this.#started(slot);
    this.#others.add(worker);
    if (this.#closed) void this.letGo(worker);
    return worker;
  }

  async letGo(worker: Worker): Promise<void> {
    this.#others.add(worker);
    if (this.#build === worker) this.#build = undefined;
    await worker.stop();
    this.#others.delete(worker);
  }

  /** Its slot went live. The worker that is returned moved the live slot before; it is let go. */
  madeLive(worker: Worker): Worker | undefined {
    const before = this.#live;
    const { generation } = worker.slot;
    this.#others.delete(worker);
    if (this.#build && this.#build !== worker && this.#build.slot.generation === generation)
      void this.letGo(this.#build);
    if (this.#build === worker) this.#build = undefined;
    this.#live = worker;
    worker.isLive = true;
    return before;
  }

  /** Stop them all; none is started any more. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.all, ...this.#others].map((worker) => worker.stop()));
  }
}
