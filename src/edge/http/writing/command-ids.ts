import { stableCommandId } from '../../../core/ids.js';
import { TOGETHER_MAX } from '../../../write/runtime/limits.js';
import type { Planned } from './planned.js';
import { membersOneByOne, type Settable } from './settable.js';

/** By what a request is known: whoever sends it, how, and under which key. */
export type RequestKey = {
  readonly sender: string;
  readonly method: string;
  readonly key: string;
};

/** Members that are sent one by one are counted: which they are depends on what is there. */
const WHOLE = '';
const counted = (nth: number): string => `#${nth}`;

const idOf = ({ sender, method, key }: RequestKey, type: string, place: string): string =>
  stableCommandId('http', sender, method, key, type, place);

/** The ids of the commands that a request became. */
export const commandIds = (of: RequestKey, commands: readonly Planned[]): readonly string[] => {
  const members = new Map<string, number>();
  return commands.map(({ type, member }) => {
    if (member === '') return idOf(of, type, WHOLE);
    const nth = members.get(type) ?? 0;
    members.set(type, nth + 1);
    return idOf(of, type, counted(nth));
  });
};

/** Every id that a command of a request can have, whatever it asks, with the type of the command. */
export const possibleIds = (of: RequestKey, settable: Settable): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  for (const type of settable.order) {
    found.set(idOf(of, type, WHOLE), type);
    if (membersOneByOne(settable, type))
      for (let nth = 0; nth < TOGETHER_MAX; nth++) found.set(idOf(of, type, counted(nth)), type);
  }
  return found;
};
