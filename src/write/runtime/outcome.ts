import type { Command } from '../../core/command.js';
import { type EventJson, type EventRecord, eventJson, position } from '../../core/event.js';
import { Fault, isRefusal, type Refusal, refuse } from '../../core/refusal.js';
import type { JournalEntry } from '../store/command-journal.js';

/** The answer to an accepted command, the same on every way in. */
export type Accepted = {
  readonly command_id: string;
  readonly aggregate_type: string;
  readonly aggregate_id: string;
  readonly aggregate_version: number;
  /** Where the last event stands; null for a dry run. */
  readonly position: string | null;
  /** True when this command id had been accepted before: this is its first answer again. */
  readonly replayed: boolean;
  /** True when nothing was written. */
  readonly dry_run?: true;
  readonly events: readonly EventJson[];
};

export type Result = Accepted | Refusal;

/** To commands of a request that was accepted before: its first answer is in the log. */
export const ACCEPTED_BEFORE: Refusal = refuse(
  'COMMAND_ID_REUSED',
  'the request was accepted before',
);

/** How a command ended, in one word. */
export type Outcome = JournalEntry['outcome'];
export const outcomeOf = (result: Result): Outcome => {
  if (result === ACCEPTED_BEFORE) return 'replayed';
  if (isRefusal(result)) return 'refused';
  return result.dry_run ? 'dry_run' : result.replayed ? 'replayed' : 'accepted';
};
export const outcomeOfFault = ({ code }: Fault): Outcome =>
  code === 'OUTCOME_UNKNOWN' ? 'unknown' : 'failed';
/** What is only promised is the first answer to a command, read again. */
export const outcomeOfAnswer = (answer: Result | Fault | Promise<Result>): Outcome => {
  if (answer instanceof Fault) return outcomeOfFault(answer);
  return answer instanceof Promise ? 'replayed' : outcomeOf(answer);
};

/** The answer to several commands that were decided together and written at once. */
export type Together = Omit<Accepted, 'command_id' | 'events'> & {
  /** In the order in which they were decided. */
  readonly commands: readonly Accepted[];
  /** Types of the commands that were left out because they would have changed nothing. */
  readonly unchanged: readonly string[];
};

/** The answers of commands that were written at once; those refused changed nothing. */
export const together = (commands: readonly Command[], results: readonly Result[]): Together => {
  const done = results.filter((one): one is Accepted => !isRefusal(one));
  const { command_id: _, events: __, ...last } = done[done.length - 1]!;
  const unchanged = commands.filter((_, index) => isRefusal(results[index]!));
  return {
    ...last,
    replayed: done.every(({ replayed }) => replayed),
    commands: done,
    unchanged: unchanged.map(({ command_type }) => command_type),
  };
};

/** The answer for events of one command; they stand one after the other from `first` on. */
export const accepted = (
  command: Pick<Command, 'definition' | 'aggregate_id' | 'command_id'>,
  events: readonly EventRecord[],
  { first, replayed }: { readonly first: number; readonly replayed: boolean },
): Accepted => {
  const { slug, name } = command.definition;
  const last = events[events.length - 1]!;
  return {
    command_id: command.command_id,
    aggregate_type: name,
    aggregate_id: command.aggregate_id,
    aggregate_version: last.aggregate_version,
    position: position(slug, first + events.length - 1),
    replayed,
    events: events.map((event, index) => eventJson(event, slug, first + index)),
  };
};

/** The answer to a command that was decided and not written. */
export const dryRun = (command: Command, events: readonly EventRecord[]): Accepted => ({
  command_id: command.command_id,
  aggregate_type: command.definition.name,
  aggregate_id: command.aggregate_id,
  aggregate_version: events[events.length - 1]!.aggregate_version,
  position: null,
  replayed: false,
  dry_run: true,
  events: events.map((event) => eventJson(event, command.definition.slug)),
});
