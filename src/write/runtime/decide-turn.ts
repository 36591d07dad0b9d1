import { Fault } from '../../core/refusal.js';
import { Course, type ToDecide } from './course.js';
import { type Decided, replayOne } from './decide-one.js';
import { decideTogether, type Group } from './decide-together.js';
import { TURN_EVENTS_MAX } from './limits.js';

/**
 * Decide each by itself, in order. Stops after a command that changes claims: its successor waits for
 * the ack.
 */
const decideEach = (given: ToDecide): Decided[] => {
  const course = new Course(given);
  const decided: Decided[] = [];
  const inTurn = new Set<string>();
  for (const [index, command] of given.commands.entries()) {
    const found = given.lookups[index]!;
    if (found instanceof Fault) {
      decided.push({ kind: 'fault', fault: found });
      continue;
    }
    const id = command.command_id.toLowerCase();
    if (given.folded.accepted.has(id) || inTurn.has(id)) {
      decided.push(replayOne(command, course.at, found));
      continue;
    }
    const one = course.decide(command, found);
    decided.push(one);
    if (one.kind !== 'events') continue;
    inTurn.add(id);
    if (one.claims.length > 0 || course.events >= TURN_EVENTS_MAX) break;
  }
  return decided;
};

/**
 * What the commands of a turn come to, as far as they are decided in it: all of a group, or none.
 * @throws OwnersUnknown when more must be looked up first
 */
export const decideTurn = (given: ToDecide, group: Group | undefined): readonly Decided[] =>
  group ? decideTogether(given, group) : decideEach(given);
