import { ANY_TEAM, grants, type Principal, type Roles, TRUSTED } from './access.js';
import type { CommandEnvelope } from './envelope.js';
import type { CommandSpec } from './message.js';
import { type Refusal, refuse } from './refusal.js';

/** What somebody wants to do, as far as it is known before any state is read. */
export type Asked = {
  readonly type: string;
  readonly spec: CommandSpec;
  readonly envelope: Pick<CommandEnvelope, 'actor' | 'source' | 'metadata'>;
};

/** Allowed whatever the state; or only for what one of these teams owns. */
export type Allowance = { readonly teams: readonly string[] | null };

const forbidden = (message: string, details?: Readonly<Record<string, unknown>>): Refusal =>
  refuse('FORBIDDEN', message, details && { details });

export const UNAUTHENTICATED = refuse(
  'UNAUTHENTICATED',
  'nobody knows who you are: send an API key as X-Api-Key, or a token as Authorization: Bearer',
);

/**
 * Whether somebody may send a command, decided by roles alone: nothing is read, so nothing of the
 * aggregate can show in the answer. Only an import of history may speak for others.
 */
export const allowed = (
  roles: Roles,
  who: Principal,
  { type, spec, envelope: { actor, source, metadata } }: Asked,
): Allowance | Refusal => {
  if (who === TRUSTED) return { teams: null };
  if (source === 'import' && !grants(roles, who, 'import'))
    return forbidden('source "import" is for those who may import: say "api" or "ui"');
  const forOthers = actor !== who.actor;
  if (forOthers && source !== 'import')
    return forbidden(`you are ${who.actor}: leave "actor" out, or say so there too`);
  const isHistory = forOthers || (source === 'import' && metadata?.effective_at !== undefined);
  if (isHistory && !grants(roles, who, 'history'))
    return forbidden(
      'what others did, or what was so at another time, is told by those who may tell history: leave "actor" and "metadata.effective_at" out',
    );
  if (forOthers && spec.inPerson)
    return forbidden(`${type} is sent in person, also by an import: you are ${who.actor}`);
  const counting = who.roles.filter(
    (role) => spec.roles.includes(role) && (roles[role]?.sources?.includes(source) ?? true),
  );
  if (counting.some((role) => roles[role] && !roles[role].ownedOnly)) return { teams: null };
  if (counting.some((role) => roles[role]?.ownedOnly))
    return { teams: who.teams.includes(ANY_TEAM) ? null : who.teams };
  return forbidden(`${type} is for ${spec.roles.join(', ')}; you are ${said(who.roles)}`, {
    roles: spec.roles,
  });
};

/**
 * Why somebody may send none of these commands, whatever they say: their roles are enough to know
 * it, so nothing that they sent need be looked at. undefined when it depends on what they say.
 */
export const mayNone = (
  roles: Roles,
  who: Principal,
  commands: readonly { readonly type: string; readonly spec: CommandSpec }[],
): Refusal | undefined => {
  if (who === TRUSTED) return undefined;
  const counts = (role: string): boolean => Object.hasOwn(roles, role) && who.roles.includes(role);
  if (commands.some(({ spec }) => spec.roles.some(counts))) return undefined;
  const wanted = [...new Set(commands.flatMap(({ spec }) => spec.roles))];
  const what = commands.length === 1 ? commands[0]!.type : 'this';
  return forbidden(`${what} is for ${wanted.join(', ') || 'nobody'}; you are ${said(who.roles)}`, {
    roles: wanted,
  });
};

const said = (roles: readonly string[]): string =>
  roles.length === 0 ? 'in no role' : roles.join(', ');

/** What somebody is told who may change only what their teams own, whether or not it exists. */
export const notOwned = (type: string, teams: readonly string[]): Refusal =>
  forbidden(
    `${type} is for those who own it; ${teams.length === 0 ? 'you belong to no team' : `your teams: ${teams.join(', ')}`}`,
  );

/** @throws TypeError when a command is for a role that does not exist: nobody could send it. */
export const checkRoles = (
  roles: Roles,
  definitions: readonly {
    readonly name: string;
    readonly commands: Readonly<Record<string, CommandSpec>>;
  }[],
): void => {
  for (const { name, commands } of definitions)
    for (const [type, spec] of Object.entries(commands))
      for (const role of spec.roles)
        if (!Object.hasOwn(roles, role))
          throw new TypeError(
            `${name}: ${type} is for the role "${role}", but there is no such role; there are ${Object.keys(roles).join(', ')}`,
          );
};
