import { isReadableName, isReservedName } from '../core/access.js';
import { spanOf } from '../core/instant.js';
import { choices } from '../core/nearest.js';
import {
  type ApiKey,
  KeyBucket,
  makeKey,
  revoked,
  rotated,
  stateOf,
} from '../edge/access/index.js';
import { openNats } from '../node/open-nats.js';
import type { Composition } from './composition.js';
import { createLog } from './create-log.js';
import { EXIT, Stop } from './exit.js';
import { type Io, paintFor, write } from './io.js';
import { settings } from './settings.js';
import { table } from './table.js';
import { userName } from './user-name.js';

export type KeyFlags = { readonly json?: boolean };
export type CreateFlags = KeyFlags & {
  readonly actor: string;
  readonly subject?: string;
  readonly roles: readonly string[];
  readonly teams?: readonly string[];
  readonly expires?: string;
  readonly type: ApiKey['actor_type'];
};
export type RotateFlags = KeyFlags & { readonly overlap: string };

const ACTOR_MAX = 255;
const DURATION = /^(\d{1,4})(h|d|w|y)$/;
const HOUR_MS = 3_600_000;
const UNITS: Readonly<Record<string, number>> = { h: 1, d: 24, w: 168, y: 8_766 };

const durationOf = (text: string): number | undefined => {
  const [, amount, unit = ''] = DURATION.exec(text) ?? [];
  return amount === undefined ? undefined : Number(amount) * UNITS[unit]! * HOUR_MS;
};

/** From `90d` or a date to a time that is still to come. */
export const expiryOf = (text: string, now: number): string => {
  const duration = durationOf(text);
  // Without a zone a time would mean another instant on every machine.
  const at = duration === undefined ? Date.parse(spanOf(text)?.first ?? '') : now + duration;
  if (Number.isNaN(at))
    throw new Stop(`--expires: "${text}" is no duration such as 90d and no date`, EXIT.usage);
  if (at <= now) throw new Stop(`--expires: ${text} is past already`, EXIT.usage);
  return new Date(at).toISOString();
};

export const checkedActor = (given: string, option = '--actor'): string => {
  const actor = given.trim();
  if (actor === '' || actor.length > ACTOR_MAX)
    throw new Stop(`${option}: expected 1 to ${ACTOR_MAX} characters`, EXIT.usage);
  if (!isReadableName(actor))
    throw new Stop(`${option}: expected a name without characters that nobody sees`, EXIT.usage);
  if (isReservedName(actor))
    throw new Stop(`${option}: the name "${actor}" is Stele's own: choose another`, EXIT.usage);
  return actor;
};

/** Roles that there are; a misspelt one would be a key that may do nothing. */
export const checkedRoles = (
  { roles }: Composition,
  given: readonly string[],
  option = '--roles',
): string[] => {
  const known = Object.keys(roles ?? {});
  const unknown = given.find((role) => roles && !known.includes(role));
  if (unknown !== undefined)
    throw new Stop(
      `${option}: there is no role "${unknown}"${choices(unknown, known, 'there are')}`,
      EXIT.usage,
    );
  if (given.length === 0)
    throw new Stop(`${option}: name one or more of ${known.join(', ')}`, EXIT.usage);
  return [...new Set(given)];
};

const withBucket = async <T>(io: Io, work: (bucket: KeyBucket) => Promise<T>): Promise<T> => {
  const config = settings(io);
  const nats = await openNats({ config, env: io.env, log: createLog(io, 'warn'), mode: 'share' });
  try {
    return await work(await KeyBucket.open(nats.nc, config.replicas));
  } finally {
    await nats.close();
  }
};

/** What anybody may see of a key. */
const shown = ({ hash: _, previous, ...key }: ApiKey) => ({
  ...key,
  state: stateOf(key as ApiKey, Date.now()),
  previous_secret_until: previous?.until ?? null,
});

/** The key alone on standard output, so that a shell can take it; all about it beside. */
const showOnce = (io: Io, { key, text }: { key: ApiKey; text: string }, json = false): number => {
  if (json) write(io.stdout, JSON.stringify({ key: text, ...shown(key) }));
  else write(io.stdout, text);
  const until = key.expires_at === null ? 'until it is revoked' : `until ${key.expires_at}`;
  write(
    io.stderr,
    `key ${key.id} for ${key.actor} (${key.roles.join(', ')}) counts ${until}. It is shown this once and kept nowhere.`,
  );
  return EXIT.ok;
};

const noKey = (id: string): Stop =>
  new Stop(`there is no key ${id}; \`stele key list\` shows those there are`, EXIT.notFound);

export const createKey = async (composition: Composition, flags: CreateFlags): Promise<number> => {
  const { io } = composition;
  const now = Date.now();
  const actor = checkedActor(flags.actor);
  const subject = flags.subject === undefined ? null : checkedActor(flags.subject, '--subject');
  const made = makeKey(
    {
      actor,
      actor_type: flags.type,
      subject,
      created_by: userName(),
      roles: checkedRoles(composition, flags.roles),
      teams: [...(flags.teams ?? [])],
      expires_at: flags.expires === undefined ? null : expiryOf(flags.expires, now),
    },
    { now },
  );
  await withBucket(io, (bucket) => bucket.create(made.key));
  return showOnce(io, made, flags.json);
};

const shownActor = ({ actor, subject }: Pick<ApiKey, 'actor' | 'subject'>): string =>
  subject === null ? actor : `${actor} (${subject})`;

export const listKeys = async ({ io }: Composition, { json }: KeyFlags): Promise<number> => {
  const keys = (await withBucket(io, (bucket) => bucket.keys())).map(shown);
  if (json) {
    write(io.stdout, JSON.stringify(keys));
    return EXIT.ok;
  }
  const paint = paintFor(io.stdout, io.env);
  const rows = keys.map((key) => [
    key.id,
    shownActor(key),
    key.actor_type,
    key.roles.join(','),
    key.teams.join(','),
    key.created_at.slice(0, 10),
    key.created_by,
    key.expires_at?.slice(0, 10) ?? 'never',
    key.state === 'active' ? key.state : paint('red', key.state),
  ]);
  const heading = ['ID', 'ACTOR', 'TYPE', 'ROLES', 'TEAMS', 'CREATED', 'BY', 'EXPIRES', 'STATE'];
  write(io.stdout, table(heading, rows));
  return EXIT.ok;
};

export const rotateKey = async (
  { io }: Composition,
  id: string,
  { overlap, json }: RotateFlags,
): Promise<number> => {
  const overlapMs = durationOf(overlap);
  if (overlapMs === undefined)
    throw new Stop(`--overlap: "${overlap}" is no duration such as 1h`, EXIT.usage);
  let text = '';
  const key = await withBucket(io, (bucket) =>
    bucket.change(id, (old) => {
      if (old.revoked_at !== null)
        throw new Stop(`key ${id} was revoked at ${old.revoked_at}: make a new one`, EXIT.conflict);
      const made = rotated(old, { now: Date.now(), overlapMs });
      text = made.text;
      return made.key;
    }),
  );
  if (!key) throw noKey(id);
  return showOnce(io, { key, text }, json);
};

export const revokeKey = async (
  { io }: Composition,
  id: string,
  { json }: KeyFlags,
): Promise<number> => {
  const key = await withBucket(io, (bucket) =>
    bucket.change(id, (old) => revoked(old, Date.now())),
  );
  if (!key) throw noKey(id);
  if (json) write(io.stdout, JSON.stringify(shown(key)));
  else write(io.stdout, `key ${id} for ${key.actor} counts no more since ${key.revoked_at}`);
  return EXIT.ok;
};
