import { setTimeout as pause } from 'node:timers/promises';
import type { Projection, View } from '../core/projection.js';
import { Fault, isRefusal, type Refusal, refuse } from '../core/refusal.js';
import type { StreamEnds } from '../store/port.js';
import type { Discarded, Parked, Slot, SlotSpec } from '../views/port.js';
import { compareDocuments, documentsInMemory, documentsOfSlot } from './compare.js';
import { COUNT_EVERY_MS, FOLLOWER_LOOK_MS } from './limits.js';
import { atSamePosition, covers } from './meet.js';
import { type ParkedRow, rowKey } from './parking.js';
import { ProgressRate } from './progress-rate.js';
import type {
  BuildStatus,
  By,
  Comparison,
  ProjectionState,
  ProjectionStatus,
  Reading,
  Vector,
} from './projections.js';
import { type LeftOut, Recomputed } from './recompute.js';
import { type Problem, problemOf } from './standstill.js';
import { feedName, Worker, type World } from './worker.js';

/** What was found at a look, the same for all projections of a node. */
export type Look = {
  readonly ends: ReadonlyMap<string, StreamEnds>;
  /** When the ends were asked for, and how far every worker was by then. */
  readonly askedAt: number;
  readonly before: ReadonlyMap<Worker, Vector>;
};

type Drained = { readonly drained: number; readonly still_parked: number };

const isFilled = ({ role }: Slot): boolean => role === 'building' || role === 'candidate';

/**
 * One projection on this node: which slot readers get, which slots are moved and by whom, and what
 * operators may do. What the read store says about slots counts; everything here follows it.
 */
export class Projector {
  readonly projection: Projection;
  readonly #world: World;
  readonly #rate = new ProgressRate();
  #slots: readonly Slot[] = [];
  #leads = false;
  #stopped = false;
  #found = false;
  #problem: Problem | null = null;
  /** Since when the read store has been asked and has not answered. */
  #askedAt: number | undefined;
  #live: Worker | undefined;
  #build: Worker | undefined;
  /** Documents in the live slot, counted now and then. */
  #documents = 0;
  #discarded = 0;
  #countedAt = Number.NEGATIVE_INFINITY;
  #countedTaken = -1;
  #elsewhere: Vector = new Map();
  #ends: ReadonlyMap<string, StreamEnds> = new Map();
  #tail: Promise<unknown> = Promise.resolve();

  constructor(projection: Projection, world: World) {
    this.projection = projection;
    this.#world = world;
  }

  get workers(): readonly Worker[] {
    return [this.#live, this.#build].filter((one) => one !== undefined);
  }
  get #name(): string {
    return this.projection.name;
  }
  get #liveSlot(): Slot | undefined {
    return this.#slots.find(({ role }) => role === 'live');
  }
  get #previousSlot(): Slot | undefined {
    return this.#slots.findLast(({ role }) => role === 'previous');
  }
  /** The slot that is to be live, if the live one is not built by this definition, or a rebuild. */
  get #buildSlot(): Slot | undefined {
    const own = (slot: Slot): boolean => slot.hash === this.projection.hash;
    const building = this.#slots.findLast((slot) => isFilled(slot) && own(slot));
    if (building) return building;
    // A deployment that was taken back: the documents of before are caught up, not built anew.
    const live = this.#liveSlot;
    if (live && !own(live))
      return this.#slots.findLast((slot) => slot.role === 'previous' && own(slot));
    return undefined;
  }

  /** One change of slots or workers at a time. */
  #serially<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#tail.then(work);
    this.#tail = run.catch(() => {});
    return run;
  }

  /** Take over what was found: who moves what, and whether it moves. */
  look(found: Look): Promise<void> {
    return this.#serially(async () => {
      this.#ends = found.ends;
      this.#askedAt = this.#world.clock();
      try {
        const { views } = this.#world;
        this.#slots = await this.#ownSlots();
        this.#stopped = (await views.stopped()).has(this.#name);
        this.#leads = await views.lead(this.#name);
        await this.#arrange();
        await this.#count(found.askedAt);
        this.#found = true;
        this.#problem = null;
      } catch (error) {
        this.#problem = problemOf(error);
      } finally {
        this.#askedAt = undefined;
      }
      for (const worker of this.workers) {
        const before = found.before.get(worker);
        if (before) worker.look(found.ends, before, found.askedAt);
      }
      if (this.#build) this.#rate.look(sum(this.#build.positions), found.askedAt);
      await this.#switchWhenReady();
    });
  }

  async #ownSlots(): Promise<readonly Slot[]> {
    const slots = await this.#world.views.slots();
    return slots.filter(({ projection }) => projection === this.#name);
  }

  /** Let exactly those slots be moved that should be. */
  async #arrange(): Promise<void> {
    const moves = this.#leads && !this.#stopped;
    if (moves) await this.#ensureSlots();
    const live = this.#liveSlot;
    const follows = moves && live?.hash === this.projection.hash ? live : undefined;
    const fills = moves ? this.#buildSlot : undefined;
    this.#live = await this.#workerFor(follows, this.#live);
    this.#build = await this.#workerFor(fills, this.#build);
  }

  async #ensureSlots(): Promise<void> {
    const { hash } = this.projection;
    for (const slot of this.#slots)
      if (isFilled(slot) && slot.hash !== hash) await this.#drop(slot);
    const live = this.#liveSlot;
    if (live === undefined) this.#slots = [...this.#slots, await this.#create('live')];
    else if (live.hash !== hash && this.#buildSlot === undefined) {
      this.#slots = [...this.#slots, await this.#create('building')];
      const { version, generation } = live;
      this.#world.log.info(
        { projection: this.#name, version, generation },
        'the definition changed: documents are built anew beside the live ones',
      );
    }
  }

  #create(role: Slot['role']): Promise<Slot> {
    const { name, version, hash, columns, search } = this.projection;
    const spec: SlotSpec = { projection: name, version, hash, columns, search };
    return this.#world.views.createSlot(spec, role);
  }

  async #drop(slot: Slot): Promise<void> {
    if (this.#build?.slot.generation === slot.generation) {
      await this.#build.stop();
      this.#build = undefined;
    }
    await this.#world.views.dropSlot(slot);
    this.#slots = this.#slots.filter((one) => one.generation !== slot.generation);
    this.#dropFeeds(slot);
  }

  /** Consumers that nobody needs; the server forgets them by itself, later. */
  #dropFeeds(slot: Slot): void {
    for (const { definition } of this.projection.sources)
      void this.#world.store.dropFeed(definition ?? 'journal', feedName(slot)).catch(() => {});
  }

  async #workerFor(slot: Slot | undefined, now: Worker | undefined): Promise<Worker | undefined> {
    if (slot && now && now.slot.generation === slot.generation) return now;
    await now?.stop();
    if (!slot) return undefined;
    const worker = new Worker(this.projection, slot, this.#world);
    worker.start();
    return worker;
  }

  async #count(now: number): Promise<void> {
    const live = this.#liveSlot;
    if (!live) return;
    const { views } = this.#world;
    if (!this.#live) this.#elsewhere = await this.#written(live);
    const taken = sum(this.#live?.positions ?? this.#elsewhere);
    if (taken === this.#countedTaken || now - this.#countedAt < COUNT_EVERY_MS) return;
    this.#countedAt = now;
    this.#countedTaken = taken;
    this.#documents = await views.count(live);
    this.#discarded = (await views.discarded(live)).length;
  }

  async #written(slot: Slot): Promise<Vector> {
    const written = await this.#world.views.checkpoints(slot);
    return new Map(
      this.projection.sources.map(({ slug }) => [
        slug,
        written.find(({ source }) => source === slug)?.sequence ?? 0,
      ]),
    );
  }

  // ---------------------------------------------------------------- status

  #stateNow(): Problem | null {
    if (this.#problem) return this.#problem;
    const { clock, limits } = this.#world;
    if (this.#askedAt !== undefined && clock() - this.#askedAt > limits.stalledAfterMs)
      return { state: 'store_unavailable', reason: 'the read store does not answer' };
    if (!this.#found)
      return { state: 'starting', reason: 'the read store has not been looked at yet' };
    if (this.#stopped) return { state: 'stopped', reason: 'it was switched off by an operator' };
    if (!this.#leads) return { state: 'waiting', reason: 'another node moves it' };
    if (this.#live?.problem) return this.#live.problem;
    const live = this.#liveSlot;
    if (!this.#live && live)
      return (
        this.#build?.problem ?? {
          state: 'starting',
          reason: `version ${this.projection.version} is being built; until then the documents of version ${live.version} are served as they stood`,
        }
      );
    if (!this.#live?.loaded) return { state: 'starting', reason: 'it reads where it stood' };
    return null;
  }

  get state(): ProjectionState {
    return this.#stateNow()?.state ?? 'running';
  }

  status(): ProjectionStatus {
    const { name, summary, version } = this.projection;
    const problem = this.#stateNow();
    const live = this.#liveSlot;
    const sources = this.#live?.loaded ? this.#live.sources() : this.#sourcesElsewhere();
    const parked = this.#live?.parked ?? [];
    const previous = this.#previousSlot;
    return {
      ...{ name, summary, state: problem?.state ?? 'running', reason: problem?.reason ?? null },
      ...{ version: live?.version ?? version, generation: live?.generation ?? 0 },
      documents: this.#documents,
      sources,
      lag_events: sources.reduce((total, { lag_events }) => total + lag_events, 0),
      lag_seconds: sources.reduce((most, { lag_seconds }) => Math.max(most, lag_seconds), 0),
      parked_aggregates: parked.length,
      parked_events: parked.reduce((total, { waiting }) => total + waiting, 0),
      discarded_events: this.#discarded,
      build: this.#buildStatus(),
      previous: previous ? { generation: previous.generation, version: previous.version } : null,
    };
  }

  #sourcesElsewhere(): ProjectionStatus['sources'] {
    return this.projection.sources.map(({ slug: source }) => {
      const sequence = this.#elsewhere.get(source) ?? 0;
      const end = this.#ends.get(source)?.last ?? sequence;
      return { source, sequence, end, lag_events: Math.max(0, end - sequence), lag_seconds: 0 };
    });
  }

  #buildStatus(): BuildStatus | null {
    const slot = this.#buildSlot;
    if (!slot) return null;
    const { generation, version, created_at: started_at, role } = slot;
    const done = this.#build ? sum(this.#build.positions) : 0;
    const ends = this.projection.sources.map(({ slug }) => this.#ends.get(slug)?.last ?? 0);
    const total = Math.max(
      done,
      ends.reduce((all, end) => all + end, 0),
    );
    const rate = this.#rate.perSecond;
    return {
      ...{ generation, version, started_at, done, total, events_per_second: rate },
      eta_seconds: done >= total ? 0 : rate > 0 ? Math.ceil((total - done) / rate) : null,
      caught_up: this.#build?.caughtUp ?? false,
      switch_when_ready: role !== 'candidate',
    };
  }

  // ---------------------------------------------------------------- reading

  /** @throws Fault READ_STORE_UNAVAILABLE */
  async reading(): Promise<Reading> {
    const slot = this.#liveSlot ?? (await this.#findLive());
    const positions =
      this.#live?.loaded && this.#live.slot.generation === slot.generation
        ? this.#live.positions
        : await this.#written(slot);
    return { projection: this.projection, store: this.#world.views, slot, positions };
  }

  async #findLive(): Promise<Slot> {
    const live = (await this.#ownSlots()).find(({ role }) => role === 'live');
    if (live) return live;
    throw new Fault(
      'READ_STORE_UNAVAILABLE',
      `the projection ${this.#name} has no documents yet: it is being started`,
    );
  }

  async reached(wanted: Vector, ms: number, signal: AbortSignal): Promise<boolean> {
    const own = new Set(this.projection.sources.map(({ slug }) => slug));
    const vector = new Map([...wanted].filter(([source]) => own.has(source)));
    const deadline = performance.now() + ms;
    for (;;) {
      // Not there (yet): it may be in a moment.
      const positions = await this.reading().then(
        (one) => one.positions,
        () => NOWHERE,
      );
      if (positions !== NOWHERE && covers(positions, vector)) return true;
      const left = deadline - performance.now();
      // What an operator must set going first does not come while somebody waits.
      if (left <= 0 || this.state === 'stopped' || this.state === 'log_truncated') return false;
      await this.#movedWithin(left);
      if (signal.aborted) return false;
    }
  }

  /** A worker that stops tells, too. */
  async #movedWithin(ms: number): Promise<void> {
    const worker = this.#live;
    if (!worker) return pause(Math.min(ms, FOLLOWER_LOOK_MS));
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        done();
        resolve();
      };
      const timer = setTimeout(end, ms);
      const done = worker.onMoved(end);
    });
  }

  // ---------------------------------------------------------------- operations

  async setStopped(stopped: boolean): Promise<ProjectionStatus> {
    return this.#serially(async () => {
      await this.#world.views.setStopped(this.#name, stopped);
      this.#stopped = stopped;
      await this.#arrange();
      this.#world.log.info({ projection: this.#name }, stopped ? 'stopped' : 'started');
      return this.status();
    });
  }

  /** Why this node cannot do something to the projection now. */
  #notHere(): Refusal | undefined {
    if (!this.#found || this.#problem)
      return refuse(
        'PROJECTION_NOT_READY',
        `${this.#name} cannot be worked on now: ${this.#problem?.reason ?? 'it is being started'}`,
        { conflict: true },
      );
    if (this.#stopped)
      return refuse('PROJECTION_STOPPED', `${this.#name} is stopped; start it first`, {
        conflict: true,
      });
    if (!this.#leads)
      return refuse(
        'PROJECTION_ELSEWHERE',
        `another node moves ${this.#name}; send this to that node`,
        { conflict: true },
      );
    return undefined;
  }

  rebuild(switchWhenReady: boolean): Promise<ProjectionStatus | Refusal> {
    return this.#serially(async () => {
      const not = this.#notHere();
      if (not) return not;
      if (this.#buildSlot)
        return refuse('BUILD_UNDER_WAY', `${this.#name} is being built already`, {
          conflict: true,
          details: { build: this.#buildStatus() },
        });
      const slot = await this.#create(switchWhenReady ? 'building' : 'candidate');
      await this.#leaveOutIn(slot);
      this.#slots = [...this.#slots, slot];
      await this.#arrange();
      return this.status();
    });
  }

  /** What an operator left out stays so, unless the definition has changed since. */
  async #leaveOutIn(slot: Slot): Promise<void> {
    const live = this.#liveSlot;
    const discard = live?.hash === slot.hash ? await this.#world.views.discarded(live) : [];
    if (discard.length > 0)
      await this.#world.views.commit(slot, {
        ...{ advance: null, documents: [], folds: [], park: [], unpark: [], discard },
      });
  }

  cancelBuild(): Promise<ProjectionStatus | Refusal> {
    return this.#serially(async () => {
      const not = this.#notHere();
      if (not) return not;
      const slot = this.#buildSlot;
      if (!slot || slot.role === 'previous') return this.#noBuild();
      if (this.#liveSlot?.hash !== this.projection.hash)
        return refuse(
          'BUILD_NEEDED',
          `${this.#name} was changed: without this build it would stand still for good`,
          { conflict: true },
        );
      await this.#drop(slot);
      return this.status();
    });
  }

  #noBuild(): Refusal {
    return refuse('NO_BUILD', `${this.#name} is not being built`, { conflict: true });
  }

  async #switchWhenReady(): Promise<void> {
    const build = this.#build;
    if (!build?.caughtUp || this.#buildSlot?.role === 'candidate') return;
    const refused = await this.#switchTo(build).catch((error: unknown) => error as Error);
    if (refused)
      this.#world.log.warn({ projection: this.#name, ...refused }, 'it was not switched');
  }

  switch(): Promise<ProjectionStatus | Refusal> {
    return this.#serially(async () => {
      const not = this.#notHere();
      if (not) return not;
      const build = this.#build;
      if (!build) return this.#noBuild();
      return (await this.#switchTo(build)) ?? this.status();
    });
  }

  /** Readers get the other slot from now on, which knows at least what they knew before. */
  async #switchTo(worker: Worker): Promise<Refusal | undefined> {
    if (!worker.caughtUp)
      return refuse('BUILD_BEHIND', `the new documents of ${this.#name} have not caught up yet`, {
        conflict: true,
        details: { build: this.#buildStatus() },
      });
    const live = this.#live;
    // What is ahead of a log that lost its tail cannot be caught up with.
    const meets = live && live.problem === null;
    const switched = meets
      ? await atSamePosition([live, worker], this.#world.limits.meetWithinMs, () =>
          this.#makeLive(worker),
        )
      : await this.#makeLive(worker);
    if (switched) return undefined;
    return refuse('BUILD_BEHIND', `the new documents of ${this.#name} did not catch up in time`, {
      conflict: true,
    });
  }

  async #makeLive(worker: Worker): Promise<true> {
    const { views, log } = this.#world;
    const before = this.#liveSlot;
    // One slot can be switched back to: the one that is live now.
    for (const slot of this.#slots)
      if (slot.role === 'previous' && slot.generation !== worker.slot.generation) {
        await views.dropSlot(slot);
        this.#dropFeeds(slot);
      }
    await views.switchTo(worker.slot);
    this.#slots = await this.#ownSlots();
    this.#countedTaken = -1;
    const old = this.#live;
    this.#live = worker;
    this.#build = undefined;
    void old?.stop().then(() => this.#dropFeeds(old.slot));
    const { generation, version } = worker.slot;
    const from = before?.generation;
    log.info({ projection: this.#name, from, generation, version }, 'switched');
    return true;
  }

  switchBack(): Promise<ProjectionStatus | Refusal> {
    return this.#serially(async () => {
      const not = this.#notHere();
      if (not) return not;
      const slot = this.#ownPrevious();
      if (isRefusal(slot)) return slot;
      const worker = await this.#caughtUp(slot);
      const refused = worker.caughtUp
        ? await this.#switchTo(worker)
        : refuse(
            'PREVIOUS_BEHIND',
            `the previous documents of ${this.#name} did not catch up in time; try again`,
            { conflict: true },
          );
      if (refused) await worker.stop();
      return refused ?? this.status();
    });
  }

  #ownPrevious(): Slot | Refusal {
    const slot = this.#previousSlot;
    if (!slot)
      return refuse('NO_PREVIOUS', `${this.#name} has no documents to switch back to`, {
        conflict: true,
      });
    if (slot.hash === this.projection.hash) return slot;
    return refuse(
      'PREVIOUS_OUTDATED',
      `the previous documents of ${this.#name} were built by another definition (version ${slot.version}), which this program does not have; run the program that does`,
      { conflict: true },
    );
  }

  /** A worker over a slot that nobody moved, after it has come to the end of the log, or not in time. */
  async #caughtUp(slot: Slot): Promise<Worker> {
    const worker = new Worker(this.projection, slot, this.#world);
    worker.start();
    const deadline = performance.now() + this.#world.limits.meetWithinMs;
    while (!worker.caughtUp && performance.now() < deadline) {
      const before = worker.positions;
      const ends = await this.#endsNow().catch(() => new Map<string, StreamEnds>());
      worker.look(ends, before, this.#world.clock());
      await pause(FOLLOWER_LOOK_MS);
    }
    return worker;
  }

  async #endsNow(): Promise<ReadonlyMap<string, StreamEnds>> {
    const asked = this.projection.sources.map(
      async ({ slug, definition }) =>
        [slug, await this.#world.store.ends(definition ?? 'journal')] as const,
    );
    return new Map(await Promise.all(asked));
  }

  async compare(): Promise<Comparison | Refusal> {
    const not = this.#notHere();
    if (not) return not;
    const { views, limits } = this.#world;
    const other = this.#buildSlot ?? this.#previousSlot;
    const live = this.#liveSlot;
    if (!other || !live)
      return refuse('NOTHING_TO_COMPARE', `${this.#name} has one set of documents only`, {
        conflict: true,
      });
    // Documents of another definition stand where they stood: they are compared with what this
    // one makes of the log up to there.
    const still = [live, other].find(({ hash }) => hash !== this.projection.hash);
    if (still) return this.#compareWithLog(still);
    const building = this.#build;
    const worker = building ?? (await this.#caughtUp(other));
    try {
      const met = await atSamePosition([this.#live!, worker], limits.meetWithinMs, (position) =>
        compareDocuments(views, live, documentsOfSlot(views, other), position),
      );
      return (
        met ??
        refuse('BUILD_BEHIND', `the two sets of ${this.#name} did not come to the same position`, {
          conflict: true,
        })
      );
    } finally {
      if (!building) await worker.stop();
    }
  }

  async #compareWithLog(slot: Slot): Promise<Comparison> {
    const { views } = this.#world;
    const until = await this.#written(slot);
    const computed = new Recomputed(this.projection, { parked: [], discarded: [] }, this.#world);
    await computed.advance(until, () => {});
    return compareDocuments(views, slot, documentsInMemory(computed.documents), until);
  }

  async verify(onProgress: (done: number, total: number) => void): Promise<Comparison | Refusal> {
    const not = this.#notHere();
    if (not) return not;
    const live = this.#live;
    if (!live?.loaded)
      return refuse(
        'PROJECTION_NOT_READY',
        `${this.#name} is not moved by this definition yet: it is being built`,
        { conflict: true },
      );
    const { views } = this.#world;
    const leftOut = (): Promise<LeftOut> => this.#leftOut(live);
    const total = sum(live.positions);
    const told = (done: number): void => onProgress(Math.min(done, total), total);
    let without = await leftOut();
    let computed = new Recomputed(this.projection, without, this.#world);
    await computed.advance(live.positions, told);
    // The rest while the live documents stand still: as little as came in meanwhile.
    return live.exclusive(async () => {
      const now = await leftOut();
      if (keyOf(now) !== keyOf(without)) {
        without = now;
        computed = new Recomputed(this.projection, without, this.#world);
      }
      await computed.advance(live.positions, told);
      for (const [key, document] of computed.documents) this.#checkView(key, document);
      onProgress(total, total);
      return compareDocuments(
        ...([views, live.slot, documentsInMemory(computed.documents), live.positions] as const),
      );
    });
  }

  /** Handlers that make documents of another shape than they say are told of here, not at each event. */
  #checkView(key: string, document: View): void {
    const parsed = this.projection.view.safeParse(document);
    if (parsed.success) return;
    const [issue] = parsed.error.issues;
    throw new Fault(
      'VIEW_MISFIT',
      `${this.#name}: the document ${key} does not have the shape of its view at "${issue?.path.join('.')}": ${issue?.message}`,
    );
  }

  async #leftOut({ slot }: Worker): Promise<LeftOut> {
    const { views } = this.#world;
    return { parked: await views.parked(slot), discarded: await views.discarded(slot) };
  }

  async parked(): Promise<readonly Parked[]> {
    return this.#world.views.parked(this.#liveSlot ?? (await this.#findLive()));
  }

  async discarded(): Promise<readonly Discarded[]> {
    return this.#world.views.discarded(this.#liveSlot ?? (await this.#findLive()));
  }

  async retry(which: ParkedRow | 'all'): Promise<Drained | Refusal> {
    const live = this.#parking(which);
    if (isRefusal(live)) return live;
    let drained = 0;
    let still_parked = 0;
    for (const row of which === 'all' ? live.parked : [which]) {
      const done = await live.drain(row);
      drained += done.drained;
      still_parked += done.still_parked;
    }
    return { drained, still_parked };
  }

  async discard(which: ParkedRow, by: By): Promise<Drained | Refusal> {
    const live = this.#parking(which);
    return isRefusal(live) ? live : live.drain(which, by);
  }

  /** The worker that has what is parked. */
  #parking(which: ParkedRow | 'all'): Worker | Refusal {
    const not = this.#notHere();
    if (not) return not;
    const live = this.#live;
    if (!live?.loaded)
      return refuse('PROJECTION_NOT_READY', `${this.#name} is being started`, { conflict: true });
    if (which !== 'all' && !live.parked.some((row) => rowKey(row) === rowKey(which)))
      return refuse('NOT_PARKED', `nothing of ${rowKey(which)} waits for ${this.#name}`);
    return live;
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.stop()));
  }
}

const NOWHERE: Vector = new Map();

const sum = (vector: Vector): number => [...vector.values()].reduce((all, one) => all + one, 0);

/** Says which events are left out, whatever else their rows say. */
const keyOf = ({ parked, discarded }: LeftOut): string =>
  JSON.stringify([...parked, ...discarded].map((row) => [rowKey(row), row.sequence]));
