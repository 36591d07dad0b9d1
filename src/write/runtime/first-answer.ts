import type { AcceptedCommands } from '../../core/accepted-commands.js';
import type { State } from '../../core/aggregate.js';
import type { Command } from '../../core/command.js';
import type { StoredEvent } from '../../core/event.js';
import { type Hashed, hasFormerHash } from '../../core/former-hash.js';
import { type Refusal, refuse } from '../../core/refusal.js';
import type { EventLog } from '../store/event-log.js';
import { TURN_EVENTS_MAX } from './limits.js';
import { extend, nothing } from './load.js';
import { accepted, type Together } from './outcome.js';
import { eventsFrom, type Of, refusedAgain } from './replayed.js';

/**
 * A request that becomes several commands and may come again. Which commands it becomes depends on
 * what is there, so it is known by its key alone, whatever the plan.
 */
export type Keyed = {
  /** All ids that a command of it can have, each with the type of that command. */
  readonly types: ReadonlyMap<string, string>;
  /** SHA-256 of what it asks; each of its events carries it. */
  readonly hash: string;
  /**
   * The commands that it becomes on a state, by id: events of the first versions carry hashes of
   * those.
   */
  readonly formerly: (before: State) => ReadonlyMap<string, Hashed>;
};

/** Who sends a request again, and why they may not where they are not who sent it first. */
export type Again = {
  readonly by: Pick<Command, 'actor' | 'actor_type'>;
  readonly foreign: Refusal | undefined;
};

/** One of several may have changed nothing, so any id of a request tells that it was accepted. */
export const acceptedOf = (
  { types }: Pick<Keyed, 'types'>,
  known: Pick<AcceptedCommands, 'size' | 'get'>,
): ReadonlyMap<string, number> => {
  const found = new Map<string, number>();
  if (known.size > 0)
    for (const id of types.keys()) {
      const sequence = known.get(id);
      if (sequence !== undefined) found.set(id, sequence);
    }
  return found;
};

/** The state of an aggregate when it had a version, folded from all that came before. */
export const stateAt = async (
  store: EventLog,
  { definition, aggregate_id }: Of,
  version: number,
): Promise<State> => {
  if (version === 0) return definition.initial;
  const events = await store.read(definition, aggregate_id, 1, version);
  return extend(definition, nothing(definition), events).state;
};

const byCommand = (
  events: readonly StoredEvent[],
  ids: readonly string[],
): ReadonlyMap<string, readonly StoredEvent[]> => {
  const found = new Map<string, StoredEvent[]>();
  for (const event of events)
    if (ids.includes(event.causation_id))
      found.set(event.causation_id, [...(found.get(event.causation_id) ?? []), event]);
  return found;
};

/**
 * The first answer to a request again, from the log: `at` says where the events of its commands
 * begin, and `stateAt` what an aggregate was at a version. Refused when the same key was used for
 * something else, and as `again` says when it comes from somebody else.
 */
export const firstAnswer = async (
  store: EventLog,
  of: Of,
  {
    keyed,
    at,
    stateAt,
    again,
  }: {
    readonly keyed: Keyed;
    readonly at: ReadonlyMap<string, number>;
    readonly stateAt: (version: number) => Promise<State>;
    readonly again?: Again | undefined;
  },
): Promise<Together | Refusal> => {
  const sequence = Math.min(...at.values());
  // What was written at once stands together; one key used twice was let pass by first versions.
  const ids = [...at].flatMap(([id, first]) => (first < sequence + TURN_EVENTS_MAX ? [id] : []));
  const events = await eventsFrom(store, of, { sequence, ids });
  const refused = again && refusedAgain(events[0]!, again.by, again.foreign);
  if (refused) return refused;
  const commands = byCommand(events, ids);
  const hashes = [...commands].map(([id, [first]]) => [id, first!.command_hash] as const);
  if (!hashes.every(([, hash]) => hash === keyed.hash)) {
    const before = await stateAt(events[0]!.aggregate_version - 1);
    const former = keyed.formerly(before);
    const same = hashes.every(([id, hash]) => {
      const command = former.get(id);
      return command !== undefined && hasFormerHash(command, hash);
    });
    if (!same)
      return refuse(
        'COMMAND_ID_REUSED',
        'this key was used before, for another request: every request needs a key of its own',
      );
  }
  const answers = [...commands].map(([command_id, own]) =>
    accepted({ ...of, command_id }, own, { first: own[0]!.sequence, replayed: true }),
  );
  const { command_id: _, events: __, ...last } = answers.at(-1)!;
  return { ...last, commands: answers, unchanged: [] };
};
