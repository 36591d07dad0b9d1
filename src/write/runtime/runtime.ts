import type { Principal, Roles } from '../../core/access.js';
import type { Aggregate, State } from '../../core/aggregate.js';
import { checkRoles } from '../../core/authorize.js';
import { presence } from '../../core/chart.js';
import type { Command } from '../../core/command.js';
import { Fault, isRefusal, type Refusal, refuse } from '../../core/refusal.js';
import { type FoundCommand, type Registry, registry } from '../../core/registry.js';
import type { JournalEntry } from '../store/command-journal.js';
import type { EventStore } from '../store/event-store.js';
import type { Actor } from './actor.js';
import type { ActorContext, Peeked } from './actor-context.js';
import { type ActorCounts, ActorTally } from './actor-tally.js';
import { unapproved } from './approving.js';
import { Boundaries } from './boundaries.js';
import { CommandReader } from './command-reader.js';
import type { CommandCount, CommandDurations, CommandTally } from './command-tally.js';
import type { Group } from './decide-together.js';
import { type Again, firstAnswer, type Keyed } from './first-answer.js';
import { FormerStates } from './former-states.js';
import { IdsUnderWay } from './ids-under-way.js';
import { saysDryRun } from './incoming.js';
import { type Asking, isoClock, Journaling, type Taken } from './journaling.js';
import {
  LIMITS,
  type Limits,
  RECENT_COMMANDS_MAX,
  SWEEP_EVERY_MS,
  TOGETHER_MAX,
} from './limits.js';
import type { Log } from './log.js';
import { LogReads } from './log-reads.js';
import { ACCEPTED_BEFORE, type Result, type Together, together } from './outcome.js';
import { RecentCommands } from './recent-commands.js';
import type { Of } from './replayed.js';
import { type Inboxes, keyOf, type Passivated, ResidentActors } from './resident-actors.js';
import type { Residents, ResidentsWanted } from './residents.js';

export type RuntimeOptions = {
  readonly definitions: readonly Aggregate[];
  readonly store: EventStore;
  readonly log: Log;
  /** Who may send what. Without roles everybody may send everything. */
  readonly roles?: Roles;
  readonly limits?: Partial<Limits>;
  /** Milliseconds since 1970; the one clock of the runtime. */
  readonly clock?: () => number;
  /** Milliseconds that only ever grow, for how long something took or was not used. */
  readonly elapsed?: () => number;
  /** Why nothing is to be decided on what the log says now; undefined while it counts. */
  readonly doubted?: () => Fault | undefined;
  /** Rejects with HISTORY_BROKEN where an aggregate of which the log has nothing was there once. */
  readonly never?: (kind: Aggregate, id: string) => Promise<void>;
  /** Told the last sequence of each append to the stream of a type. */
  readonly onAppended?: (slug: string, sequence: number) => void;
};

const SHUTTING_DOWN = refuse(
  'SHUTTING_DOWN',
  'this node is shutting down and takes no more commands; nothing was written',
);

const FORGOTTEN = new Fault(
  'STORE_UNAVAILABLE',
  'the loss of a part of the log was accepted while this was under way; nothing was written of it, send it again',
);

type TogetherOptions = {
  readonly skipUnchanged?: boolean;
  readonly keyed?: Keyed | undefined;
};

/** What there is to know before a request is planned. */
type ForRequest = {
  readonly there: State & { readonly version: number };
  readonly first?: Together | Refusal;
};

/** What the runtime counted since it started. */
export type RuntimeStats = ActorCounts &
  Inboxes & {
    readonly residents: number;
    readonly outcomes: Readonly<Record<string, number>>;
    readonly commands: readonly CommandCount[];
    readonly durations: readonly CommandDurations[];
    /** Commands taken and not answered yet. */
    readonly underWay: number;
  };

/**
 * The actor system: commands in, events out. `dispatch` takes whatever came in over a wire,
 * checks it, finds or loads the actor, and journals what became of it.
 */
export class Runtime {
  readonly registry: Registry;
  /** Whoever reads the history of an aggregate does so in its turn. */
  readonly logReads = new LogReads();
  readonly #formerStates: FormerStates;
  readonly #boundaries: Boundaries;
  readonly #clock: () => number;
  readonly #elapsed: () => number;
  readonly #actors: ResidentActors;
  readonly #tally: ActorTally;
  readonly #reader: CommandReader;
  readonly #recent = new RecentCommands(RECENT_COMMANDS_MAX);
  readonly #idsUnderWay = new IdsUnderWay();
  readonly #store: EventStore;
  readonly #timer: NodeJS.Timeout;
  readonly #doubted: () => Fault | undefined;
  readonly #never: (kind: Aggregate, id: string) => Promise<void>;
  readonly #journaling: Journaling;
  #underWay = 0;
  #draining = false;

  constructor(options: RuntimeOptions) {
    const { definitions, store, log, roles, clock = Date.now } = options;
    this.registry = registry(definitions);
    if (roles) checkRoles(roles, definitions);
    this.#reader = new CommandReader(this.registry, roles);
    this.#store = store;
    this.#clock = clock;
    this.#elapsed = options.elapsed ?? (() => performance.now());
    this.#doubted = options.doubted ?? (() => undefined);
    this.#never = options.never ?? (() => Promise.resolve());
    this.#formerStates = new FormerStates(store, this.#elapsed);
    this.#tally = new ActorTally(options.onAppended ?? (() => {}));
    const iso = isoClock();
    this.#journaling = new Journaling({
      store,
      log,
      iso,
      registry: this.registry,
      elapsed: this.#elapsed,
      guarded: roles !== undefined,
    });
    const limits = { ...LIMITS, ...options.limits };
    this.#boundaries = new Boundaries(store, this.registry);
    const approvals = definitions.find(({ approves }) => approves !== null);
    const context: ActorContext = {
      store,
      limits,
      log,
      boundaries: this.#boundaries,
      observer: this.#tally,
      now: () => iso(clock()),
      peek: (type, id) => this.#peek(type, id),
      unapproved: (command, at) =>
        unapproved(command, approvals, {
          now: at,
          look: (definition, id) => this.#actors.get(definition, id).look(),
        }),
    };
    this.#actors = new ResidentActors(context, { limits, clock, elapsed: this.#elapsed });
    this.#timer = setInterval(() => {
      this.#journaling.sumUp();
      this.#actors.sweep();
    }, SWEEP_EVERY_MS);
    this.#timer.unref();
  }

  /**
   * Take a command as it came in. `via` says how, for the journal; `by` whom it is from: with roles,
   * nobody may do anything.
   * @throws Fault when the machine, not the command, is at fault; OUTCOME_UNKNOWN among them.
   */
  async dispatch(input: unknown, via: string, by?: Principal): Promise<Result> {
    const taken = { via, by, start: this.#clock(), begun: performance.now() };
    const command = this.#reader.read(input, by);
    if (isRefusal(command))
      return this.#journaling.unread(command, { ...taken, dryRun: saysDryRun(input) }, input);
    try {
      const result = await this.send(command);
      return this.#journaling.settled(command, result, taken);
    } catch (error) {
      throw this.#journaling.failed(command, error as Fault, taken);
    }
  }

  /**
   * Take several commands for one aggregate, decide them one after the other and write them at
   * once, all or none. One that leaves `aggregate_id` out is for the aggregate of the first. The
   * refusal says in `details.command` which one was refused. `skipUnchanged` leaves out those that
   * would change nothing. When `keyed` was accepted before, in whichever commands, its first answer
   * comes back instead.
   * @throws Fault as `dispatch` does
   */
  async dispatchTogether(
    inputs: readonly unknown[],
    via: string,
    by?: Principal,
    { skipUnchanged = false, keyed }: TogetherOptions = {},
  ): Promise<Together | Refusal> {
    const taken = { via, by, start: this.#clock(), begun: performance.now() };
    if (inputs.length === 0 || inputs.length > TOGETHER_MAX)
      return refuse(
        'MALFORMED_COMMAND',
        `${inputs.length} commands at once; expected 1 to ${TOGETHER_MAX}`,
      );
    const commands = this.#reader.readTogether(inputs, by, keyed);
    if ('refusal' in commands) {
      const { refusal, input } = commands;
      return this.#journaling.unread(refusal, { ...taken, dryRun: saysDryRun(input) }, input);
    }
    try {
      let foreign: Refusal | undefined;
      const onForeign = (refusal: Refusal | undefined): void => {
        foreign = refusal;
      };
      const results = await this.#sendTogether(commands, { skipUnchanged, keyed, onForeign });
      if (keyed && results === ACCEPTED_BEFORE)
        return await this.#answerAgain(commands, keyed, { taken, foreign });
      for (const [index, command] of commands.entries())
        this.#journaling.settled(command, isRefusal(results) ? results : results[index]!, taken);
      return isRefusal(results) ? results : together(commands, results);
    } catch (error) {
      for (const command of commands) this.#journaling.failed(command, error as Fault, taken);
      throw error;
    }
  }

  /** The first answer to a request that was accepted before. */
  async #answerAgain(
    commands: readonly Command[],
    keyed: Keyed,
    { taken, foreign }: { readonly taken: Taken; readonly foreign: Refusal | undefined },
  ): Promise<Together | Refusal> {
    const [one] = commands as [Command];
    const { first } = await this.#stateFor(one, keyed, {
      by: taken.by,
      again: { by: one, foreign },
    });
    if (!first) throw new Fault('STORE_UNAVAILABLE', 'an accepted request is not in the log yet');
    if (isRefusal(first))
      for (const command of commands) this.#journaling.settled(command, first, taken);
    else this.#journaling.repeated(first, keyed.types, { ...taken, ip_address: one.ip_address });
    return first;
  }

  /**
   * Why somebody may send none of these commands, whatever they say: for a way in to tell before
   * anything that is wrong with what was sent.
   */
  mayNone(
    by: Principal | undefined,
    commands: readonly Pick<FoundCommand, 'type' | 'spec'>[],
  ): Refusal | undefined {
    return this.#reader.mayNone(by, commands);
  }

  /**
   * Journal a refusal that was made before a command could be read, and hand it back. `about` says
   * what is known of it, also whether it is a `dry_run`, and since when, `begun`, by the monotonic clock.
   */
  refused(
    refusal: Refusal,
    via: string,
    about: { readonly [known: string]: unknown; readonly begun?: number } = {},
    by?: Principal,
  ): Refusal {
    const { begun } = about;
    const taken = { via, by, start: this.#clock(), dryRun: saysDryRun(about) };
    return this.#journaling.unread(
      refusal,
      begun === undefined
        ? taken
        : { ...taken, duration_ms: Math.round(performance.now() - begun) },
      about,
    );
  }

  /** Journal that a request was denied which is no command. */
  denied(
    refusal: Refusal,
    via: string,
    { by, dryRun, address }: Pick<Taken, 'by' | 'dryRun'> & { address?: string | undefined },
  ): void {
    const taken = { via, by, dryRun, start: this.#clock() };
    this.#journaling.denied(refusal, taken, {
      ...(address !== undefined && { ip_address: address }),
    });
  }

  /** Journal that somebody did what is no command. */
  did(via: string, about: Partial<JournalEntry>, by?: Principal): void {
    this.#journaling.did({ via, by, start: this.#clock() }, about);
  }

  /** Decide a checked command. @throws Fault */
  async send(command: Command): Promise<Result> {
    return this.#withIds([command], async (actor) => {
      const result = await actor.tell(command);
      this.#remember(command, result);
      return result;
    });
  }

  async #sendTogether(
    commands: readonly Command[],
    how: Omit<Group, 'size' | 'refusal'>,
  ): Promise<Refusal | readonly Result[]> {
    return this.#withIds(commands, async (actor) => {
      const results = await actor.tellTogether(commands, how);
      if (!isRefusal(results))
        for (const [index, result] of results.entries()) this.#remember(commands[index]!, result);
      return results;
    });
  }

  /** Tell an actor, unless an id of the commands is used for another aggregate, or about to be. */
  #withIds<T extends object>(
    commands: readonly Command[],
    tell: (actor: Actor) => Promise<T>,
  ): Promise<T | Refusal> {
    if (this.#draining) return Promise.resolve(SHUTTING_DOWN);
    return this.#whileUnderWay(async () => {
      this.#mayDecide();
      const { definition, aggregate_id } = commands[0]!;
      const key = keyOf(definition, aggregate_id);
      const ids = commands.flatMap(({ dry_run, command_id }) => (dry_run ? [] : [command_id]));
      let release = this.#idsUnderWay.take(ids, key);
      for (; !release; release = this.#idsUnderWay.take(ids, key))
        await this.#idsUnderWay.freed(ids, key);
      try {
        for (const command of commands) {
          const refusal = this.#usedElsewhere(command);
          if (refusal) return refusal;
        }
        const result = await tell(this.#actors.get(definition, aggregate_id));
        if (isRefusal(result)) {
          this.#mayDecide(); // it was, perhaps, on what is not all there
          if (result.refused === 'NOT_FOUND') await this.#never(definition, aggregate_id);
        }
        return result;
      } finally {
        release();
      }
    });
  }

  /** What is missing in a log that lost something is not "not there". @throws Fault */
  #mayDecide(): void {
    const doubt = this.#doubted();
    if (doubt) throw doubt;
  }

  async #whileUnderWay<T>(work: () => Promise<T>): Promise<T> {
    this.#underWay++;
    try {
      return await work();
    } finally {
      this.#underWay--;
    }
  }

  #usedElsewhere({ command_id, definition, aggregate_id, teams }: Command): Refusal | undefined {
    const elsewhere = this.#recent.get(command_id);
    if (elsewhere === undefined || elsewhere === keyOf(definition, aggregate_id)) return undefined;
    // Whose it is, is not known here: who may change only their own is not told of others.
    const where = teams === null ? elsewhere : 'another aggregate';
    return refuse(
      'COMMAND_ID_REUSED',
      `command_id ${command_id} was accepted before for ${where}: every command needs an id of its own`,
    );
  }

  #remember({ command_id, definition, aggregate_id }: Command, result: Result): void {
    if (!isRefusal(result) && !result.dry_run)
      this.#recent.add(command_id, keyOf(definition, aggregate_id));
  }

  /**
   * The committed state of one aggregate, loaded if need be, with what other nodes wrote.
   * For plans, tools and tests: queries read projections (REQ-030).
   * @throws Fault
   */
  async state(definition: Aggregate, id: string): Promise<State & { readonly version: number }> {
    this.#mayDecide();
    return this.#actors.get(definition, id).look();
  }

  /** Which aggregate has a part, by a boundary whose entries say that. @throws Fault */
  async holderOf(definition: Aggregate, boundary: string, id: string): Promise<string | undefined> {
    this.#mayDecide();
    const holder = (await this.#boundaries.entries(definition, boundary)).get(id);
    return typeof holder === 'string' ? holder : undefined;
  }

  /** The state that one aggregate had at a version, in the turn of whoever asks. */
  stateAt(of: Of, version: number, by: Principal | undefined): Promise<State | Refusal> {
    return this.logReads.read(by, () => this.#formerStates.at(of, version));
  }

  /**
   * The committed state, for whoever plans a request on it; and where the request had been accepted
   * by then, its first answer, journalled.
   */
  async stateFor(
    of: Of,
    keyed: Keyed,
    from: Pick<Asking, 'via' | 'by' | 'ip_address'>,
  ): Promise<ForRequest> {
    this.#mayDecide();
    const taken = { ...from, start: this.#clock(), begun: performance.now() };
    const found = await this.#stateFor(of, keyed, from);
    const { first } = found;
    if (first && !isRefusal(first)) this.#journaling.repeated(first, keyed.types, taken);
    return found;
  }

  async #stateFor(
    of: Of,
    keyed: Keyed,
    { by, again }: { readonly by?: Principal | undefined; readonly again?: Again },
  ): Promise<ForRequest> {
    const { there, at } = await this.#actors.get(of.definition, of.aggregate_id).lookFor(keyed);
    if (at.size === 0) return { there };
    const stateAt = (version: number): Promise<State> => this.#formerStates.at(of, version);
    const first = await this.logReads.read(by, () =>
      firstAnswer(this.#store, of, { keyed, at, stateAt, again }),
    );
    return { there, first };
  }

  /** True once it takes no more commands. */
  get draining(): boolean {
    return this.#draining;
  }

  stats(): RuntimeStats {
    return {
      ...this.#tally.counts(),
      ...this.#journaling.stats(),
      ...this.#actors.inboxes(),
      residents: this.#actors.size,
      underWay: this.#underWay,
    };
  }

  /** Count how a command ended that a way in refused by itself. */
  count(ended: Parameters<CommandTally['add']>[0]): void {
    this.#journaling.count(ended);
  }

  /** Actors in memory that match, the one used last first, and how many there are in all. */
  residents(wanted: ResidentsWanted): Residents {
    return this.#actors.list(wanted);
  }

  /** Drop one actor from memory, unless it is not there or has something to do. */
  passivateOne(definition: Aggregate, id: string): Passivated {
    return this.#actors.passivateOne(definition, id);
  }

  /** Drop every actor that has nothing to do from memory. */
  passivate(): void {
    this.#actors.passivate();
  }

  /**
   * A part of the log was given up: nothing that is in memory is to be decided on, of no type, since
   * what a decision looked at may be of another. Commands under way fail, and nothing is written.
   */
  forget(): void {
    this.#actors.forget(FORGOTTEN);
    this.#boundaries.forget();
    this.#formerStates.forget();
    this.#recent.forget();
  }

  /** Take no more commands, finish those under way. The store stays open. */
  async drain(): Promise<void> {
    this.#draining = true;
    while (this.#underWay > 0) await new Promise((wake) => setTimeout(wake, 5));
    clearInterval(this.#timer);
    this.#journaling.sumUp(true);
    this.passivate();
  }

  async #peek(type: string, id: string): Promise<Peeked | null> {
    const definition = this.registry.aggregate(type)!;
    const { status, data, version } = await this.#actors.get(definition, id).look();
    return presence(definition.chart, status) === 'present' ? { id, status, data, version } : null;
  }
}
