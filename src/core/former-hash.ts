import { type Command, commandHash } from './command.js';

/** Of a command, what its hash was made of. */
export type Hashed = Pick<Command, 'command_type' | 'spec' | 'asked' | 'data'>;

/**
 * Whether an event of a command may carry this hash from the first versions. Those hashed what the
 * schema made of what was asked; defaults that it has got since were no part of that. A command has
 * few fields, so every choice of them is tried.
 */
export const hasFormerHash = (
  { command_type, spec, asked, data }: Hashed,
  hash: string,
): boolean => {
  const added = Object.keys(data).filter((name) => !Object.hasOwn(asked, name));
  for (let choice = 0; choice < 2 ** added.length; choice++) {
    const later = added.filter((_, at) => (choice >> at) % 2 === 1);
    const then = Object.entries(data).filter(([name]) => !later.includes(name));
    if (commandHash(command_type, spec, Object.fromEntries(then)) === hash) return true;
  }
  return false;
};
