import { setTimeout as pause } from 'node:timers/promises';
import { sha256 } from '../core/canonical.js';
import type { Projection, ProjectionSource, View } from '../core/projection.js';
import type {
  EventStore,
  FeedOptions,
  JournalMessage,
  LogEntry,
  StreamEnds,
} from '../store/port.js';
import type { Commit, Discarded, Fold, Parked, Slot, ViewStore } from '../views/port.js';
import {
  type Applied,
  applyBatch,
  eventSteps,
  eventsIn,
  journalSteps,
  keysOfSteps,
  matters,
  type Step,
} from './apply-batch.js';
import { DRAIN_EVENTS_MAX, type ProjectorLimits } from './limits.js';
import { type ParkedRow, parkedAfter, readUnit, rowKey, settled } from './parking.js';
import type { By, SourceStatus, Vector } from './projections.js';
import { Recent } from './recent.js';
import { checkSameLog } from './same-log.js';
import { type Problem, problemOf, Standstill } from './standstill.js';
import type { Turns } from './turns.js';

/** Where diagnostics go. A pino logger fits. */
export type Log = {
  info(what: object, message: string): void;
  warn(what: object, message: string): void;
  error(what: object, message: string): void;
};

/** What all workers of a node share. */
export type World = {
  readonly store: EventStore;
  readonly views: ViewStore;
  readonly turns: Turns;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly limits: ProjectorLimits;
};

/** How far a source was taken. `taken` runs ahead of `written` over messages that change nothing. */
type Progress = {
  readonly source: ProjectionSource;
  written: number;
  taken: number;
  /** Time of the last event taken. */
  at: string | null;
  end: StreamEnds | undefined;
  /** When it was seen to have taken everything. */
  cleanAt: number;
};

type Message = LogEntry | JournalMessage;
type Drained = { readonly drained: number; readonly still_parked: number };

/** The name of the durable consumers of a slot: no two read stores share one. */
export const feedName = ({ projection, generation, created_at }: Slot): string =>
  `${projection}-g${generation}-${sha256(created_at).slice(0, 8)}`;

/**
 * Moves one slot: takes its sources batch by batch and writes documents and checkpoint together.
 * Whatever goes wrong, it lets go of all it holds in memory and begins again from what is written.
 */
export class Worker {
  readonly slot: Slot;
  readonly #projection: Projection;
  readonly #world: World;
  readonly #progress = new Map<string, Progress>();
  readonly #stop = new AbortController();
  readonly #onMoved = new Set<() => void>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #documents: Recent<string, View | null>;
  #folds: Recent<string, Fold>;
  #parked = new Map<string, Parked>();
  #discarded: readonly Discarded[] = [];
  #tail: Promise<unknown> = Promise.resolve();
  #again = new AbortController();
  #limit: Vector | undefined;
  /** Commits to the slot so far. Another number in the store: somebody else wrote documents. */
  #revision = 0;
  #loaded = false;
  #problem: Problem | null = null;
  #movedAt: number;
  #running: Promise<void> | undefined;
  #flushing: NodeJS.Timeout | undefined;
  /** Messages that no program can read, since the start. */
  unreadable = 0;

  constructor(projection: Projection, slot: Slot, world: World) {
    this.slot = slot;
    this.#projection = projection;
    this.#world = world;
    this.#documents = new Recent(world.limits.documentsCachedMax);
    this.#folds = new Recent(world.limits.foldsCachedMax);
    this.#movedAt = world.clock();
  }

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    for (const timer of this.#timers) clearTimeout(timer);
    clearTimeout(this.#flushing);
    await this.#running;
    await this.exclusive(() => this.#writeCheckpoints()).catch(() => {});
    this.#moved();
  }

  /** False until the checkpoints were read for the first time. */
  get loaded(): boolean {
    return this.#loaded;
  }
  get problem(): Problem | null {
    return this.#problem;
  }
  get positions(): Vector {
    return new Map([...this.#progress].map(([slug, { taken }]) => [slug, taken]));
  }
  get parked(): readonly Parked[] {
    return [...this.#parked.values()];
  }

  /** Whether it has taken everything that was there when the ends were last looked at. */
  get caughtUp(): boolean {
    const all = [...this.#progress.values()];
    return this.#loaded && all.every(({ taken, end }) => end !== undefined && taken >= end.last);
  }

  sources(): SourceStatus[] {
    const now = this.#world.clock();
    return [...this.#progress.values()].map(({ source, taken, at, end, cleanAt }) => {
      const last = Math.max(end?.last ?? 0, taken);
      const since = Math.max(at === null ? 0 : Date.parse(at), cleanAt);
      const seconds = last > taken && since > 0 ? Math.max(0, now - since) / 1_000 : 0;
      return {
        source: source.slug,
        sequence: taken,
        end: end?.last ?? taken,
        lag_events: last - taken,
        lag_seconds: Math.round(seconds * 10) / 10,
      };
    });
  }

  /** Call when it moved, until the returned function is called. */
  onMoved(told: () => void): () => void {
    this.#onMoved.add(told);
    return () => this.#onMoved.delete(told);
  }

  /** Take nothing beyond these sequences; undefined = as far as it goes. */
  limitTo(limit: Vector | undefined): void {
    this.#limit = limit;
    this.#movedAt = this.#world.clock();
    this.#moved();
  }

  /** Do something while no batch is applied. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#tail.then(work);
    this.#tail = run.catch(() => {});
    return run;
  }

  /**
   * Look whether it still moves. `before` is how far it was when the ends were asked for.
   * Behind and without progress: what it follows is made anew.
   */
  look(ends: ReadonlyMap<string, StreamEnds>, before: Vector, askedAt: number): void {
    let behind = false;
    let why = 'it is behind and nothing comes';
    for (const [slug, progress] of this.#progress) {
      const end = ends.get(slug);
      if (!end) {
        behind = true;
        why = 'the event store does not say where the log ends';
        continue;
      }
      const replaced = progress.end !== undefined && progress.end.created !== end.created;
      progress.end = end;
      if (replaced || (before.get(slug) ?? 0) > end.last) this.#again.abort();
      if (end.last <= progress.taken) progress.cleanAt = askedAt;
      else behind = true;
    }
    const now = this.#world.clock();
    if (!behind || this.#limit) this.#movedAt = now;
    if (!behind && this.#problem?.state === 'stalled') this.#problem = null;
    if (now - this.#movedAt < this.#world.limits.stalledAfterMs) return;
    this.#problem ??= { state: 'stalled', reason: why };
    this.#world.log.warn({ ...this.#who(), ...this.#problem }, 'a projection stands still');
    this.#movedAt = now;
    this.#again.abort();
  }

  async #run(): Promise<void> {
    const { limits, log } = this.#world;
    let after = limits.againFirstMs;
    while (!this.#stop.signal.aborted) {
      this.#again = new AbortController();
      const signal = AbortSignal.any([this.#stop.signal, this.#again.signal]);
      const from = this.#movedAt;
      try {
        await this.exclusive(() => this.#load());
        await this.#follow(signal);
      } catch (error) {
        const problem = problemOf(error);
        if (problem.reason !== this.#problem?.reason)
          log.warn({ ...this.#who(), ...problem, err: error }, 'a projection cannot go on');
        this.#problem = problem;
      }
      if (this.#movedAt !== from) after = limits.againFirstMs;
      await pause(after, undefined, { signal: this.#stop.signal, ref: false }).catch(() => {});
      after = Math.min(after * 2, limits.againMostMs);
    }
  }

  #who(): object {
    return { projection: this.#projection.name, generation: this.slot.generation };
  }

  /** Begin from what is written: nothing in memory outlives a failure. */
  async #load(): Promise<void> {
    const { views, store, limits } = this.#world;
    this.#documents = new Recent(limits.documentsCachedMax);
    this.#folds = new Recent(limits.foldsCachedMax);
    // Before anything else is read: what is written meanwhile must not go unnoticed.
    const revision = await views.revision(this.slot);
    if (revision === null) throw new Standstill('starting', 'its documents were removed');
    this.#revision = revision;
    const written = await views.checkpoints(this.slot);
    for (const source of this.#projection.sources) {
      const { sequence, at } = written.find((one) => one.source === source.slug) ?? {
        sequence: 0,
        at: null,
      };
      const { end, cleanAt = 0 } = this.#progress.get(source.slug) ?? {};
      this.#progress.set(source.slug, {
        ...{ source, written: sequence, taken: sequence, at, end, cleanAt },
      });
    }
    this.#loaded = true;
    this.#moved();
    const parked = await views.parked(this.slot);
    this.#parked = new Map(parked.map((one) => [rowKey(one), one]));
    this.#discarded = await views.discarded(this.slot);
    for (const { source, written: sequence, at } of this.#progress.values())
      await checkSameLog(store, source, { source: source.slug, sequence, at });
    // What stood still is healthy again when it has moved, not when it tries again.
    if (this.#problem?.state !== 'stalled') this.#problem = null;
    for (const one of parked) this.#retryLater(one);
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const sources = [...this.#progress.values()].map((progress) =>
      this.#followSource(progress, signal),
    );
    try {
      await Promise.all(sources);
    } finally {
      this.#again.abort();
      await Promise.allSettled(sources);
    }
  }

  async #followSource({ source, taken }: Progress, signal: AbortSignal): Promise<void> {
    const { store, limits } = this.#world;
    const options: FeedOptions = {
      ...{ name: feedName(this.slot), from: taken + 1, signal, batch: limits.batch },
    };
    const feed = source.definition
      ? store.feed(source.definition, options)
      : store.feedJournal(options);
    for await (const { entries } of feed) {
      await this.#take(source.slug, entries, signal);
      const last = entries[entries.length - 1];
      if (last) feed.ack(last.sequence);
    }
  }

  /** Apply messages as far as they are wanted now, and wait with the rest. */
  async #take(slug: string, messages: readonly Message[], signal: AbortSignal): Promise<void> {
    let left = messages;
    while (left.length > 0 && !signal.aborted) {
      const count = await this.exclusive(async () => {
        if (signal.aborted) return 0;
        const limit = this.#limit?.get(slug) ?? Number.POSITIVE_INFINITY;
        const now = left.filter(({ sequence }) => sequence <= limit);
        if (now.length > 0) await this.#world.turns.run(() => this.#apply(slug, now));
        return now.length;
      });
      left = left.slice(count);
      if (count === 0) await this.#limitLifted(slug, left, signal);
    }
  }

  #limitLifted(slug: string, left: readonly Message[], signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        const limit = this.#limit?.get(slug) ?? Number.POSITIVE_INFINITY;
        if (!signal.aborted && (left[0]?.sequence ?? 0) > limit) return;
        done();
        signal.removeEventListener('abort', look);
        resolve();
      };
      const done = this.onMoved(look);
      signal.addEventListener('abort', look, { once: true });
      look();
    });
  }

  /** One batch: documents, states, what waits and the checkpoint, in one transaction. */
  async #apply(slug: string, messages: readonly Message[]): Promise<void> {
    const progress = this.#progress.get(slug)!;
    const fresh = messages.filter(({ sequence }) => sequence > progress.taken);
    const last = fresh[fresh.length - 1];
    if (!last) return;
    const { steps, at } = await this.#steps(progress.source, fresh);
    const parked = new Set(this.#parkedIn(slug).map(({ aggregate_id }) => aggregate_id));
    const documents = await this.#documentsOf(keysOfSteps(steps));
    const applied = applyBatch(this.#projection, steps, { documents, parked });
    const sequence = last.sequence;
    const quiet = applied.documents.size + applied.folds.size + applied.waiting.size === 0;
    if (!quiet) {
      const rows = parkedAfter(slug, applied, this.#parked, this.#now());
      const advance = { source: slug, expected: progress.written, sequence, at: at ?? progress.at };
      await this.#commit({
        ...{ advance, unpark: [], discard: [], park: rows },
        ...this.#changes(slug, applied),
      });
      this.#adopt(slug, applied);
      for (const row of rows) {
        this.#parked.set(rowKey(row), row);
        if (applied.failed.has(row.aggregate_id)) this.#retryLater(row);
      }
      progress.written = sequence;
    }
    progress.taken = sequence;
    progress.at = at ?? progress.at;
    if (quiet) this.#writeLater();
    this.#movedAt = this.#world.clock();
    this.#problem = null;
    this.#moved();
  }

  #parkedIn(slug: string): Parked[] {
    return [...this.#parked.values()].filter(({ source }) => source === slug);
  }

  async #steps(
    source: ProjectionSource,
    messages: readonly Message[],
  ): Promise<{ readonly steps: readonly Step[]; readonly at: string | null }> {
    const left = this.#discarded.filter((one) => one.source === source.slug);
    if (source.definition === null) {
      const journal = messages as readonly JournalMessage[];
      const at = journal.at(-1)?.entries.at(-1)?.received_at ?? null;
      const discarded = new Set(left.map(({ aggregate_id }) => aggregate_id));
      return { at, steps: journalSteps(this.#projection, journal, discarded) };
    }
    const entries = messages as readonly LogEntry[];
    for (const entry of entries)
      if ('unreadable' in entry) {
        this.unreadable++;
        const { sequence, unreadable: subject } = entry;
        this.#world.log.error(
          { ...this.#who(), sequence, subject },
          'a message that is no event was passed over; run "stele doctor"',
        );
      }
    const events = eventsIn(entries);
    const parked = new Set(this.#parkedIn(source.slug).map(({ aggregate_id }) => aggregate_id));
    const folds = await this.#foldsOf(
      source.slug,
      events.filter(({ aggregate_id }) => !parked.has(aggregate_id)),
    );
    const known = { folds, parked, discarded: new Set(left.map(({ sequence }) => sequence)) };
    return {
      at: events.at(-1)?.event_timestamp ?? null,
      steps: eventSteps(this.#projection, source.definition, events, known),
    };
  }

  /** States before these events: from memory, from the store, none for an aggregate that begins. */
  async #foldsOf(
    slug: string,
    events: readonly { readonly aggregate_id: string; readonly aggregate_version: number }[],
  ): Promise<ReadonlyMap<string, Fold>> {
    const folds = new Map<string, Fold>();
    if (!this.#projection.folds) return folds;
    const absent = new Set<string>();
    const begun = new Set<string>();
    for (const { aggregate_id: id, aggregate_version } of events) {
      if (folds.has(id) || absent.has(id) || begun.has(id)) continue;
      const known = this.#folds.get(`${slug}/${id}`);
      if (known) folds.set(id, known);
      else if (aggregate_version === 1) begun.add(id);
      else absent.add(id);
    }
    if (absent.size > 0)
      for (const [id, fold] of await this.#world.views.folds(this.slot, slug, [...absent]))
        folds.set(id, fold);
    return folds;
  }

  async #documentsOf(keys: readonly string[]): Promise<ReadonlyMap<string, View | null>> {
    const documents = new Map<string, View | null>();
    const absent: string[] = [];
    for (const key of keys) {
      const known = this.#documents.get(key);
      if (known === undefined) absent.push(key);
      else documents.set(key, known);
    }
    if (absent.length === 0) return documents;
    const found = await this.#world.views.documents(this.slot, absent);
    for (const key of absent) documents.set(key, found.get(key) ?? null);
    return documents;
  }

  #changes(slug: string, applied: Applied): Pick<Commit, 'documents' | 'folds'> {
    return {
      documents: [...applied.documents].map(([key, document]) => ({ key, document })),
      folds: [...applied.folds].map(([aggregate_id, fold]) => ({
        ...{ source: slug, aggregate_id, fold },
      })),
    };
  }

  async #commit(commit: Commit): Promise<void> {
    const revision = this.#revision;
    if (!(await this.#world.views.commit(this.slot, { ...commit, revision })))
      throw new Standstill('starting', 'somebody else wrote: it begins again from what is there');
    this.#revision = revision + 1;
  }

  #adopt(slug: string, applied: Applied): void {
    for (const [key, document] of applied.documents) this.#documents.set(key, document);
    for (const [id, fold] of applied.folds) this.#folds.set(`${slug}/${id}`, fold);
  }

  #moved(): void {
    for (const told of [...this.#onMoved]) told();
  }
  #now(): string {
    return new Date(this.#world.clock()).toISOString();
  }

  #writeLater(): void {
    if (this.#flushing) return;
    this.#flushing = setTimeout(() => {
      this.#flushing = undefined;
      if (this.#stop.signal.aborted) return;
      this.exclusive(() => this.#writeCheckpoints()).catch(() => this.#again.abort());
    }, this.#world.limits.checkpointAfterMs);
    this.#flushing.unref();
  }

  async #writeCheckpoints(): Promise<void> {
    for (const progress of this.#progress.values()) {
      const { source, written: expected, taken: sequence, at } = progress;
      if (sequence === expected) continue;
      await this.#commit({
        advance: { source: source.slug, expected, sequence, at },
        ...{ documents: [], folds: [], park: [], unpark: [], discard: [] },
      });
      progress.written = sequence;
    }
  }

  /** An event that failed is tried again by itself a few times. */
  #retryLater(row: Parked): void {
    const after = this.#world.limits.retryAfterMs[row.attempts - 1];
    if (after === undefined) {
      this.#world.log.error(
        { ...this.#who(), ...row },
        'an event cannot be projected: its aggregate is parked until somebody looks',
      );
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (this.#stop.signal.aborted) return;
      // What fails here has been told already, or will be when following fails as well.
      this.drain(row).catch(() => {});
    }, after);
    timer.unref();
    this.#timers.add(timer);
  }

  /**
   * Try the events of a parked unit again, in order, up to the checkpoint; with `leaveOut`, without
   * the one that failed. A long history is written in pieces, each with its row.
   * @throws Fault READ_STORE_UNAVAILABLE, or what reading the log throws.
   */
  drain(which: ParkedRow, leaveOut?: By): Promise<Drained> {
    return this.exclusive(async () => {
      try {
        return await this.#drain(which, leaveOut);
      } catch (error) {
        this.#again.abort(); // what is in memory may not be what is written
        throw error;
      } finally {
        this.#moved();
      }
    });
  }

  async #drain(which: ParkedRow, leaveOut: By | undefined): Promise<Drained> {
    let row = this.#parked.get(rowKey(which));
    let drained = 0;
    for (let piece = 0; row; piece++) {
      const done = await this.#drainPiece(row, piece === 0 ? leaveOut : undefined);
      drained += done.drained;
      row = done.row;
      if (done.failed) break;
    }
    return { drained, still_parked: row ? row.waiting : 0 };
  }

  async #drainPiece(
    row: Parked,
    leaveOut: By | undefined,
  ): Promise<{
    readonly row: Parked | undefined;
    readonly drained: number;
    readonly failed: boolean;
  }> {
    const progress = this.#progress.get(row.source)!;
    const { source, written, at } = progress;
    const unit = await readUnit(this.#world.store, source, row, DRAIN_EVENTS_MAX);
    const events = unit.events.filter(({ sequence }) => sequence <= written);
    const wanted = source.definition
      ? events.filter((event) => matters(this.#projection, row.source, event))
      : [];
    const known = {
      folds: await this.#foldsOf(row.source, wanted),
      parked: new Set<string>(),
      discarded: new Set(leaveOut ? [row.sequence] : []),
    };
    const steps = source.definition
      ? eventSteps(this.#projection, source.definition, wanted, known)
      : journalSteps(
          this.#projection,
          unit.messages,
          new Set(leaveOut ? [row.aggregate_id] : []),
        ).filter(({ unit: entry }) => entry === row.aggregate_id);
    const documents = await this.#documentsOf(keysOfSteps(steps));
    const applied = applyBatch(this.#projection, steps, { documents, parked: new Set() });
    const done = steps.length - (applied.waiting.get(row.aggregate_id) ?? 0);
    const after = settled(row, applied, {
      ...{ done, now: this.#now() },
      next: unit.more ? (events.at(-1)?.sequence ?? written) + 1 : undefined,
    });
    const discard: Discarded[] = leaveOut
      ? [{ ...discardedOf(row), ...leaveOut, at: this.#now() }]
      : [];
    await this.#commit({
      advance: { source: row.source, expected: written, sequence: written, at },
      ...this.#changes(row.source, applied),
      park: after ? [after] : [],
      unpark: after ? [] : [{ source: row.source, aggregate_id: row.aggregate_id }],
      discard,
    });
    this.#adopt(row.source, applied);
    if (after) this.#parked.set(rowKey(row), after);
    else this.#parked.delete(rowKey(row));
    const failed = applied.failed.size > 0;
    if (after && failed) this.#retryLater(after);
    return { row: after, drained: leaveOut ? done - 1 : done, failed };
  }
}

const discardedOf = ({ source, aggregate_id, sequence, event_type, error }: Parked) => ({
  ...{ source, aggregate_id, sequence, event_type, error },
});
