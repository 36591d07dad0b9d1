import type { Command } from '../../core/command.js';
import { Fault, type Refusal, refuse } from '../../core/refusal.js';
import { claimChanges } from './claim-changes.js';
import { Course, type ToDecide } from './course.js';
import { type Decided, type Lookups, replayOne } from './decide-one.js';
import { acceptedOf, type Keyed } from './first-answer.js';
import { TURN_EVENTS_MAX } from './limits.js';
import { ACCEPTED_BEFORE } from './outcome.js';
import { pointOf } from './point.js';

/** Commands for one aggregate that are decided one after the other and written at once. */
export type Group = {
  readonly size: number;
  /** Leave out those that would change nothing, instead of refusing all. */
  readonly skipUnchanged: boolean;
  /** The request that they are, when it may have come before with another plan. */
  readonly keyed?: Keyed | undefined;
  /** Told, of a request that was accepted before, why who sends it may not, where that is so. */
  readonly onForeign?: (refusal: Refusal | undefined) => void;
  /** Why none of them was written. */
  refusal: Refusal | undefined;
};

/** The refusal of one command of several, saying which. */
const refusalOf = (refusal: Refusal, { command_type, command_id }: Command, index: number) => ({
  ...refusal,
  message: `${command_type}: ${refusal.message}`,
  details: { ...refusal.details, command: { index, command_type, command_id } },
});

/** Nothing of what was decided is written. */
export const noneOf = (
  decided: readonly unknown[],
  refusal: Refusal,
  group: Group,
): readonly Decided[] => {
  group.refusal = refusal;
  return decided.map(() => ({ kind: 'refused', refusal }));
};

/** Decided, with what was looked up for all of them. */
type Together = Omit<ToDecide, 'lookups'> & { readonly lookups: readonly Lookups[] };

/** All were accepted before, as far as they changed anything; undefined when none was. */
const replayTogether = (
  { commands, folded, lookups }: Together,
  group: Group,
): readonly Decided[] | undefined => {
  const replay = (command: Command, index: number): Decided =>
    replayOne(command, pointOf(folded), lookups[index]!);
  if (group.keyed && acceptedOf(group.keyed, folded.accepted).size > 0) {
    const again = commands.map(replay);
    const fault = again.find(({ kind }) => kind === 'fault');
    if (fault) return commands.map(() => fault);
    group.onForeign?.(again.flatMap((one) => (one.kind === 'replay' && one.foreign) || [])[0]);
    return noneOf(commands, ACCEPTED_BEFORE, group);
  }
  const known = commands.filter(({ command_id }) => folded.accepted.has(command_id));
  if (known.length === 0) return undefined;
  if (known.length < commands.length && !group.skipUnchanged)
    return noneOf(
      commands,
      refuse(
        'COMMAND_ID_REUSED',
        `command_id ${known[0]!.command_id} was accepted before, together with other commands`,
      ),
      group,
    );
  const refusal = refuse('NO_CHANGE', 'it changed nothing when it came first');
  return commands.map((one, index) =>
    known.includes(one) ? replay(one, index) : { kind: 'unchanged', refusal },
  );
};

/** Decided in order, up to the first one that none of them is written for. */
const decideInOrder = (
  given: Together,
  group: Group,
): { readonly decided: readonly Decided[]; readonly course: Course } | readonly Decided[] => {
  const { commands } = given;
  const course = new Course(given);
  const decided: Decided[] = [];
  for (const [index, command] of commands.entries()) {
    const one = course.decide(command, given.lookups[index]!);
    if (one.kind === 'fault') return commands.map(() => one);
    if (one.kind === 'events' || one.kind === 'dry') decided.push({ ...one, claims: [] });
    if (one.kind !== 'refused') continue;
    const { refusal } = one;
    if (!group.skipUnchanged || refusal.refused !== 'NO_CHANGE')
      return noneOf(commands, refusalOf(refusal, command, index), group);
    decided.push({ kind: 'unchanged', refusal });
  }
  return { decided, course };
};

/**
 * Decide commands one after the other, each on what the earlier ones will have made. One refusal
 * refuses all of them. Claims change once, from the state before to the state after all.
 */
export const decideTogether = (given: ToDecide, group: Group): readonly Decided[] => {
  const { commands, folded, lookups } = given;
  group.refusal = undefined;
  const fault = lookups.find((one) => one instanceof Fault);
  if (fault instanceof Fault) return commands.map(() => ({ kind: 'fault', fault }));
  const together: Together = { ...given, lookups: lookups as readonly Lookups[] };
  const before = replayTogether(together, group);
  if (before) return before;
  const inOrder = decideInOrder(together, group);
  if (!('course' in inOrder)) return inOrder;
  const { decided, course } = inOrder;
  const last = decided.findLastIndex(({ kind }) => kind === 'events' || kind === 'dry');
  if (last === -1) return noneOf(commands, refuse('NO_CHANGE', 'all of it is so already'), group);
  if (course.events > TURN_EVENTS_MAX)
    return noneOf(
      commands,
      refuse(
        'TOO_MANY_EVENTS',
        `together these commands would produce ${course.events} events, at most ${TURN_EVENTS_MAX} can be written at once`,
      ),
      group,
    );
  const claims = claimChanges(commands[0]!.definition, folded.state, course.at.state);
  return decided.map((one, index) => (index === last ? { ...one, claims } : one));
};
