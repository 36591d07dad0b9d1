import { setTimeout as pause } from 'node:timers/promises';
import type { Projection } from '../../core/projection.js';
import type { Refusal } from '../../core/refusal.js';
import type { StreamEnds } from '../../write/store/event-log.js';
import type { Discarded, Parked, Slot } from '../views/port.js';
import { type Carried, carryDiscards } from './carry-discards.js';
import { type Drained, type Draining, drain } from './drain.js';
import { Emitter } from './emitter.js';
import { feedName, type Message } from './feeds.js';
import { follow } from './follow.js';
import { Indexes } from './indexes.js';
import { KnownSlot } from './known-slot.js';
import { Mutex } from './mutex.js';
import { anotherFails, type FailedEvent, type ParkedRow } from './parking.js';
import type { By, SourceStatus, Vector } from './projections.js';
import type { Instant, ProjectorContext } from './projector-context.js';
import { Retries } from './retries.js';
import { checkSameLog } from './same-log.js';
import {
  isClean,
  type Progress,
  positionsOf,
  progressFrom,
  type SourceProgress,
  seeEnds,
  sourceStatus,
} from './source-progress.js';
import { StallWatch } from './stall-watch.js';
import { type Problem, problemOf, Standstill } from './standstill.js';
import { takeBatch, writeCheckpoints } from './take-batch.js';
import { TakingLimit } from './taking-limit.js';
import { Throttle } from './throttle.js';
import { tellUnreadable } from './unreadable.js';

/**
 * Moves one slot: takes its sources batch by batch and writes documents and checkpoint together.
 * Whatever goes wrong, it lets go of all it holds in memory and begins again from what is written.
 */
export class Worker {
  readonly slot: Slot;
  /** Whether readers get its documents; a build becomes that when it is switched to. */
  isLive: boolean;
  readonly #projection: Projection;
  readonly #context: ProjectorContext;
  readonly #stop = new AbortController();
  readonly #moves = new Emitter();
  readonly #limit = new TakingLimit();
  readonly #batches = new Mutex();
  readonly #retries: Retries;
  readonly #checkpoints: Throttle;
  readonly #watch: StallWatch;
  readonly #indexes: Indexes;
  #known: KnownSlot | undefined;
  #progress: Progress = new Map();
  #again = new AbortController();
  #follows = false;
  /** The store has lost what is known here, until it is read anew. */
  #outdated = false;
  #problem: Problem | null = null;
  #running: Promise<void> | undefined;
  /** Why its indexes were not made when that was tried last. */
  #unindexed: string | undefined;

  constructor(projection: Projection, slot: Slot, context: ProjectorContext) {
    this.slot = slot;
    this.isLive = slot.role === 'live';
    this.#projection = projection;
    this.#context = context;
    this.#watch = new StallWatch(context.limits.stalledAfterMs, performance.now());
    const { retryAfterMs, checkpointAfterMs } = context.limits;
    // It has been told, and is tried again when what is written was read anew.
    const again = (row: ParkedRow): unknown => this.drain(row).catch(() => {});
    this.#retries = new Retries(retryAfterMs, again, (row) =>
      context.log.error(
        { ...this.#who(), ...row },
        'an event cannot be projected: its aggregate is parked until somebody looks',
      ),
    );
    this.#indexes = new Indexes(
      () =>
        this.exclusive(async () => this.stopped || context.views.index(slot, this.#stop.signal)),
      (err) => {
        const { message } = err as Error;
        if (!this.stopped && this.#unindexed !== message)
          context.log.warn({ ...this.#who(), err }, 'indexes of a projection were not made yet');
        this.#unindexed = message;
      },
    );
    this.#checkpoints = new Throttle(checkpointAfterMs, () => {
      if (!this.stopped)
        this.exclusive(() => this.#writeCheckpoints()).catch(() => this.#again.abort());
    });
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** It tells those who wait for it at once, and settles when it has written what it took. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#again.abort();
    this.#retries.close();
    this.#checkpoints.clear();
    this.#moves.emit();
    await this.#running;
    await this.exclusive(() => this.#writeCheckpoints()).catch(() => {});
    this.#moves.emit();
  }

  get stopped(): boolean {
    return this.#stop.signal.aborted;
  }
  /** False until the checkpoints were read for the first time, or when they were lost since. */
  get loaded(): boolean {
    return this.#known !== undefined && !this.#outdated;
  }
  get problem(): Problem | null {
    return this.#problem;
  }
  get positions(): Vector {
    return positionsOf(this.#progress);
  }
  get parked(): readonly Parked[] {
    return [...(this.#known?.parked.values() ?? [])];
  }
  /** How many events an operator left out. */
  get discarded(): number {
    return this.#known?.discarded.length ?? 0;
  }
  /** Commits to the slot as far as it knows. */
  get revision(): number | undefined {
    return this.#known?.revision;
  }

  /** Whether it follows, and has taken everything that was there when the ends were last looked at. */
  get #atEnd(): boolean {
    return this.#follows && [...this.#progress.values()].every(isClean);
  }

  /** Whether it is at the end, with indexes, so that readers may get it. */
  get caughtUp(): boolean {
    return this.#atEnd && this.#indexes.made;
  }

  /** Whether it makes its indexes: it takes nothing then, and nobody else gets its turn. */
  get indexing(): boolean {
    return this.#indexes.underWay;
  }

  sources(): SourceStatus[] {
    const now = this.#context.clock();
    return [...this.#progress.values()].map((one) => sourceStatus(one, now));
  }

  /** Call when it moved or was stopped, until the returned function is called. */
  onMoved(told: () => void): () => void {
    return this.#moves.on(told);
  }

  /** Take nothing beyond these sequences; undefined = as far as it goes. */
  limitTo(limit: Vector | undefined): void {
    this.#watch.excused(performance.now());
    this.#limit.set(limit);
  }

  /** Do something while no batch is applied. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    return this.#batches.run(work);
  }

  /** The same if that can be within so many milliseconds; undefined, and not done, if not. */
  exclusiveWithin<T>(ms: number, work: () => Promise<T>): Promise<T | undefined> {
    return this.#batches.runWithin(ms, work);
  }

  /**
   * Look whether it still moves. `before` is how far it was when the ends were asked for.
   * Behind and without progress: what it follows is made anew.
   */
  look(ends: ReadonlyMap<string, StreamEnds>, before: Vector, asked: Instant): void {
    const { anotherLog, behind, reason } = seeEnds(this.#progress, ends, { before, asked });
    if (anotherLog) this.#again.abort();
    const now = performance.now();
    this.#indexAtEnd();
    const waits = this.#limit.isSet || this.#indexes.underWay;
    if (behind.length === 0 || waits) this.#watch.excused(now);
    if (behind.length === 0 && this.#problem?.state === 'stalled') this.#problem = null;
    if (!this.#watch.standsStill(behind, now)) return;
    // What it stands still for may last for days: it was said when that began.
    if (this.#problem === null) {
      this.#problem = { state: 'stalled', reason };
      this.#context.log.warn({ ...this.#who(), ...this.#problem }, 'a projection stands still');
    }
    this.#again.abort();
  }

  /**
   * Its slot was found like this. `before` is the revision that it knew before it was asked for:
   * a store that has seen fewer commits was put back to where it had been.
   */
  lookAtSlot({ revision }: Slot, before: number): void {
    const readAnew = (this.revision ?? 0) < before;
    if (revision >= before || readAnew || this.#outdated) return;
    this.#outdated = true;
    this.#follows = false;
    this.#context.log.warn(
      { ...this.#who(), revision, before },
      'the read store lost commits of a projection: it begins again from what is there',
    );
    this.#again.abort();
  }

  /** The log of a source may not be what it was taken from. */
  lookAgain(source: string): void {
    if (!this.#progress.has(source)) return;
    this.#follows = false;
    this.#again.abort();
  }

  async #run(): Promise<void> {
    const { limits, log } = this.#context;
    let after = limits.againFirstMs;
    while (!this.stopped) {
      this.#again = new AbortController();
      const from = this.#watch.movedAt;
      try {
        await this.exclusive(() => this.#load());
        await this.#follow();
      } catch (error) {
        const problem = problemOf(error);
        if (problem.reason !== this.#problem?.reason)
          log.warn({ ...this.#who(), ...problem, err: error }, 'a projection cannot go on');
        this.#problem = problem;
        if (error instanceof Standstill && error.lost) this.#context.onTruncated?.(error.lost);
      }
      this.#follows = false;
      if (this.#watch.movedAt !== from) after = limits.againFirstMs;
      await pause(after, undefined, { signal: this.#stop.signal, ref: false }).catch(() => {});
      after = Math.min(after * 2, limits.againMostMs);
    }
  }

  #who(): object {
    return { projection: this.#projection.name, generation: this.slot.generation };
  }

  /** Begin from what is written: nothing in memory outlives a failure. */
  async #load(): Promise<void> {
    const { known, checkpoints } = await KnownSlot.read(this.#projection, this.slot, this.#context);
    this.#known = known;
    this.#progress = progressFrom(this.#projection.sources, checkpoints, this.#progress);
    this.#outdated = false;
    this.#moves.emit();
    const { store, views, epochOf } = this.#context;
    const epochs = new Map([...this.#progress.keys()].map((slug) => [slug, epochOf(slug)]));
    for (const { source, written: sequence, at } of this.#progress.values())
      await checkSameLog(store, source, { source: source.slug, sequence, at });
    await views.noteEpochs(this.slot, epochs); // what it stands on is of this epoch, so what follows is
    // What stood still is healthy again when it has moved, not when it tries again.
    if (this.#problem?.state !== 'stalled') this.#problem = null;
    for (const one of known.parked.values()) this.#retries.later(one);
    this.#follows = true;
  }

  #follow(): Promise<void> {
    const { store, turns, limits } = this.#context;
    return follow(this.#progress, {
      store,
      name: feedName(this.slot),
      batch: limits.batch,
      stop: this.#again,
      limit: this.#limit,
      batches: this.#batches,
      linger: (signal) => this.#linger(signal),
      take: (progress, messages) => turns.run(() => this.#take(progress, messages)),
    });
  }

  /**
   * A resource is read by those who just wrote, and a build wants to reach the end; else few batches
   * are better than many.
   */
  async #linger(signal: AbortSignal): Promise<void> {
    if (!this.isLive || this.#projection.resource !== null || this.#moves.awaited) return;
    await pause(this.#context.limits.lingerMs, undefined, { signal }).catch(() => {});
  }

  async #take(progress: SourceProgress, messages: readonly Message[]): Promise<void> {
    tellUnreadable(this.#context.log, this.#who(), messages);
    const now = new Date(this.#context.clock()).toISOString();
    const { quiet, failed } = await takeBatch(this.#known!, progress, { messages, now });
    for (const row of failed) this.#retries.later(row);
    if (quiet) this.#checkpoints.ask();
    this.#watch.moved(progress.source.slug, performance.now());
    if (!this.#watch.stuck) this.#problem = null;
    this.#indexAtEnd();
    this.#moves.emit();
  }

  #indexAtEnd(): void {
    if (this.#atEnd) this.#indexes.ensure();
  }

  async #writeCheckpoints(): Promise<void> {
    if (this.#known) await writeCheckpoints(this.#known, this.#progress.values());
  }

  /**
   * Try the events of a parked unit again, in order, up to the checkpoint; with `leaveOut`, without
   * the one that failed. undefined = it does not move these documents (any more).
   * @throws Fault READ_STORE_UNAVAILABLE, STORE_UNAVAILABLE when the log does not bring all that
   * waits, Standstill when it is not the log it was taken from, or what reading it throws.
   */
  drain(which: ParkedRow): Promise<Drained | undefined>;
  drain(which: FailedEvent, leaveOut: By): Promise<Drained | Refusal | undefined>;
  drain(which: FailedEvent, leaveOut?: By): Promise<Drained | Refusal | undefined> {
    return this.exclusive(() =>
      this.#withParked(async (draining) => {
        const another = leaveOut && anotherFails(draining.known, which);
        if (another) return another;
        const { failed, ...drained } = await drain(which, { ...draining, leaveOut });
        if (failed) this.#retries.later(failed);
        return drained;
      }),
    );
  }

  /**
   * Leave out what was left out of other documents that stand at the same position. Only while it
   * is `exclusive`. undefined = it does not move these documents (any more).
   * @throws what `drain` throws
   */
  carryDiscards(discards: readonly Discarded[]): Promise<Carried | undefined> {
    return this.#withParked((draining) => carryDiscards(discards, draining));
  }

  /** Work on what waits. Whatever goes wrong, what is in memory may not be what is written. */
  async #withParked<T>(
    work: (draining: Omit<Draining, 'leaveOut'>) => Promise<T>,
  ): Promise<T | undefined> {
    if (this.#problem?.state === 'log_truncated')
      throw new Standstill('log_truncated', this.#problem.reason);
    const known = this.#known;
    if (!known || this.stopped) return undefined;
    const { store, clock, log } = this.#context;
    try {
      return await work({ known, progress: this.#progress, store, clock });
    } catch (err) {
      this.#again.abort();
      log.warn({ ...this.#who(), err }, 'what is parked was not tried again');
      throw err;
    } finally {
      this.#moves.emit();
    }
  }
}
