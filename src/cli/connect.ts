import { readFileSync } from 'node:fs';
import { Transport } from '../client/transport.js';
import { EXIT, Stop } from './exit.js';
import type { Io } from './io.js';
import type { ServerFlags } from './server-option.js';

/** How long a server may take for what is not known to take long. */
const ANSWER_WITHIN_MS = 30_000;

/** The key to send: `--key`, STELE_KEY, or what the file STELE_KEY_FILE holds. */
const keyFrom = (given: string | undefined, env: NodeJS.ProcessEnv): string | undefined => {
  const key = given ?? (env.STELE_KEY || undefined);
  if (key !== undefined || !env.STELE_KEY_FILE) return key;
  try {
    return readFileSync(env.STELE_KEY_FILE, 'utf8').trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Stop(`STELE_KEY_FILE: ${env.STELE_KEY_FILE} cannot be read (${code})`, EXIT.config);
  }
};

/** The way to the server, and with the key, that a command line names; each asks once. */
export const connect = (
  { server, key: given }: ServerFlags,
  { env }: Pick<Io, 'env'>,
): Transport => {
  const key = keyFrom(given, env);
  return new Transport({
    url: server,
    retries: 0,
    withinMs: ANSWER_WITHIN_MS,
    ...(key !== undefined && { key }),
  });
};
