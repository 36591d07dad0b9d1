import {
  ANY_TEAM,
  grants,
  isReadableName,
  isReservedName,
  type Permission,
  type Principal,
  type Roles,
  TRUSTED,
} from './access.js';
import type { CommandEnvelope } from './envelope.js';
import type { CommandSpec } from './message.js';
import { isRefusal, type Refusal, refuse } from './refusal.js';

/** What somebody wants to do, as far as it is known before any state is read. */
export type Asked = {
  readonly type: string;
  readonly spec: CommandSpec;
  readonly envelope: Pick<CommandEnvelope, 'actor' | 'actor_type' | 'source' | 'metadata'>;
};

/** Who a command is from: what stands in the log, and the person behind it. */
export type Signature = Pick<CommandEnvelope, 'actor' | 'actor_type'> & {
  readonly subject: string;
};

/** Allowed whatever the state; or only for what one of these teams owns. */
export type Allowance = {
  readonly teams: readonly string[] | null;
  /** Who it is from, whatever the envelope says; left out, that says so. */
  readonly signed?: Signature;
};

/** What it takes to say that a command came on this way; the others are anybody's. */
const SOURCE_NEEDS: Readonly<Partial<Record<CommandEnvelope['source'], Permission>>> = {
  import: 'import',
  webhook: 'webhook',
};

const forbidden = (message: string, details?: Readonly<Record<string, unknown>>): Refusal =>
  refuse('FORBIDDEN', message, details && { details });

export const UNAUTHENTICATED = refuse(
  'UNAUTHENTICATED',
  'nobody knows who you are: send an API key as X-Api-Key, or a token as Authorization: Bearer',
);

/** Why somebody may not say that a command came on this way. */
const refusedSource = (
  roles: Roles,
  who: Principal,
  source: CommandEnvelope['source'],
): Refusal | undefined => {
  if (source === 'system')
    return forbidden('source "system" is for what Stele does by itself: say "api" or "ui"');
  const need = SOURCE_NEEDS[source];
  if (need === undefined || grants(roles, who, need)) return undefined;
  return forbidden(`source "${source}" is for those who may ${need}: say "api" or "ui"`);
};

/**
 * Who a command is from: whoever sends it, however they write themselves; only an import of history
 * is told for others, by their name, and never in that of this program.
 */
const signatureOf = (
  roles: Roles,
  who: Principal,
  { type, spec, envelope: { actor, actor_type, source, metadata } }: Asked,
): Signature | Refusal => {
  const subject = who.subject ?? who.actor;
  const forOthers = actor !== who.actor;
  if (forOthers && source !== 'import')
    return forbidden(`you are ${who.actor}: leave "actor" out, or say so there too`);
  const isHistory = forOthers || (source === 'import' && metadata?.effective_at !== undefined);
  if (isHistory && !grants(roles, who, 'history'))
    return forbidden(
      'what others did, or what was so at another time, is told by those who may tell history: leave "actor" and "metadata.effective_at" out',
    );
  if (!forOthers) return { actor: who.actor, actor_type: who.actor_type, subject };
  if (spec.inPerson)
    return forbidden(`${type} is sent in person, also by an import: you are ${who.actor}`);
  if (!isReadableName(actor))
    return forbidden('history tells who it was: "actor" cannot be read as it is written');
  if (isReservedName(actor) || actor_type === 'system')
    return forbidden(
      'history tells what people and their programs did: nobody tells it in the name of Stele itself',
    );
  return { actor, actor_type, subject };
};

/**
 * Whether somebody may send a command, decided by roles alone: nothing is read, so nothing of the
 * aggregate can show in the answer.
 */
export const allowed = (roles: Roles, who: Principal, asked: Asked): Allowance | Refusal => {
  if (who === TRUSTED) return { teams: null };
  const {
    type,
    spec,
    envelope: { source },
  } = asked;
  const refused = refusedSource(roles, who, source);
  if (refused) return refused;
  const signed = signatureOf(roles, who, asked);
  if (isRefusal(signed)) return signed;
  const counting = who.roles.filter(
    (role) => spec.roles.includes(role) && (roles[role]?.sources?.includes(source) ?? true),
  );
  if (counting.some((role) => roles[role] && !roles[role].ownedOnly))
    return { teams: null, signed };
  if (counting.some((role) => roles[role]?.ownedOnly))
    return { teams: who.teams.includes(ANY_TEAM) ? null : who.teams, signed };
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
