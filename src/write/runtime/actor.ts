import { setTimeout as pause } from 'node:timers/promises';
import type { Aggregate, Referenced, State } from '../../core/aggregate.js';
import type { Command } from '../../core/command.js';
import type { EventRecord } from '../../core/event.js';
import { commit, createLive, type Live, stateOf } from '../../core/machine.js';
import { Fault, isRefusal, type Refusal, refuse } from '../../core/refusal.js';
import { type EventStore, isConflict } from '../store/port.js';
import type { Boundaries, Fenced } from './boundaries.js';
import { type Claiming, claiming } from './claiming.js';
import { acceptedOf, type Keyed } from './first-answer.js';
import { decideTogether, type Group, noneOf } from './group.js';
import type { LastCommand } from './last-command.js';
import { ATTEMPT_PAUSE_MAX_MS, ATTEMPTS_MAX, type Limits, TURN_EVENTS_MAX } from './limits.js';
import { extend, type Folded, load, nothing, snapshotOf, stateHash } from './load.js';
import { asFault, lookUp, lookUpOwners } from './look-up.js';
import { accepted, dryRun, outcomeOfAnswer, type Result } from './outcome.js';
import { replayed } from './replayed.js';
import {
  after,
  type Decided,
  decideAt,
  type Lookups,
  type Owners,
  OwnersUnknown,
  pointOf,
  replayAt,
} from './turn.js';

/** Whether a decision may be another one on later facts, though nothing is written that says so. */
const restsOnFacts = (one: Decided): boolean =>
  'refusal' in one || one.kind === 'dry' || (one.kind === 'replay' && one.foreign !== undefined);

/** What an actor needs of the host it lives in. */
export type Surroundings = {
  readonly store: EventStore;
  readonly limits: Limits;
  readonly boundaries: Boundaries;
  /** Server time, ISO 8601 UTC. */
  readonly now: () => string;
  /** Another aggregate as the log has it; null when it is not there, or deleted. */
  readonly peek: (type: string, id: string) => Promise<Referenced<unknown> | null>;
  /** Why the approval that a command names does not allow it; undefined when it does. */
  readonly unapproved: (command: Command, now: string) => Promise<Refusal | undefined>;
  readonly log: (level: 'warn' | 'error', what: Record<string, unknown>, message: string) => void;
  readonly onLoaded: (tookMs: number, usedSnapshot: boolean) => void;
  readonly onConflict: () => void;
  /** Last sequence of what was just appended. */
  readonly onAppended: (slug: string, sequence: number) => void;
  readonly onSnapshot: (saved: boolean) => void;
};

/** A command in the inbox and whoever waits for its answer. */
type Ticket = {
  readonly command: Command;
  readonly settle: (answer: Result | Fault | Promise<Result>) => void;
  /** The commands it is decided and written with, all or none. */
  readonly group?: Group;
  /** Once told, a caller is never told something else, and its command not decided again. */
  settled: boolean;
};

/** Faults that one of several commands may be the cause of: the others are tried without it. */
const OF_ONE_COMMAND: ReadonlySet<string> = new Set([
  'EVENT_TOO_LARGE',
  'APPEND_TOO_LARGE',
  'STORE_REFUSED',
]);
/** Faults that say the same of whatever would be written now. */
const NOTHING_IS_WRITTEN: ReadonlySet<string> = new Set([
  'STORE_UNAVAILABLE',
  'STORE_FULL',
  'LOG_TRUNCATED',
  'READ_STORE_FOREIGN',
]);
/**
 * What those who wait behind a command are told when it failed so: the store is away, and they would
 * wait as long for the same answer, one after the other.
 */
const faultOfAllWaiting = (fault: Fault): Fault | undefined => {
  if (NOTHING_IS_WRITTEN.has(fault.code)) return fault;
  if (fault.code !== 'OUTCOME_UNKNOWN') return undefined;
  return new Fault(
    'STORE_UNAVAILABLE',
    'the event store does not take what is written in time; nothing was written of this command',
  );
};

/** A fold, and whether it holds what was acknowledged before it was asked for. */
type Seen = { readonly folded: Folded; readonly fresh: boolean };

const busy = (what: string): Refusal =>
  refuse('BUSY', `${what}; nothing was written, send the command again in a moment`);

/**
 * One aggregate in memory. Commands wait in its inbox and are decided one after the other, each on
 * the state the earlier ones will have produced; what a turn decided is written as one append, and
 * only then do the events reach the live XState actor and the callers their answers.
 */
export class Actor {
  readonly #definition: Aggregate;
  readonly #id: string;
  readonly #world: Surroundings;
  readonly #inbox: Ticket[] = [];
  #folded: Folded | undefined;
  #live: Live | undefined;
  #loading: Promise<Folded> | undefined;
  #saving: Promise<void> = Promise.resolve();
  #running = false;
  /** How many look at it right now. */
  #looking = 0;
  /** Milliseconds of the host's clock, for people. */
  lastUsed = 0;
  /** Milliseconds of the monotonic clock, for passivation. */
  usedAt = 0;
  /** When it was loaded; null before. ISO 8601 UTC. */
  loadedAt: string | null = null;
  /** What it was told last and how that ended, for operators. */
  last: LastCommand | null = null;

  constructor(definition: Aggregate, id: string, world: Surroundings) {
    this.#definition = definition;
    this.#id = id;
    this.#world = world;
  }

  get definition(): Aggregate {
    return this.#definition;
  }
  get id(): string {
    return this.#id;
  }
  get idle(): boolean {
    return !this.#running && this.#inbox.length === 0 && !this.#loading && this.#looking === 0;
  }
  get waiting(): number {
    return this.#inbox.length;
  }

  /** The state of the live actor; undefined until it is loaded. */
  get state(): State | undefined {
    return this.#live && stateOf(this.#live);
  }
  get version(): number {
    return this.#folded?.version ?? 0;
  }

  /** @throws Fault when the command could not be decided or its outcome is unknown. */
  tell(command: Command): Promise<Result> {
    return this.#full(1) ?? this.#told(command);
  }

  /**
   * Several commands, decided one after the other and written at once, all or none: the answers in
   * their order, or the refusal of the first one that was refused.
   * @throws Fault as `tell` does
   */
  async tellTogether(
    commands: readonly Command[],
    how: Omit<Group, 'size' | 'refusal'>,
  ): Promise<Refusal | readonly Result[]> {
    const full = this.#full(commands.length);
    if (full) return full;
    const group: Group = { ...how, size: commands.length, refusal: undefined };
    const results = await Promise.all(commands.map((command) => this.#told(command, group)));
    // What came before is not decided again, but the same id may have come with something else.
    const reused = results.find((one) => isRefusal(one) && one.refused !== 'NO_CHANGE');
    return group.refusal ?? (reused as Refusal | undefined) ?? results;
  }

  #full(more: number): Promise<Refusal> | undefined {
    const { length } = this.#inbox;
    const { inboxMax } = this.#world.limits;
    // Several that are decided together may need more room than there is at all.
    if (length === 0 ? inboxMax > 0 : length + more <= inboxMax) return undefined;
    return Promise.resolve(
      busy(`${length} commands are waiting for ${this.#definition.name} ${this.#id}`),
    );
  }

  #told(command: Command, group?: Group): Promise<Result> {
    return new Promise((resolve, reject) => {
      const ticket: Ticket = {
        command,
        ...(group && { group }),
        settled: false,
        settle: (answer) => {
          ticket.settled = true;
          const { command_type } = command;
          this.last = { command_type, outcome: outcomeOfAnswer(answer), at: this.#world.now() };
          if (answer instanceof Fault) reject(answer);
          else resolve(answer);
        },
      };
      this.#inbox.push(ticket);
      if (!this.#running) void this.#run();
    });
  }

  /** The committed state and its version, loaded if need be, with what others wrote since. */
  async look(): Promise<State & { readonly version: number }> {
    const { state, version } = await this.#latest();
    return { ...state, version };
  }

  /** The same, and where the events begin of what of a request had been accepted by then. */
  async lookFor(keyed: Keyed): Promise<{
    readonly there: State & { readonly version: number };
    readonly at: ReadonlyMap<string, number>;
  }> {
    const { state, version, accepted } = await this.#latest();
    return { there: { ...state, version }, at: acceptedOf(keyed, accepted) };
  }

  async #latest(): Promise<Folded> {
    this.#looking++;
    try {
      const { folded, fresh } = await this.#see();
      return fresh ? folded : await this.#refresh(folded);
    } finally {
      this.#looking--;
    }
  }

  stop(): void {
    this.#live?.stop();
    this.#live = undefined;
    this.#folded = undefined;
  }

  async #run(): Promise<void> {
    this.#running = true;
    // Whatever else is ready in this turn of the event loop joins the first turn of the actor.
    await Promise.resolve();
    while (this.#inbox.length > 0) {
      const tickets = this.#take();
      await this.#survive(tickets);
    }
    this.#running = false;
  }

  /**
   * A turn that fails ends with its callers told and nothing half-done kept. Returns what those who
   * wait behind it were told, if they were.
   */
  async #survive(tickets: readonly Ticket[]): Promise<Fault | undefined> {
    try {
      await this.#turn(tickets);
      return undefined;
    } catch (error) {
      this.stop(); // the next turn loads from the log
      const fault = asFault(error);
      const left = tickets.filter(({ settled }) => !settled);
      const ofAll = faultOfAllWaiting(fault);
      if (left.length > 1 && OF_ONE_COMMAND.has(fault.code) && !left[0]!.group)
        return this.#surviveEach(left);
      for (const { settle } of left) settle(fault);
      if (ofAll) for (const { settle } of this.#inbox.splice(0)) settle(ofAll);
      return ofAll;
    }
  }

  /** One by one, as long as each fails by itself. */
  async #surviveEach(tickets: readonly Ticket[]): Promise<Fault | undefined> {
    for (const [index, ticket] of tickets.entries()) {
      const ofAll = await this.#survive([ticket]);
      if (!ofAll) continue;
      for (const { settle } of tickets.slice(index + 1)) settle(ofAll);
      return ofAll;
    }
    return undefined;
  }

  /**
   * The next turn: the commands of a group, one that needs a boundary or is a dry run, or as many
   * others as fit.
   */
  #take(): Ticket[] {
    const alone = ({ group, command: { spec, dry_run } }: Ticket): boolean =>
      group !== undefined || dry_run || (spec.boundaries?.length ?? 0) > 0;
    const [first] = this.#inbox as [Ticket];
    const end = alone(first)
      ? (first.group?.size ?? 1)
      : this.#inbox.findIndex((ticket, at) => alone(ticket) || at >= this.#world.limits.turnMax);
    return this.#inbox.splice(0, end === -1 ? this.#inbox.length : end);
  }

  /** What is in memory, or what the log has. One that others began to load may lack the latest. */
  async #see(): Promise<Seen> {
    if (this.#folded) return { folded: this.#folded, fresh: false };
    const fresh = this.#loading === undefined;
    return { folded: await this.#load(), fresh };
  }

  async #load(): Promise<Folded> {
    this.#loading ??= (async () => {
      const start = performance.now();
      const { folded, usedSnapshot } = await load(this.#world.store, this.#definition, this.#id);
      this.#adopt(folded);
      this.loadedAt = this.#world.now();
      this.#world.onLoaded(performance.now() - start, usedSnapshot);
      if (!usedSnapshot) this.#snapshotAfter(0);
      else if (Math.random() * this.#world.limits.verifyOneIn < 1) void this.#verify(folded);
      return folded;
    })().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  #adopt(folded: Folded): void {
    this.#live?.stop();
    this.#folded = folded;
    this.#live = createLive(this.#definition, folded.state);
  }

  /** A fold with what was written since. It is kept, unless what is in memory is another by then. */
  async #refresh(before: Folded): Promise<Folded> {
    const events = await this.#world.store.read(this.#definition, this.#id, before.sequence + 1);
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

  async #turn(tickets: readonly Ticket[]): Promise<void> {
    const names = [...new Set(tickets.flatMap(({ command }) => command.spec.boundaries ?? []))];
    if (names.length === 0) return this.#attempt(tickets, undefined);
    return this.#world.boundaries.within(this.#definition, names, (catchUp) =>
      this.#attempt(tickets, catchUp),
    );
  }

  /** Decide and write, and again when the log turns out to have moved, a bounded number of times. */
  async #attempt(
    tickets: readonly Ticket[],
    catchUp: (() => Promise<Fenced>) | undefined,
  ): Promise<void> {
    let waiting = tickets;
    let fresh = false;
    for (let attempt = 0; waiting.length > 0; attempt++) {
      if (attempt >= ATTEMPTS_MAX) {
        for (const { settle } of waiting)
          settle(busy('others kept changing what this command depends on'));
        return;
      }
      const seen = await this.#see();
      fresh ||= seen.fresh;
      const fenced = await catchUp?.();
      const { on, decided } = await this.#consider(waiting, fenced?.entries);
      if (!on || this.#folded !== on) continue; // it is another one by now
      // What is not written is only as good as the facts: look for later ones before it is said.
      if (!fresh && decided.some(restsOnFacts)) {
        fresh = true;
        if ((await this.#refresh(on)) !== on) continue;
      }
      const done = await this.#write(waiting, decided, { on, fenced, fresh });
      if (done === 'stale') {
        fresh = true;
        await this.#refresh(on);
      } else if (done === 'conflict') {
        this.#world.onConflict();
        if (attempt > 0) await pause(Math.random() * Math.min(attempt * 2, ATTEMPT_PAUSE_MAX_MS));
        if (this.#folded) await this.#refresh(this.#folded);
        fresh = true;
      } else {
        waiting = waiting.slice(done);
        attempt = -1; // there was progress: the count begins again
      }
    }
  }

  /** Look up what commands depend on, and decide them on the fold that is in memory then. */
  async #consider(
    tickets: readonly Ticket[],
    boundaries: Lookups['boundaries'] | undefined,
  ): Promise<{ readonly on: Folded | undefined; readonly decided: readonly Decided[] }> {
    const commands = tickets.map(({ command }) => command);
    const owners = new Map<string, ReturnType<Owners['get']> & object>();
    const lookups = await lookUp(commands, { ...this.#world, boundaries, owners });
    const away = lookups.find((one) => one instanceof Fault && one.code === 'STORE_UNAVAILABLE');
    if (away) throw away;
    for (;;) {
      const on = this.#folded;
      if (!on) return { on: undefined, decided: [] };
      try {
        return { on, decided: this.#decide(on, tickets, lookups) };
      } catch (error) {
        // Each time there is more to know than the last time, and no more than the commands name.
        if (!(error instanceof OwnersUnknown)) throw error;
        await lookUpOwners(commands[0]!, error.wanted, { ...this.#world, owners });
      }
    }
  }

  /** Decide in order. Stops after a command that changes claims: its successor waits for the ack. */
  #decide(
    folded: Folded,
    tickets: readonly Ticket[],
    lookups: readonly (Lookups | Fault)[],
  ): Decided[] {
    const [{ group }] = tickets as [Ticket];
    const now = this.#world.now();
    if (group) {
      const fault = lookups.find((one) => one instanceof Fault);
      if (fault instanceof Fault) return tickets.map(() => ({ kind: 'fault', fault }));
      const commands = tickets.map(({ command }) => command);
      return decideTogether(commands, { folded, lookups: lookups as Lookups[], group, now });
    }
    const decided: Decided[] = [];
    const inTurn = new Set<string>();
    let at = pointOf(folded);
    let events = 0;
    for (const [index, { command }] of tickets.entries()) {
      const found = lookups[index]!;
      const id = command.command_id.toLowerCase();
      if (found instanceof Fault) {
        decided.push({ kind: 'fault', fault: found });
        continue;
      }
      if (folded.accepted.has(id) || inTurn.has(id)) {
        decided.push(replayAt(command, at, found));
        continue;
      }
      const one = decideAt(command, at, now, found);
      decided.push(one);
      if (one.kind !== 'events') continue;
      inTurn.add(id);
      at = after(at, one.events, one.state);
      events += one.events.length;
      if (one.claims.length > 0 || events >= TURN_EVENTS_MAX) break;
    }
    return decided;
  }

  /**
   * Write what was decided and answer. Returns how many tickets are done with, that the log had
   * moved, or that it must be looked whether it has: what another holds refuses only what is decided
   * on the latest. `on` is what it was decided on: the fold may have moved while this waited, and what
   * was sealed on one may never be appended to another.
   */
  async #write(
    tickets: readonly Ticket[],
    decided: readonly Decided[],
    now: {
      readonly on: Folded | undefined;
      readonly fenced: Fenced | undefined;
      readonly fresh: boolean;
    },
  ): Promise<number | 'conflict' | 'stale'> {
    const claimed = await this.#claim(decided);
    const { on } = now;
    if (!on || this.#folded !== on) return 'conflict';
    if (claimed.kind === 'taken') {
      if (!now.fresh) return 'stale';
      // The last one decided wants what another holds: it is refused, those before it go on.
      const { refusal } = claimed;
      const [{ group }] = tickets as [Ticket];
      const rest = group
        ? noneOf(decided, refusal, group)
        : [...decided.slice(0, -1), { kind: 'refused', refusal } as const];
      return this.#write(tickets, rest, now);
    }
    // The key is computed in another way than when it was held: nothing is released under it.
    if (claimed.kind === 'not held')
      this.#note('warn', 'a claim is not held where it should be; run "stele doctor"');
    const toWrite = decided.flatMap((one) => (one.kind === 'events' ? [one] : []));
    const events = toWrite.flatMap((one) => one.events);
    if (events.length > 0) {
      const claims = [...claimed.claims, ...(now.fenced?.touches(this.#id) ?? [])];
      const result = await this.#world.store.append({
        kind: this.#definition,
        aggregate_id: this.#id,
        expected: on.sequence,
        events,
        claims,
      });
      if (isConflict(result)) return 'conflict';
      const count = events.length + claims.length;
      this.#world.onAppended(this.#definition.slug, result.first + count - 1);
      this.#committed(on, { events, state: toWrite.at(-1)!.state, first: result.first });
      this.#answer(tickets, decided, { on, first: result.first });
    } else this.#answer(tickets, decided, { on, first: 0 });
    return decided.length;
  }

  /** What the log allows of the claims that would change: only the last one decided changes any. */
  async #claim(decided: readonly Decided[]): Promise<Claiming> {
    const changes = decided.flatMap((one) => ('claims' in one ? one.claims : []));
    const known =
      changes.length > 0 ? await this.#world.store.claims(this.#definition, changes) : [];
    return claiming(this.#definition, this.#id, changes, known);
  }

  /**
   * Events are on disk: the live actor goes on from the state that was decided, and the fold follows
   * it. Unless somebody looked meanwhile and read them from the log, or the fold was found wrong: the
   * next turn reads the log.
   */
  #committed(
    on: Folded,
    {
      events,
      state,
      first,
    }: { readonly events: readonly EventRecord[]; readonly state: State; readonly first: number },
  ): void {
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

  /** REQ-034: one whenever a multiple of so many events was passed. */
  #snapshotAfter(version: number): void {
    const { snapshotEvery } = this.#world.limits;
    const folded = this.#folded!;
    if (Math.floor(folded.version / snapshotEvery) > Math.floor(version / snapshotEvery))
      void this.#saveSnapshot(folded);
  }

  /** One after the other: a later one is never overtaken by an earlier one. */
  #saveSnapshot(folded: Folded): Promise<void> {
    const snapshot = snapshotOf(this.#definition, folded);
    this.#saving = this.#saving.then(async () => {
      try {
        await this.#world.store.saveSnapshot(this.#definition, this.#id, snapshot);
        this.#world.onSnapshot(true);
      } catch (error) {
        this.#world.onSnapshot(false);
        this.#note('warn', 'a snapshot could not be saved; loading falls back to events', error);
      }
    });
    return this.#saving;
  }

  /**
   * Replay from the first event and compare with what the snapshot led to. Nothing is decided any
   * more on one that was wrong, however busy the actor is.
   */
  async #verify({ version, state, accepted }: Folded): Promise<void> {
    const hash = accepted.hash();
    try {
      const events = await this.#world.store.read(this.#definition, this.#id, 1, version);
      const whole = extend(this.#definition, nothing(this.#definition), events);
      if (whole.version !== version) return;
      if (stateHash(whole.state) === stateHash(state) && whole.accepted.hash() === hash) return;
      this.#note('error', 'a snapshot differed from the replay of its events and was replaced');
      this.stop();
      await this.#saveSnapshot(whole);
    } catch (error) {
      this.#note('error', 'a snapshot could not be verified', error);
    }
  }

  #note(level: 'warn' | 'error', message: string, error?: unknown): void {
    const what = { aggregate_type: this.#definition.name, aggregate_id: this.#id };
    this.#world.log(level, error === undefined ? what : { ...what, err: error }, message);
  }

  #answer(
    tickets: readonly Ticket[],
    decided: readonly Decided[],
    { on, first }: { readonly on: Folded; readonly first: number },
  ): void {
    let sequence = first;
    for (const [index, one] of decided.entries()) {
      const { command, settle } = tickets[index]!;
      if ('refusal' in one) settle(one.refusal);
      else if (one.kind === 'fault') settle(one.fault);
      else if (one.kind === 'dry') settle(dryRun(command, one.events));
      else if (one.kind === 'replay')
        settle(this.#replay(command, on.accepted.get(command.command_id)!, one.foreign));
      else {
        settle(accepted(command, one.events, { first: sequence, replayed: false }));
        sequence += one.events.length;
      }
    }
  }

  async #replay(command: Command, sequence: number, foreign: Refusal | undefined): Promise<Result> {
    try {
      return await replayed(this.#world.store, command, { sequence, foreign });
    } catch (error) {
      throw asFault(error);
    }
  }
}
