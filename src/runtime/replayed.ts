import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from '../core/command.js';
import type { StoredEvent } from '../core/event.js';
import { Fault, type Refusal, refuse } from '../core/refusal.js';
import type { EventStore } from '../store/port.js';
import { TURN_EVENTS_MAX } from './limits.js';
import { accepted, type Result } from './outcome.js';

/** Events of a command that are read at first; most commands have one. */
const READ_FIRST = 20;
const ATTEMPTS = 50;
const PAUSE_MS = 20;

const eventsOf = async (
  store: EventStore,
  { definition, aggregate_id, command_id }: Command,
  sequence: number,
): Promise<readonly StoredEvent[]> => {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    for (const most of [READ_FIRST, TURN_EVENTS_MAX + 1]) {
      const events = await store.read(definition, aggregate_id, sequence, most);
      const own = events.filter(({ causation_id }) => causation_id === command_id);
      if (own.length > 0 && own.length < most) return own;
    }
    await pause(PAUSE_MS); // a replica that lags does not show it yet
  }
  throw new Fault('STORE_UNAVAILABLE', 'the log does not show an accepted command yet');
};

/**
 * The first answer to an accepted command again, from the log, where its first event stands at
 * `sequence`. Refused when the same id now comes with another command, and as `foreign` says when
 * it comes from somebody else.
 */
export const replayed = async (
  store: EventStore,
  command: Command,
  { sequence, foreign }: { readonly sequence: number; readonly foreign: Refusal | undefined },
): Promise<Result> => {
  const events = await eventsOf(store, command, sequence);
  if (foreign && events[0]!.actor !== command.actor) return foreign;
  if (events[0]!.command_hash === command.hash)
    return accepted(command, events, { first: sequence, replayed: true });
  return refuse(
    'COMMAND_ID_REUSED',
    `command_id ${command.command_id} was accepted before with another type or other data: every command needs an id of its own`,
  );
};
