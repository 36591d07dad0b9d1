import type { Aggregate, State } from '../../core/aggregate.js';
import type { EventRecord } from '../../core/event.js';
import { commit, createLive, type Live, stateOf } from '../../core/machine.js';
import type { Fault } from '../../core/refusal.js';
import type { ActorContext } from './actor-context.js';
import { extend, type Folded, load, nothing, snapshotOf, stateHash } from './load.js';

/** A fold, and whether it holds what was acknowledged before it was asked for. */
export type Seen = { readonly folded: Folded; readonly fresh: boolean };

/** What was appended: the events, the state they lead to, the sequence of the first one. */
export type Written = {
  readonly events: readonly EventRecord[];
  readonly state: State;
  readonly first: number;
};

/**
 * What this node holds of one aggregate: the fold of its events, and the live XState actor in the
 * state that they led to. Only what is on disk is ever in it.
 */
export class Replica {
  readonly #definition: Aggregate;
  readonly #id: string;
  readonly #context: ActorContext;
  #folded: Folded | undefined;
  #live: Live | undefined;
  #loading: Promise<Folded> | undefined;
  #saving: Promise<void> = Promise.resolve();
  /** Why nothing of it is to be used any more, whoever waits for it. */
  #ended: Fault | undefined;
  /** When it was loaded; null before. ISO 8601 UTC. */
  loadedAt: string | null = null;

  constructor(definition: Aggregate, id: string, context: ActorContext) {
    this.#definition = definition;
    this.#id = id;
    this.#context = context;
  }

  /** Undefined until it is loaded. */
  get folded(): Folded | undefined {
    return this.#folded;
  }
  get isLoading(): boolean {
    return this.#loading !== undefined;
  }
  /** The state of the live actor; undefined until it is loaded. */
  get state(): State | undefined {
    return this.#live && stateOf(this.#live);
  }

  /** Whoever needs it next loads it from the log. */
  drop(): void {
    this.#live?.stop();
    this.#live = undefined;
    this.#folded = undefined;
  }

  /** For good: also what is being read for it now is not used. */
  end(why: Fault): void {
    this.#ended = why;
    this.drop();
  }

  /** What is in memory, or what the log has. One that others began to load may lack the latest. */
  async see(): Promise<Seen> {
    if (this.#ended) throw this.#ended;
    if (this.#folded) return { folded: this.#folded, fresh: false };
    const fresh = this.#loading === undefined;
    return { folded: await this.#load(), fresh };
  }

  /** What is in memory, or loaded if need be, with what others wrote since. */
  async seeLatest(): Promise<Folded> {
    const { folded, fresh } = await this.see();
    return fresh ? folded : this.refresh(folded);
  }

  /** A fold with what was written since. It is kept, unless what is in memory is another by then. */
  async refresh(before: Folded): Promise<Folded> {
    const { store } = this.#context;
    const events = await store.read(this.#definition, this.#id, before.sequence + 1);
    if (this.#ended) throw this.#ended;
    const last = events.at(-1)?.sequence ?? before.sequence;
    const here = this.#folded;
    if (here && here !== before && here.sequence >= last) return here;
    if (events.length === 0) return before;
    const from = here && here.sequence > before.sequence ? here : before;
    const later = events.filter(({ sequence }) => sequence > from.sequence);
    const folded = extend(this.#definition, from, later);
    if (here !== from) return folded;
    this.#adopt(folded);
    this.#snapshotAfter(from.version);
    return folded;
  }

  /**
   * Events that were decided on a fold are on disk: the live actor goes on from the state that was
   * decided, and the fold follows it. Unless somebody looked meanwhile and read them from the log, or
   * the fold was found wrong: whoever needs it next reads the log.
   */
  commit(on: Folded, { events, state, first }: Written): void {
    for (const [index, event] of events.entries())
      on.accepted.add(event.causation_id, first + index);
    if (this.#folded !== on) return;
    commit(this.#live!, this.#definition, state);
    const last = events[events.length - 1]!;
    this.#folded = {
      state,
      version: last.aggregate_version,
      sequence: first + events.length - 1,
      head: last.hash,
      timestamp: last.event_timestamp,
      accepted: on.accepted,
    };
    this.#snapshotAfter(on.version);
  }

  #load(): Promise<Folded> {
    this.#loading ??= this.#loadOnce().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #loadOnce(): Promise<Folded> {
    const { store, limits, now, observer } = this.#context;
    const start = performance.now();
    const { folded, usedSnapshot } = await load(store, this.#definition, this.#id);
    if (this.#ended) throw this.#ended;
    this.#adopt(folded);
    this.loadedAt = now();
    observer.loaded(performance.now() - start, usedSnapshot);
    if (!usedSnapshot) this.#snapshotAfter(0);
    else if (Math.random() * limits.verifyOneIn < 1) void this.#verify(folded);
    return folded;
  }

  #adopt(folded: Folded): void {
    this.#live?.stop();
    this.#folded = folded;
    this.#live = createLive(this.#definition, folded.state);
  }

  /** REQ-034: one whenever a multiple of so many events was passed. */
  #snapshotAfter(version: number): void {
    const { snapshotEvery } = this.#context.limits;
    const folded = this.#folded!;
    if (Math.floor(folded.version / snapshotEvery) > Math.floor(version / snapshotEvery))
      void this.#saveSnapshot(folded);
  }

  /** One after the other: a later one is never overtaken by an earlier one. */
  #saveSnapshot(folded: Folded): Promise<void> {
    const { store, observer, log } = this.#context;
    const snapshot = snapshotOf(this.#definition, folded);
    this.#saving = this.#saving.then(async () => {
      try {
        await store.saveSnapshot(this.#definition, this.#id, snapshot);
        observer.snapshotted(true);
      } catch (err) {
        observer.snapshotted(false);
        log.warn(
          { ...this.#named, err },
          'a snapshot could not be saved; loading falls back to events',
        );
      }
    });
    return this.#saving;
  }

  /**
   * Replay from the first event and compare with what the snapshot led to. Nothing is decided any
   * more on one that was wrong, however busy the actor is.
   */
  async #verify({ version, state, accepted }: Folded): Promise<void> {
    const { store, log } = this.#context;
    const hash = accepted.hash();
    try {
      const events = await store.read(this.#definition, this.#id, 1, version);
      const whole = extend(this.#definition, nothing(this.#definition), events);
      if (whole.version !== version) return;
      if (stateHash(whole.state) === stateHash(state) && whole.accepted.hash() === hash) return;
      log.error(this.#named, 'a snapshot differed from the replay of its events and was replaced');
      this.drop();
      await this.#saveSnapshot(whole);
    } catch (err) {
      log.error({ ...this.#named, err }, 'a snapshot could not be verified');
    }
  }

  get #named() {
    return { aggregate_type: this.#definition.name, aggregate_id: this.#id };
  }
}
