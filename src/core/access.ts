import type { SOURCES } from './envelope.js';
import { isHiding, seenOf } from './unseen.js';

/**
 * What somebody may do besides sending commands, whose roles the definitions declare.
 * `read`: documents, reports, possible commands. `time_travel`: how things were. `events`: the
 * events themselves, live and past. `audit`: who did what, what was refused, alerts. `export`:
 * whole lists at once. `operate`: projections, metrics. `import`: models and their reverts. `history`:
 * to tell, in an import, what others did and when, which needs no approval any more. `webhook`: to
 * say that commands came by a webhook.
 */
export const PERMISSIONS = [
  'read',
  'time_travel',
  'events',
  'audit',
  'export',
  'operate',
  'import',
  'history',
  'webhook',
] as const;
/** One thing that a role may do. */
export type Permission = (typeof PERMISSIONS)[number];

/** A role of an application. Who has none of the roles asked for is refused: there is no default. */
export type Role = {
  /** One sentence for people. */
  readonly summary: string;
  readonly may: readonly Permission[];
  /** Counts only for aggregates that a team of the person owns (`ownership` of the definition). */
  readonly ownedOnly?: true;
  /** Counts only for commands from these sources. */
  readonly sources?: readonly (typeof SOURCES)[number][];
};
export type Roles = Readonly<Record<string, Role>>;

/** Who asks, as the way in has found out. Never taken from what was asked. */
export type Principal = {
  /** What stands in the log as `actor`. */
  readonly actor: string;
  readonly actor_type: 'user' | 'service' | 'system';
  /** Whose credential it is, where that is another name: who asks and who approves are people. */
  readonly subject?: string;
  readonly roles: readonly string[];
  /** The teams it belongs to; an owner may change what one of them owns, with `*` whoever owns it. */
  readonly teams: readonly string[];
  /** How it was recognized, for the journal: `key:<id>`, `jwt:<issuer>`. */
  readonly credential?: string;
  /** When it counts no more, ISO 8601; without it never by itself. */
  readonly until?: string;
};

/** Who asks as one word, to tell one from another where something is shared. */
export const nameOf = ({ actor_type, actor }: Principal): string => `${actor_type}/${actor}`;

/** Whoever belongs to it belongs to every team. */
export const ANY_TEAM = '*';

/** A part of this program itself: it may do everything. No way in ever hands it out. */
export const TRUSTED: Principal = Object.freeze({
  actor: 'system',
  actor_type: 'system',
  roles: [],
  teams: [],
  credential: 'in-process',
});

/**
 * A name as it is compared: what looks like nothing, and what may be written in several ways, tells
 * no names apart. By way of capitals, which some small letters share; composed anew where something
 * unseen stood between a letter and its accent.
 */
const plainName = (name: string): string =>
  seenOf(name.normalize('NFKC'))
    .normalize('NFKC')
    .replaceAll(/\s+/gu, ' ')
    .trim()
    .toUpperCase()
    .toLowerCase();

/** Whether two names are one person's: case, form and unseen characters make no other person. */
export const samePerson = (one: string, other: string): boolean =>
  plainName(one) === plainName(other);

/** Breaks lines, moves the cursor, is half a character, or turns around what stands beside it. */
const DISTORTING = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;

/** Whether one who reads a name sees it as it is written: a log says who it was by that alone. */
export const isReadableName = (name: string): boolean =>
  !DISTORTING.test(name) && !isHiding(name) && plainName(name) !== '';

/** Names by which the program itself stands in the log, and the one that stands for all teams. */
const RESERVED = /^(?:system|\*|watch:.*)$/su;

/** Whether a name is one that nobody but this program may have. */
export const isReservedName = (name: string): boolean => RESERVED.test(plainName(name));

/** Whether any role of somebody grants a permission. A credential may name roles that there are not. */
export const grants = (roles: Roles, who: Principal, permission: Permission): boolean =>
  who === TRUSTED ||
  who.roles.some((role) => Object.hasOwn(roles, role) && roles[role]!.may.includes(permission));
