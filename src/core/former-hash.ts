import { type Command, commandHash } from './command.js';

/** Of a command, what its hash was made of. */
export type Hashed = Pick<Command, 'command_type' | 'spec' | 'asked' | 'data'>;

/**
 * Most defaults of which every choice is tried; of more, all and none of them are. Each choice hashes
 * all that was asked, which a client may make long, while other commands wait.
 */
const DEFAULTS_TRIED_MAX = 4;

/**
 * Whether an event of a command may carry this hash from the first versions. Those hashed what the
 * schema made of what was asked; defaults that it has got since were no part of that, so every choice
 * of them is tried.
 */
export const hasFormerHash = (
  { command_type, spec, asked, data }: Hashed,
  hash: string,
): boolean => {
  const added = Object.keys(data).filter((name) => !Object.hasOwn(asked, name));
  const choices =
    added.length <= DEFAULTS_TRIED_MAX
      ? Array.from({ length: 2 ** added.length }, (_, choice) =>
          added.filter((__, at) => (choice >> at) % 2 === 1),
        )
      : [[], added];
  for (const later of choices) {
    const then = Object.entries(data).filter(([name]) => !later.includes(name));
    if (commandHash(command_type, spec, Object.fromEntries(then)) === hash) return true;
  }
  return false;
};
