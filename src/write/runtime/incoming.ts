import { type Principal, TRUSTED } from '../../core/access.js';
import type { Command } from '../../core/command.js';
import { type Refusal, refuse } from '../../core/refusal.js';

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A command with the name of whoever sent it, unless it is told for somebody else. */
export const signed = (input: unknown, by: Principal | undefined): unknown => {
  if (!by || by === TRUSTED || !isFields(input)) return input;
  const { actor = by.actor } = input;
  // Judged as the envelope reads it: spaces make nobody else of them.
  const own = typeof actor === 'string' && actor.trim() === by.actor;
  return own ? { ...input, actor: by.actor, actor_type: by.actor_type } : input;
};

/** Whether what came in only asks what would happen. */
export const saysDryRun = (input: unknown): boolean => isFields(input) && input.dry_run === true;

/** A command for the aggregate of the first one, unless it names another. */
export const addressed = (
  input: unknown,
  first: Pick<Command, 'aggregate_id'> | undefined,
): unknown =>
  first && isFields(input) && input.aggregate_id === undefined
    ? { ...input, aggregate_id: first.aggregate_id }
    : input;

/** A refusal that says which of several commands it is about. */
export const ofOne = (refusal: Refusal, index: number, input: unknown): Refusal => {
  const { command_type, command_id } = isFields(input) ? input : {};
  const name = typeof command_type === 'string' ? command_type : `command ${index}`;
  return {
    ...refusal,
    message: `${name}: ${refusal.message}`,
    details: { ...refusal.details, command: { index, command_type, command_id } },
  };
};

/** Stands for the aggregate of a command that is wrong, while the others are looked at. */
export const SOME_AGGREGATE = { aggregate_id: 'none' };

/**
 * What is wrong with several commands, each by `ofOne`: the first one, with the others in
 * `details.others`. Who may not send one of them is told nothing of the rest.
 */
export const ofAll = (wrong: readonly Refusal[]): Refusal => {
  const denied = wrong.find(({ refused }) => refused === 'FORBIDDEN');
  const [first, ...others] = denied ? [denied] : wrong;
  return others.length === 0 ? first! : { ...first!, details: { ...first!.details, others } };
};

/** Why a command cannot be decided together with those before it. */
export const strange = (
  { definition, aggregate_id, command_id, dry_run }: Command,
  [first, ...others]: readonly Command[],
): Refusal | undefined => {
  if (!first) return undefined;
  if (first.definition !== definition || first.aggregate_id !== aggregate_id)
    return refuse(
      'MALFORMED_COMMAND',
      `it is for ${definition.name} ${aggregate_id}, the first one for ${first.definition.name} ${first.aggregate_id}: only commands for one aggregate can be decided together`,
    );
  if (first.dry_run !== dry_run)
    return refuse('MALFORMED_COMMAND', 'dry_run: all of them are, or none is');
  if ([first, ...others].some((other) => other.command_id === command_id))
    return refuse('COMMAND_ID_REUSED', `command_id ${command_id} is used twice`);
  return undefined;
};
