import { ANY_TEAM } from '../core/access.js';
import { type CodeFor, SignInCodes } from '../edge/access/index.js';
import type { Config } from '../node/config.js';
import { openNats } from '../node/open-nats.js';
import type { Composition } from './composition.js';
import { createLog } from './create-log.js';
import { EXIT } from './exit.js';
import { type Io, write } from './io.js';
import { checkedActor, checkedRoles } from './run-key.js';
import { settings } from './settings.js';
import { consolePage, signInLink } from './sign-in-link.js';
import { userName } from './user-name.js';

export type ConsoleFlags = {
  readonly actor?: string;
  readonly role?: readonly string[];
  readonly team?: readonly string[];
  readonly server?: string;
};

const ANYWHERE: readonly string[] = ['0.0.0.0', '::'];
/** What a port that is any stands for in a link. */
const DEFAULT_PORT = 3_000;

/** Options may be repeated, and name several at once with commas. */
const names = (given: readonly string[]): string[] =>
  given.flatMap((one) => one.split(',').map((name) => name.trim())).filter(Boolean);

/** Where `stele serve` listens with the same settings. */
const here = ({ host, port }: Config): string => {
  const name = ANYWHERE.includes(host) ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port === 0 ? DEFAULT_PORT : port}`;
};

const newCode = async (io: Io, config: Config, who: CodeFor): Promise<string> => {
  const nats = await openNats({ config, env: io.env, log: createLog(io, 'warn'), mode: 'share' });
  try {
    const { replicas } = config;
    return await new SignInCodes({ nc: nats.nc, replicas, clock: Date.now }).make(who);
  } finally {
    await nats.close();
  }
};

export const runConsole = async (
  composition: Composition,
  flags: ConsoleFlags,
): Promise<number> => {
  const { io, roles } = composition;
  const config = settings(io);
  const server = flags.server ?? here(config);
  if (!roles) {
    write(io.stdout, consolePage(server));
    write(io.stderr, 'Nobody signs in here: everything is open to everybody.');
    return EXIT.ok;
  }
  const { actor = userName(), role, team } = flags;
  const who: CodeFor = {
    actor: checkedActor(actor),
    actor_type: 'user',
    roles: checkedRoles(composition, role ? names(role) : Object.keys(roles), '--role'),
    teams: team ? names(team) : [ANY_TEAM],
  };
  write(io.stdout, signInLink(server, await newCode(io, config, who)));
  write(
    io.stderr,
    `Open it in a browser within 10 minutes: it signs in ${who.actor} (${who.roles.join(', ')}), once.`,
  );
  return EXIT.ok;
};
