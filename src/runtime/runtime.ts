import type { Aggregate, Referenced, State } from '../core/aggregate.js';
import { presence } from '../core/chart.js';
import { type Command, parseCommand } from '../core/command.js';
import { Distribution } from '../core/distribution.js';
import { type Fault, isRefusal, type Refusal, refuse } from '../core/refusal.js';
import { type Registry, registry } from '../core/registry.js';
import type { EventStore, JournalEntry } from '../store/port.js';
import { Actor, type Surroundings } from './actor.js';
import { Boundaries } from './boundaries.js';
import { type CommandCount, type CommandDurations, CommandTally } from './command-tally.js';
import { ofCommand, ofInput } from './journalled.js';
import {
  LIMITS,
  type Limits,
  RECENT_COMMANDS_MAX,
  ROOM_AT_ONCE,
  SWEEP_EVERY_MS,
} from './limits.js';
import type { Result } from './outcome.js';
import { RecentCommands } from './recent-commands.js';

/** Where diagnostics go. A pino logger fits. */
export type Log = {
  warn(what: object, message: string): void;
  error(what: object, message: string): void;
};

export type RuntimeOptions = {
  readonly definitions: readonly Aggregate[];
  readonly store: EventStore;
  readonly log: Log;
  readonly limits?: Partial<Limits>;
  /** Milliseconds since 1970; the one clock of the runtime. */
  readonly clock?: () => number;
  /** Told the last sequence of each append to the stream of a type. */
  readonly onAppended?: (slug: string, sequence: number) => void;
};

/** What the runtime counted since it started. */
export type RuntimeStats = {
  readonly residents: number;
  readonly loads: number;
  readonly loadsFromSnapshot: number;
  readonly conflicts: number;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly commands: readonly CommandCount[];
  readonly durations: readonly CommandDurations[];
  /** How long loading an aggregate took, seconds. */
  readonly rehydration: Distribution;
  /** Commands taken and not answered yet; those that wait in inboxes; the longest inbox. */
  readonly underWay: number;
  readonly waiting: number;
  readonly inboxLongest: number;
  readonly snapshotsSaved: number;
  readonly snapshotsFailed: number;
};

/**
 * The actor system: commands in, events out. `dispatch` takes whatever came in over a wire,
 * checks it, finds or loads the actor, and journals what became of it.
 */
export class Runtime {
  readonly registry: Registry;
  readonly #store: EventStore;
  readonly #log: Log;
  readonly #limits: Limits;
  readonly #clock: () => number;
  readonly #actors = new Map<string, Actor>();
  readonly #recent = new RecentCommands(RECENT_COMMANDS_MAX);
  readonly #surroundings: Surroundings;
  readonly #timer: NodeJS.Timeout;
  readonly #outcomes: Record<string, number> = {};
  readonly #tally: CommandTally;
  readonly #rehydration = new Distribution();
  #time = { ms: 0, text: new Date(0).toISOString() };
  #underWay = 0;
  #draining = false;
  #loads = 0;
  #loadsFromSnapshot = 0;
  #conflicts = 0;
  #snapshotsSaved = 0;
  #snapshotsFailed = 0;

  constructor(options: RuntimeOptions) {
    const { definitions, store, log, limits, clock = Date.now } = options;
    this.registry = registry(definitions);
    this.#tally = new CommandTally(this.registry);
    this.#store = store;
    this.#log = log;
    this.#limits = { ...LIMITS, ...limits };
    this.#clock = clock;
    this.#surroundings = {
      store,
      limits: this.#limits,
      boundaries: new Boundaries(store, this.registry),
      now: () => this.#iso(this.#clock()),
      peek: (type, id) => this.#peek(type, id),
      log: (level, what, message) => this.#log[level](what, message),
      onLoaded: (tookMs, usedSnapshot) => {
        this.#loads++;
        this.#rehydration.observe(tookMs / 1_000);
        if (usedSnapshot) this.#loadsFromSnapshot++;
      },
      onConflict: () => {
        this.#conflicts++;
      },
      onAppended: options.onAppended ?? (() => {}),
      onSnapshot: (saved) => {
        if (saved) this.#snapshotsSaved++;
        else this.#snapshotsFailed++;
      },
    };
    this.#timer = setInterval(() => this.#sweep(), SWEEP_EVERY_MS);
    this.#timer.unref();
  }

  /**
   * Take a command as it came in. `via` says how, for the journal.
   * @throws Fault when the machine, not the command, is at fault; OUTCOME_UNKNOWN among them.
   */
  async dispatch(input: unknown, via: string): Promise<Result> {
    const start = this.#clock();
    const begun = performance.now();
    const command = parseCommand(this.registry, input);
    if (isRefusal(command)) {
      this.#record(
        { via, start, begun, outcome: 'refused', code: command.refused, message: command.message },
        ofInput(input),
      );
      return command;
    }
    try {
      const result = await this.send(command);
      if (isRefusal(result))
        this.#record(
          { via, start, begun, outcome: 'refused', code: result.refused, message: result.message },
          ofCommand(command),
        );
      else
        this.#record(
          {
            via,
            start,
            begun,
            outcome: result.dry_run ? 'dry_run' : result.replayed ? 'replayed' : 'accepted',
            version: result.aggregate_version,
            ...(result.position && { position: result.position }),
          },
          ofCommand(command),
        );
      return result;
    } catch (error) {
      const { code, message } = error as Fault;
      const outcome = code === 'OUTCOME_UNKNOWN' ? 'unknown' : 'failed';
      this.#record({ via, start, begun, outcome, code, message }, ofCommand(command));
      const { command_id, command_type, aggregate_id } = command;
      this.#log.error({ err: error, command_id, command_type, aggregate_id }, 'a command failed');
      throw error;
    }
  }

  /** Journal a refusal that was made before a command could be read, and hand it back. */
  refused(refusal: Refusal, via: string, about: object = {}): Refusal {
    const { refused: code, message } = refusal;
    this.#record({ via, start: this.#clock(), outcome: 'refused', code, message }, ofInput(about));
    return refusal;
  }

  /** Decide a checked command. @throws Fault */
  async send(command: Command): Promise<Result> {
    if (this.#draining)
      return refuse(
        'SHUTTING_DOWN',
        'this node is shutting down and takes no more commands; nothing was written',
      );
    const key = `${command.definition.slug}/${command.aggregate_id}`;
    const elsewhere = this.#recent.get(command.command_id);
    if (elsewhere !== undefined && elsewhere !== key)
      return refuse(
        'COMMAND_ID_REUSED',
        `command_id ${command.command_id} was accepted before for ${elsewhere}: every command needs an id of its own`,
      );
    this.#underWay++;
    try {
      const result = await this.#actor(command.definition, command.aggregate_id).tell(command);
      if (!isRefusal(result) && !result.dry_run) this.#recent.add(command.command_id, key);
      return result;
    } finally {
      this.#underWay--;
    }
  }

  /**
   * The committed state of one aggregate, loaded if need be, with what other nodes wrote.
   * For tools and tests: queries read projections (REQ-030).
   */
  async state(definition: Aggregate, id: string): Promise<State & { readonly version: number }> {
    const actor = this.#actor(definition, id);
    const state = await actor.look();
    return { ...state, version: actor.version };
  }

  /** True once it takes no more commands. */
  get draining(): boolean {
    return this.#draining;
  }

  stats(): RuntimeStats {
    return {
      residents: this.#actors.size,
      loads: this.#loads,
      loadsFromSnapshot: this.#loadsFromSnapshot,
      conflicts: this.#conflicts,
      outcomes: { ...this.#outcomes },
      commands: this.#tally.counts,
      durations: this.#tally.durations,
      rehydration: this.#rehydration,
      underWay: this.#underWay,
      ...this.#inboxes(),
      snapshotsSaved: this.#snapshotsSaved,
      snapshotsFailed: this.#snapshotsFailed,
    };
  }

  /** Count how a command ended that a way in refused by itself. */
  count(ended: Parameters<CommandTally['add']>[0]): void {
    this.#tally.add(ended);
  }

  #inboxes(): Pick<RuntimeStats, 'waiting' | 'inboxLongest'> {
    let waiting = 0;
    let inboxLongest = 0;
    for (const actor of this.#actors.values()) {
      waiting += actor.waiting;
      if (actor.waiting > inboxLongest) inboxLongest = actor.waiting;
    }
    return { waiting, inboxLongest };
  }

  /** Drop every actor that has nothing to do from memory. */
  passivate(): void {
    for (const [key, actor] of this.#actors) if (actor.idle) this.#evict(key, actor);
  }

  /** Take no more commands, finish those under way. The store stays open. */
  async drain(): Promise<void> {
    this.#draining = true;
    while (this.#underWay > 0) await new Promise((wake) => setTimeout(wake, 5));
    clearInterval(this.#timer);
    this.passivate();
  }

  /** ISO 8601 UTC; commands come many to a millisecond. */
  #iso(ms: number): string {
    if (ms !== this.#time.ms) this.#time = { ms, text: new Date(ms).toISOString() };
    return this.#time.text;
  }

  #actor(definition: Aggregate, id: string): Actor {
    const key = `${definition.slug}/${id}`;
    let actor = this.#actors.get(key);
    if (actor) this.#actors.delete(key);
    else actor = new Actor(definition, id, this.#surroundings);
    this.#actors.set(key, actor); // last in the map = most recently used
    actor.lastUsed = this.#clock();
    if (this.#actors.size > this.#limits.residentsMax) this.#makeRoom();
    return actor;
  }

  #makeRoom(): void {
    // Some at once: finding the first of a map that lost many is not free.
    const enough = Math.ceil(this.#limits.residentsMax * (1 - ROOM_AT_ONCE));
    for (const [key, actor] of this.#actors) {
      if (this.#actors.size <= enough) return;
      if (actor.idle) this.#evict(key, actor);
    }
  }

  #sweep(): void {
    const before = this.#clock() - this.#limits.passivateAfterMs;
    for (const [key, actor] of this.#actors) {
      if (actor.lastUsed > before) return; // the rest was used later
      if (actor.idle) this.#evict(key, actor);
    }
  }

  #evict(key: string, actor: Actor): void {
    actor.stop();
    this.#actors.delete(key);
  }

  async #peek(type: string, id: string): Promise<Referenced<unknown> | null> {
    const definition = this.registry.aggregate(type)!;
    const { status, data } = await this.#actor(definition, id).look();
    return presence(definition.chart, status) === 'present' ? { id, status, data } : null;
  }

  #record(
    {
      via,
      start,
      begun,
      ...what
    }: Partial<JournalEntry> & {
      via: string;
      start: number;
      /** Milliseconds of the monotonic clock, for metrics. */
      begun?: number;
      outcome: JournalEntry['outcome'];
    },
    about: Partial<JournalEntry>,
  ): void {
    this.#tally.add({
      aggregate_type: about.aggregate_type,
      command_type: about.command_type,
      outcome: what.outcome,
      code: what.code,
      tookMs: begun === undefined ? undefined : performance.now() - begun,
    });
    const key = what.code ?? what.outcome;
    this.#outcomes[key] = (this.#outcomes[key] ?? 0) + 1;
    this.#store.journal({
      received_at: this.#iso(start),
      via,
      duration_ms: this.#clock() - start,
      ...what,
      ...about,
    });
  }
}
