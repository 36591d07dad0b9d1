import { type Command, withoutMarked } from '../../core/command.js';
import type { EventRecord } from '../../core/event.js';
import { shortened } from '../../core/shortened.js';
import type { JournalEntry } from '../store/command-journal.js';
import type { Accepted } from './outcome.js';

/** Longest name taken over from something that was no command. */
const NAME_MAX = 255;
const NAMES = ['command_id', 'command_type', 'aggregate_type', 'aggregate_id', 'actor'] as const;

/** What a journal may say of a command: no secrets, no personal data. */
export const ofCommand = (command: Command): Partial<JournalEntry> => ({
  command_id: command.command_id,
  command_type: command.command_type,
  aggregate_type: command.definition.name,
  aggregate_id: command.aggregate_id,
  actor: command.actor,
  actor_type: command.actor_type,
  source: command.source,
  correlation_id: command.correlation_id,
  business_justification: command.business_justification,
  approval_id: command.approval_id,
  ip_address: command.ip_address,
  command_timestamp: command.command_timestamp,
  data: withoutMarked(command.spec, command.data),
});

/** Of an event, what its command said of itself. */
type Signature = Pick<
  EventRecord,
  'actor' | 'actor_type' | 'source' | 'correlation_id' | 'business_justification' | 'approval_id'
>;

/** What it may say of an answer that was given again. */
export const ofAnswer = (
  { command_id, aggregate_type, aggregate_id, events }: Accepted,
  command_type: string | undefined,
): Partial<JournalEntry> => {
  const [first] = events as readonly [Signature];
  return {
    command_id,
    ...(command_type !== undefined && { command_type }),
    aggregate_type,
    aggregate_id,
    actor: first.actor,
    actor_type: first.actor_type,
    source: first.source,
    correlation_id: first.correlation_id,
    business_justification: first.business_justification,
    approval_id: first.approval_id,
  };
};

/** What it may say of something that was no command: the names in it, and where it came from. */
export const ofInput = (input: unknown): Partial<JournalEntry> => {
  if (typeof input !== 'object' || input === null) return {};
  const given = input as Readonly<Record<string, unknown>>;
  // Ways in put the address there themselves.
  const { ip_address } = (given.metadata ?? {}) as { readonly ip_address?: unknown };
  const said = new Map<string, unknown>(NAMES.map((name) => [name, given[name]]));
  said.set('ip_address', ip_address);
  return Object.fromEntries(
    [...said].flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, shortened(value, NAME_MAX)]] : [],
    ),
  );
};
