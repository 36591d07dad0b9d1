import type { Command } from '../../core/command.js';
import type { StoredEvent } from '../../core/event.js';
import { hasFormerHash } from '../../core/former-hash.js';
import { Fault, type Refusal, refuse } from '../../core/refusal.js';
import type { EventLog } from '../store/event-log.js';
import { TURN_EVENTS_MAX } from './limits.js';
import { accepted, type Result } from './outcome.js';

/** Events of a command that are read at first; most commands have one. */
const READ_FIRST = 20;

/** An aggregate, as a command is for it. */
export type Of = Pick<Command, 'definition' | 'aggregate_id'>;

/**
 * The events that were written with the one at `sequence`, and those after it as far as they were
 * read, for commands that were accepted and whose ids are `ids`: all of their events are among them.
 */
export const eventsFrom = async (
  store: EventLog,
  { definition, aggregate_id }: Of,
  { sequence, ids }: { readonly sequence: number; readonly ids: readonly string[] },
): Promise<readonly StoredEvent[]> => {
  for (const most of [READ_FIRST, TURN_EVENTS_MAX + 1]) {
    const events = await store.read(definition, aggregate_id, sequence, most);
    const seen = new Set(events.map(({ causation_id }) => causation_id));
    const whole = events.length < most || !ids.includes(events.at(-1)!.causation_id);
    if (whole && ids.every((id) => seen.has(id))) return events;
  }
  throw new Fault(
    'HISTORY_BROKEN',
    `the history of ${definition.name} ${aggregate_id} does not show a command that it accepted at sequence ${sequence}; run "stele doctor"`,
  );
};

/** What somebody is told of an accepted command that another one sent, and that they may not send. */
export const refusedAgain = (
  first: Pick<StoredEvent, 'actor' | 'actor_type'>,
  { actor, actor_type }: Pick<Command, 'actor' | 'actor_type'>,
  foreign: Refusal | undefined,
): Refusal | undefined =>
  // A person and a program of one name are two.
  first.actor === actor && first.actor_type === actor_type ? undefined : foreign;

/**
 * The first answer to an accepted command again, from the log, where its first event stands at
 * `sequence`. Refused when the same id now comes with another command, and as `foreign` says when
 * it comes from somebody else.
 */
export const replayed = async (
  store: EventLog,
  command: Command,
  { sequence, foreign }: { readonly sequence: number; readonly foreign: Refusal | undefined },
): Promise<Result> => {
  const { command_id, hash } = command;
  const read = await eventsFrom(store, command, { sequence, ids: [command_id] });
  const events = read.filter(({ causation_id }) => causation_id === command_id);
  const { command_hash } = events[0]!;
  const refused = refusedAgain(events[0]!, command, foreign);
  if (refused) return refused;
  if (command_hash === hash || hasFormerHash(command, command_hash))
    return accepted(command, events, { first: sequence, replayed: true });
  return refuse(
    'COMMAND_ID_REUSED',
    `command_id ${command_id} was accepted before with another type or other data: every command needs an id of its own`,
  );
};
