import { type Principal, TRUSTED } from '../../core/access.js';
import type { Command } from '../../core/command.js';
import { type Fault, isRefusal, type Refusal } from '../../core/refusal.js';
import type { Registry } from '../../core/registry.js';
import { shortened } from '../../core/shortened.js';
import type { CommandJournal, JournalEntry } from '../store/command-journal.js';
import { type CommandCount, type CommandDurations, CommandTally } from './command-tally.js';
import { Failures } from './failures.js';
import { ofAnswer, ofCommand, ofInput } from './journalled.js';
import { JOURNAL_MESSAGE_MAX } from './limits.js';
import type { Log } from './log.js';
import { outcomeOf, outcomeOfFault, type Result, type Together } from './outcome.js';
import { RepeatedRefusals } from './repeated-refusals.js';

/** How and when something came in, and from whom. */
export type Taken = {
  readonly via: string;
  readonly by?: Principal | undefined;
  /** Milliseconds since 1970. */
  readonly start: number;
  /** The same of the monotonic clock: how long it took does not depend on the clock of the day. */
  readonly begun?: number;
  /** Of what is no command, which is not measured as one. */
  readonly duration_ms?: number;
  /** Whoever asks only wants to know what would happen. */
  readonly dryRun?: boolean | undefined;
};

/** The same of a request, and the address it came from. */
export type Asking = Taken & Pick<JournalEntry, 'ip_address'>;

type JournalingOptions = {
  readonly store: CommandJournal;
  readonly registry: Registry;
  readonly log: Log;
  /** Milliseconds since 1970. */
  readonly iso: (ms: number) => string;
  /** Milliseconds of a monotonic clock. */
  readonly elapsed: () => number;
  /** Whether it is known who asks; where everything is open, nobody is a stranger. */
  readonly guarded: boolean;
};

type Ended = Partial<JournalEntry> & Taken & { readonly outcome: JournalEntry['outcome'] };

/** ISO 8601 UTC of milliseconds since 1970; commands come many to a millisecond. */
export const isoClock = (): ((ms: number) => string) => {
  let last = { ms: 0, text: new Date(0).toISOString() };
  return (ms) => {
    if (ms !== last.ms) last = { ms, text: new Date(ms).toISOString() };
    return last.text;
  };
};

/** Keeps what became of every command, in the journal and in numbers. */
export class Journaling {
  readonly #options: JournalingOptions;
  readonly #tally: CommandTally;
  readonly #outcomes: Record<string, number> = {};
  readonly #repeated: RepeatedRefusals;
  readonly #failures: Failures;

  constructor(options: JournalingOptions) {
    this.#options = options;
    this.#tally = new CommandTally(options.registry);
    this.#repeated = new RepeatedRefusals(options.elapsed);
    this.#failures = new Failures(options.log, 'a command failed');
  }

  refused(refusal: Refusal, taken: Taken, about: Partial<JournalEntry>): Refusal {
    const { refused: code, message } = refusal;
    // Nobody was refused anything who only asked.
    const outcome = taken.dryRun ? 'dry_run' : 'refused';
    this.#record({ ...taken, outcome, code, message }, about);
    return refusal;
  }

  /**
   * Keep that something was refused before it was a command. Whoever was recognized asked, whatever
   * name stands in it; only where everything is open, or everything believed, is that all there is.
   */
  unread(refusal: Refusal, taken: Taken, input: unknown): Refusal {
    const { actor, ...about } = ofInput(input);
    const { by } = taken;
    const isBelieved = by ? by === TRUSTED : !this.#options.guarded;
    const said = isBelieved && actor !== undefined ? { ...about, actor } : about;
    return this.refused(refusal, taken, said);
  }

  /** Keep that a request was denied which is no command: it is counted among the requests. */
  denied(
    { refused: code, message }: Refusal,
    taken: Taken,
    about: Pick<JournalEntry, 'ip_address'>,
  ): void {
    this.#keep({ ...taken, outcome: taken.dryRun ? 'dry_run' : 'refused', code, message }, about);
  }

  /** Keep that somebody did what is no command: it is counted among the requests. */
  did(taken: Taken, about: Partial<JournalEntry>): void {
    this.#keep({ ...taken, outcome: 'accepted' }, about);
  }

  /** Write the sums of refusals that came again and again; at the end all of them. */
  sumUp(all = false): void {
    for (const sum of this.#repeated.over(all)) this.#options.store.journal(sum);
  }

  settled(command: Command, result: Result, taken: Taken): Result {
    if (isRefusal(result))
      return this.refused(result, { ...taken, dryRun: command.dry_run }, ofCommand(command));
    this.#record(
      {
        ...taken,
        outcome: outcomeOf(result),
        version: result.aggregate_version,
        ...(result.position && { position: result.position }),
      },
      ofCommand(command),
    );
    return result;
  }

  /**
   * The first answer to a request that came again: its commands were not read again. Who sent it
   * this time, and from where, is said of them as they are now.
   */
  repeated(
    { commands }: Together,
    types: ReadonlyMap<string, string>,
    { ip_address, ...taken }: Asking,
  ): void {
    const { by } = taken;
    for (const one of commands) {
      const about = ofAnswer(one, types.get(one.command_id));
      const isOwn = by && by !== TRUSTED && about.actor === by.actor;
      this.#record(
        {
          ...taken,
          outcome: 'replayed',
          version: one.aggregate_version,
          ...(one.position && { position: one.position }),
        },
        {
          ...about,
          ...(isOwn && { actor_type: by.actor_type }),
          ...(ip_address && { ip_address }),
        },
      );
    }
  }

  failed(command: Command, error: Fault, taken: Taken): Fault {
    const { code, message } = error;
    this.#record({ ...taken, outcome: outcomeOfFault(error), code, message }, ofCommand(command));
    const { command_id, command_type, aggregate_id } = command;
    this.#failures.say(code, { err: error, command_id, command_type, aggregate_id });
    return error;
  }

  /** Count how a command ended that a way in refused by itself. */
  count(ended: Parameters<CommandTally['add']>[0]): void {
    this.#tally.add(ended);
  }

  stats(): {
    readonly outcomes: Readonly<Record<string, number>>;
    readonly commands: readonly CommandCount[];
    readonly durations: readonly CommandDurations[];
  } {
    const { counts: commands, durations } = this.#tally;
    return { outcomes: { ...this.#outcomes }, commands, durations };
  }

  #record(what: Ended, about: Partial<JournalEntry>): void {
    const { begun, outcome, code } = what;
    this.#tally.add({
      aggregate_type: about.aggregate_type,
      command_type: about.command_type,
      outcome,
      code,
      tookMs: begun === undefined ? undefined : performance.now() - begun,
    });
    const key = outcome === 'dry_run' ? outcome : (code ?? outcome);
    this.#outcomes[key] = (this.#outcomes[key] ?? 0) + 1;
    this.#keep(what, about);
  }

  #keep(
    { via, by, start, begun, dryRun: _, message, ...what }: Ended,
    about: Partial<JournalEntry>,
  ): void {
    const { store, iso, guarded } = this.#options;
    const entry: JournalEntry = {
      received_at: iso(start),
      via,
      duration_ms: begun === undefined ? 0 : Math.round(performance.now() - begun),
      ...what,
      ...(message !== undefined && { message: shortened(message, JOURNAL_MESSAGE_MAX) }),
      ...(by && by !== TRUSTED && { actor: by.actor, actor_type: by.actor_type }),
      ...about,
      ...(by?.credential !== undefined && { credential: by.credential }),
    };
    const kept = guarded && by !== TRUSTED ? this.#repeated.keep(entry, by) : 'as it is';
    if (kept === 'as it is') store.journal(entry);
    else if (kept === 'for a while') store.journal(entry, kept);
  }
}
