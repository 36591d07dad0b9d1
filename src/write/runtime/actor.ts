import type { Aggregate, State } from '../../core/aggregate.js';
import type { Command } from '../../core/command.js';
import { Fault, isRefusal, type Refusal } from '../../core/refusal.js';
import type { ActorContext } from './actor-context.js';
import { Attempt } from './attempt.js';
import { busy } from './busy.js';
import type { Group } from './decide-together.js';
import { acceptedOf, type Keyed } from './first-answer.js';
import { Inbox, type Ticket } from './inbox.js';
import type { LastCommand } from './last-command.js';
import type { Folded } from './load.js';
import { asFault } from './look-up.js';
import { outcomeOfAnswer, type Result } from './outcome.js';
import { Replica } from './replica.js';

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

/**
 * One aggregate in memory. Commands wait in its inbox and are decided one after the other, each on
 * the state the earlier ones will have produced; what a turn decided is written as one append, and
 * only then does the live XState actor take it and do the callers get their answers.
 */
export class Actor {
  readonly definition: Aggregate;
  readonly id: string;
  readonly #context: ActorContext;
  readonly #inbox: Inbox;
  readonly #replica: Replica;
  #running = false;
  /** How many look at it right now. */
  #looking = 0;
  /** Milliseconds of the host's clock, for people. */
  lastUsed = 0;
  /** Milliseconds of the monotonic clock, for passivation. */
  usedAt = 0;
  /** What it was told last and how that ended, for operators. */
  last: LastCommand | null = null;

  constructor(definition: Aggregate, id: string, context: ActorContext) {
    this.definition = definition;
    this.id = id;
    this.#context = context;
    this.#replica = new Replica(definition, id, context);
    this.#inbox = new Inbox(({ command_type }, answer) => {
      this.last = { command_type, outcome: outcomeOfAnswer(answer), at: context.now() };
    });
  }

  get idle(): boolean {
    return (
      !this.#running && this.#inbox.length === 0 && !this.#replica.isLoading && this.#looking === 0
    );
  }
  get waiting(): number {
    return this.#inbox.length;
  }
  /** The state of the live actor; undefined until it is loaded. */
  get state(): State | undefined {
    return this.#replica.state;
  }
  get version(): number {
    return this.#replica.folded?.version ?? 0;
  }
  /** ISO 8601 UTC; null before it is loaded. */
  get loadedAt(): string | null {
    return this.#replica.loadedAt;
  }

  /** @throws Fault when the command could not be decided or its outcome is unknown. */
  async tell(command: Command): Promise<Result> {
    return this.#full(1) ?? this.#add(command);
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
    const results = await Promise.all(commands.map((command) => this.#add(command, group)));
    // What came before is not decided again, but the same id may have come with something else.
    const reused = results.find((one) => isRefusal(one) && one.refused !== 'NO_CHANGE');
    return group.refusal ?? (reused as Refusal | undefined) ?? results;
  }

  #full(more: number): Refusal | undefined {
    if (this.#inbox.fits(more, this.#context.limits.inboxMax)) return undefined;
    return busy(`${this.waiting} commands are waiting for ${this.definition.name} ${this.id}`);
  }

  #add(command: Command, group?: Group): Promise<Result> {
    const answer = this.#inbox.add(command, group);
    if (!this.#running) void this.#run();
    return answer;
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
      return await this.#replica.seeLatest();
    } finally {
      this.#looking--;
    }
  }

  /** Let go of what is in memory. */
  stop(): void {
    this.#replica.drop();
  }

  /** For good, also where it is at work: whoever is told or looks at it gets this instead. */
  end(why: Fault): void {
    this.#replica.end(why);
  }

  async #run(): Promise<void> {
    this.#running = true;
    // Whatever else is ready in this turn of the event loop joins the first turn of the actor.
    await Promise.resolve();
    while (this.#inbox.length > 0)
      await this.#survive(this.#inbox.take(this.#context.limits.turnMax));
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
      this.#replica.drop(); // the next turn loads from the log
      const fault = asFault(error);
      const left = tickets.filter(({ settled }) => !settled);
      const ofAll = faultOfAllWaiting(fault);
      if (left.length > 1 && OF_ONE_COMMAND.has(fault.code) && !left[0]!.group)
        return this.#surviveEach(left);
      for (const { settle } of left) settle(fault);
      if (ofAll) this.#inbox.settleAll(ofAll);
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

  #turn(tickets: readonly Ticket[]): Promise<void> {
    const of = {
      definition: this.definition,
      id: this.id,
      replica: this.#replica,
      context: this.#context,
    };
    const names = [...new Set(tickets.flatMap(({ command }) => command.spec.boundaries ?? []))];
    if (names.length === 0) return new Attempt(of, undefined).run(tickets);
    return this.#context.boundaries.within(this.definition, names, (catchUp) =>
      new Attempt(of, catchUp).run(tickets),
    );
  }
}
