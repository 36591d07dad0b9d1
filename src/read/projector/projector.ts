import type { Projection } from '../../core/projection.js';
import { isRefusal, type Refusal } from '../../core/refusal.js';
import type { StreamEnds } from '../../write/store/event-log.js';
import {
  type Discarded,
  type DocumentReads,
  isSameSlot,
  type Parked,
  type Slot,
} from '../views/port.js';
import { furthest } from './barrier.js';
import { arrange, cancelBuild, noBuild, rebuild } from './building.js';
import { compareSlots } from './compare-slots.js';
import type { Drained } from './drain.js';
import { type Found, LagWatch } from './lag-watch.js';
import { Mutex } from './mutex.js';
import { discardParked, retryParked } from './parked-operations.js';
import type { FailedEvent, ParkedRow } from './parking.js';
import { buildStatus, problemShown, projectionStatus, type Shown } from './projection-status.js';
import type {
  By,
  Comparison,
  ProjectionState,
  ProjectionStatus,
  Reading,
  Vector,
} from './projections.js';
import { type Instant, instantOf, type ProjectorContext } from './projector-context.js';
import { idleReason, notHere, notNow, type Role, UNKNOWN_ROLE } from './role.js';
import { Slots } from './slots.js';
import { sumOf } from './source-progress.js';
import { problemOf } from './standstill.js';
import { type Switching, switchBack, switchTo } from './switching.js';
import { Tally } from './tally.js';
import { verify } from './verify.js';
import { waitForPosition } from './wait-for-position.js';
import type { Worker } from './worker.js';
import { Workers } from './workers.js';

/** What was found at a look, the same for all projections of a node. */
export type Look = {
  readonly ends: ReadonlyMap<string, StreamEnds>;
  /** When the ends were asked for, and how far every worker was by then. */
  readonly asked: Instant;
  readonly before: ReadonlyMap<Worker, Vector>;
};

/** How far documents are, and at which revision of their slot. */
export type Taken = {
  readonly slot: Slot;
  readonly revision: number;
  readonly positions: Vector;
};

/**
 * One projection on this node: which slot readers get, which slots are moved and by whom, and what
 * operators may do. What the read store says about slots counts; everything here follows it.
 */
export class Projector {
  readonly projection: Projection;
  readonly #context: ProjectorContext;
  readonly #slots: Slots;
  readonly #workers: Workers;
  readonly #tally: Tally;
  /** One change of slots or workers at a time. */
  readonly #changes = new Mutex();
  readonly #barriers = new Mutex();
  #role: Role = UNKNOWN_ROLE;
  #ends: ReadonlyMap<string, StreamEnds> = new Map();
  readonly #lag = new LagWatch();
  /** Why it was not switched at the last look, so that it is told once. */
  #notSwitched: string | undefined;

  constructor(projection: Projection, context: ProjectorContext) {
    this.projection = projection;
    this.#context = context;
    this.#slots = new Slots(projection, context);
    this.#workers = new Workers(projection, context);
    this.#tally = new Tally(projection, context);
  }

  get workers(): readonly Worker[] {
    return this.#workers.all;
  }
  get #name(): string {
    return this.projection.name;
  }

  get #parts(): Switching {
    return {
      projection: this.projection,
      context: this.#context,
      barriers: this.#barriers,
      slots: this.#slots,
      workers: this.#workers,
      build: () => buildStatus(this.#shown),
    };
  }

  // ---------------------------------------------------------------- looking

  /** See how far the log goes, and whether the workers move; whatever else is under way. */
  see({ ends, asked, before }: Look): void {
    this.#ends = ends;
    const { build, all, rate } = this.#workers;
    for (const worker of all) {
      const then = before.get(worker);
      if (then) worker.look(ends, then, asked);
    }
    if (build) rate.look(sumOf(build.positions), asked.elapsed);
  }

  /** Take over what the read store says: who moves what, and what is to be live. */
  look(found: Look): Promise<void> {
    return this.#changes.run(async () => {
      this.#role = { ...this.#role, askedAt: performance.now() };
      try {
        await this.#lookAtStore(found);
        this.#role = { ...this.#role, found: true, problem: null, askedAt: undefined };
      } catch (error) {
        this.#role = { ...this.#role, problem: problemOf(error), askedAt: undefined };
      }
      await this.#switchWhenReady();
    });
  }

  async #lookAtStore({ ends, asked }: Look): Promise<void> {
    const { views } = this.#context;
    // Before it is asked: what is written meanwhile is no loss.
    const before = new Map(this.#workers.all.map((worker) => [worker, worker.revision ?? 0]));
    await this.#slots.refresh();
    for (const [worker, revision] of before) {
      const found = this.#slots.same(worker.slot);
      if (found) worker.lookAtSlot(found, revision);
    }
    const stopped = (await views.stopped()).has(this.#name);
    const leads = await views.lead(this.#name);
    this.#role = { ...this.#role, stopped, leads };
    await this.#arrange();
    await this.#count({ ends, asked });
    await this.#watchOthers({ ends, asked });
  }

  /** Whether those who move it do so, when this node does not. */
  async #watchOthers({ ends, asked: { elapsed } }: Pick<Look, 'ends' | 'asked'>): Promise<void> {
    const { live, filled } = this.#slots;
    if (this.#role.leads || this.#role.stopped || !live) this.#lag.forget();
    else {
      const found = (slot: Slot, positions: Vector): Found => {
        const behind = [...positions].some(([slug, at]) => at < (ends.get(slug)?.last ?? 0));
        return { slot, positions, behind };
      };
      const others = filled.map(async (slot) => found(slot, await this.#tally.written(slot)));
      const now = found(live, this.#tally.positions);
      this.#lag.look(now, await Promise.all(others), elapsed);
    }
    this.#role = { ...this.#role, stoodFor: this.#lag.standsFor(elapsed) };
  }

  async #count({ ends, asked }: Pick<Look, 'ends' | 'asked'>): Promise<void> {
    const { live } = this.#slots;
    if (live) await this.#tally.look(live, this.#workers.live, { ends, asked });
  }

  #arrange(): Promise<void> {
    return arrange(this.#parts, this.#role.leads && !this.#role.stopped);
  }

  async #switchWhenReady(): Promise<void> {
    const { build } = this.#workers;
    if (!build?.caughtUp || this.#slots.building?.role === 'candidate') return;
    const { log } = this.#context;
    const projection = this.#name;
    try {
      const refused = await switchTo(build, this.#parts);
      if (refused && refused.message !== this.#notSwitched)
        log.warn({ projection, ...refused }, 'it was not switched');
      this.#notSwitched = refused?.message;
    } catch (err) {
      log.warn({ projection, err }, 'it was not switched');
    }
  }

  async close(): Promise<void> {
    await this.#workers.close();
    await this.#changes.run(async () => {});
  }

  // ---------------------------------------------------------------- status and reading

  get #shown(): Shown {
    const { limits } = this.#context;
    return {
      projection: this.projection,
      slots: this.#slots,
      workers: this.#workers,
      tally: this.#tally,
      ends: this.#ends,
      idle: idleReason(this.#role, { now: performance.now(), limits }),
    };
  }

  get state(): ProjectionState {
    return problemShown(this.#shown)?.state ?? 'running';
  }

  status(): ProjectionStatus {
    return projectionStatus(this.#shown);
  }

  /** @throws Fault READ_STORE_UNAVAILABLE */
  async reading(): Promise<Reading> {
    const slot = await this.#slots.findLive();
    const { taken } = this;
    const of = { projection: this.projection, store: this.#context.views, slot };
    if (taken && this.#storeAnswers && isSameSlot(taken.slot, slot))
      return { ...of, positions: taken.positions, revision: taken.revision };
    return { ...of, positions: await this.#tally.written(slot) };
  }

  /** How far the live documents are, as far as this node knows without asking. */
  get taken(): Taken | undefined {
    const { live } = this.#workers;
    const { slot, loaded, revision, positions } = live ?? {};
    return slot && loaded && revision !== undefined && positions
      ? { slot, revision, positions }
      : undefined;
  }

  /** Not when it was away at the last look: what comes back may be older than what is known here. */
  get #storeAnswers(): boolean {
    const { found, problem, askedAt } = this.#role;
    const asked = askedAt === undefined ? 0 : performance.now() - askedAt;
    return found && !problem && asked < this.#context.limits.lookEveryMs;
  }

  /**
   * The live documents as a read transaction has them.
   * @param taken what was known of them before it began
   * @throws Fault READ_STORE_UNAVAILABLE
   */
  async readingIn(store: DocumentReads, taken: Taken | undefined): Promise<Reading<DocumentReads>> {
    const slot = await this.#slots.findLiveIn(store);
    const written = await this.#tally.written(slot, store);
    // What changes nothing is taken before it is written how far that is. A store that was put back
    // has seen fewer commits than those that this was taken over.
    const knows = taken && isSameSlot(taken.slot, slot) && slot.revision >= taken.revision;
    const positions = knows ? furthest(written, taken.positions) : written;
    return { projection: this.projection, store, slot, positions };
  }

  reached(wanted: Vector, ms: number, signal: AbortSignal): Promise<boolean> {
    const awaited = {
      reading: () => this.reading(),
      worker: () => this.#workers.live,
      hopeless: () => this.state === 'stopped' || this.state === 'log_truncated',
    };
    return waitForPosition(wanted, { ms, signal }, awaited);
  }

  async parked(): Promise<readonly Parked[]> {
    return this.#context.views.parked(await this.#slots.findLive());
  }

  async discarded(): Promise<readonly Discarded[]> {
    return this.#context.views.discarded(await this.#slots.findLive());
  }

  // ---------------------------------------------------------------- operations

  setStopped(stopped: boolean): Promise<ProjectionStatus> {
    return this.#changes.run(async () => {
      await this.#context.views.setStopped(this.#name, stopped);
      this.#role = { ...this.#role, stopped };
      await this.#arrange();
      await this.#count({ ends: this.#ends, asked: instantOf(this.#context) });
      this.#context.log.info({ projection: this.#name }, stopped ? 'stopped' : 'started');
      return this.status();
    });
  }

  /** Change something, where this node may; undefined = it was done. */
  #change(work: () => Promise<Refusal | undefined> | Refusal): Promise<ProjectionStatus | Refusal> {
    return this.#changes.run(
      async () => notHere(this.#name, this.#role) ?? (await work()) ?? this.status(),
    );
  }

  rebuild(switchWhenReady: boolean): Promise<ProjectionStatus | Refusal> {
    return this.#change(() => rebuild(this.#name, this.#parts, switchWhenReady));
  }

  cancelBuild(): Promise<ProjectionStatus | Refusal> {
    return this.#change(() => cancelBuild(this.#name, this.#parts));
  }

  switch(): Promise<ProjectionStatus | Refusal> {
    return this.#change(async () => {
      const { build } = this.#workers;
      return build ? switchTo(build, this.#parts) : noBuild(this.#name);
    });
  }

  switchBack(): Promise<ProjectionStatus | Refusal> {
    return this.#change(() => switchBack(this.#parts));
  }

  async compare(): Promise<Comparison | Refusal> {
    return notHere(this.#name, this.#role) ?? compareSlots({ ...this.#parts, tally: this.#tally });
  }

  async verify(onProgress: (done: number, total: number) => void): Promise<Comparison | Refusal> {
    const live = this.#loadedLive('is not moved by this definition yet: it is being built');
    if (isRefusal(live)) return live;
    return verify(live, { projection: this.projection, context: this.#context }, onProgress);
  }

  async retry(which: ParkedRow | 'all'): Promise<Drained | Refusal> {
    const live = this.#loadedLive('is being started');
    return isRefusal(live) ? live : retryParked(this.#name, live, which);
  }

  async discard(which: FailedEvent, by: By): Promise<Drained | Refusal> {
    const live = this.#loadedLive('is being started');
    return isRefusal(live) ? live : discardParked(this.#name, live, { which, by });
  }

  #loadedLive(otherwise: string): Worker | Refusal {
    const { live } = this.#workers;
    const not = notHere(this.#name, this.#role);
    if (not) return not;
    return live?.loaded ? live : notNow('PROJECTION_NOT_READY', `${this.#name} ${otherwise}`);
  }
}
