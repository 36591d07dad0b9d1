import { ANY_TEAM, type Roles } from '../core/access.js';
import type { CodeFor } from '../edge/access/index.js';
import { userName } from './user-name.js';

export const consolePage = (server: string): string => `${server}/console/`;

/** What follows the # is never sent to a server, so it stands in no log of requests. */
export const signInLink = (server: string, code: string): string =>
  `${consolePage(server)}sign-in#${code}`;

/** Whoever can reach NATS may do everything anyway: every role, every team. */
export const codeForAll = (roles: Roles): CodeFor => ({
  actor: userName(),
  actor_type: 'user',
  roles: Object.keys(roles),
  teams: [ANY_TEAM],
});
