import type { Command } from '../../core/command.js';
import { type Refusal, refuse } from '../../core/refusal.js';
import { acceptedOf, type Keyed } from './first-answer.js';
import { TURN_EVENTS_MAX } from './limits.js';
import type { Folded } from './load.js';
import { ACCEPTED_BEFORE } from './outcome.js';
import {
  after,
  claimChanges,
  type Decided,
  decideAt,
  type Lookups,
  pointOf,
  replayAt,
} from './turn.js';

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

type Deciding = {
  readonly folded: Folded;
  readonly lookups: readonly Lookups[];
  readonly group: Group;
  readonly now: string;
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

/** All were accepted before, as far as they changed anything; undefined when none was. */
const replay = (
  commands: readonly Command[],
  { folded, lookups, group }: Deciding,
): readonly Decided[] | undefined => {
  if (group.keyed && acceptedOf(group.keyed, folded.accepted).size > 0) {
    const again = commands.map((one, at) => replayAt(one, pointOf(folded), lookups[at]!));
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
    known.includes(one)
      ? replayAt(one, pointOf(folded), lookups[index]!)
      : { kind: 'unchanged', refusal },
  );
};

/**
 * Decide commands one after the other, each on what the earlier ones will have made. One refusal
 * refuses all of them. Claims change once, from the state before to the state after all.
 */
export const decideTogether = (commands: readonly Command[], deciding: Deciding): Decided[] => {
  const { folded, lookups, group, now } = deciding;
  group.refusal = undefined;
  const before = replay(commands, deciding);
  if (before) return [...before];
  const decided: Decided[] = [];
  let at = pointOf(folded);
  let events = 0;
  for (const [index, command] of commands.entries()) {
    const one = decideAt(command, at, now, lookups[index]!);
    if (one.kind === 'fault') return commands.map(() => one);
    if (one.kind === 'refused') {
      const { refusal } = one;
      if (group.skipUnchanged && refusal.refused === 'NO_CHANGE') {
        decided.push({ kind: 'unchanged', refusal });
        continue;
      }
      return [...noneOf(commands, refusalOf(refusal, command, index), group)];
    }
    if (one.kind !== 'events' && one.kind !== 'dry') continue;
    at = after(at, one.events, one.state);
    events += one.events.length;
    decided.push({ ...one, claims: [] });
  }
  const last = decided.findLastIndex(({ kind }) => kind === 'events' || kind === 'dry');
  if (last === -1)
    return [...noneOf(commands, refuse('NO_CHANGE', 'all of it is so already'), group)];
  if (events > TURN_EVENTS_MAX)
    return [
      ...noneOf(
        commands,
        refuse(
          'TOO_MANY_EVENTS',
          `together these commands would produce ${events} events, at most ${TURN_EVENTS_MAX} can be written at once`,
        ),
        group,
      ),
    ];
  const claims = claimChanges(commands[0]!.definition, folded.state, at.state);
  decided[last] = { ...(decided[last] as Decided & { kind: 'events' }), claims };
  return decided;
};
