import { readFileSync } from 'node:fs';
import { nearest } from '../core/nearest.js';
import type { AccessSettings } from '../edge/access/index.js';
import type { HttpLimits } from '../edge/http/limits.js';
import type { Receiver } from '../operate/alerts/webhook.js';
import {
  aboutOf,
  Environment,
  KNOWN,
  type LOG_LEVELS,
  NAMES,
  type Name,
  SECRETS,
  type Values,
} from './environment.js';

/** How this node proves who it is to NATS. */
export type NatsAuth =
  | { readonly kind: 'none' }
  | { readonly kind: 'user'; readonly user: string; readonly password: string }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'creds'; readonly creds: string }
  | { readonly kind: 'nkey'; readonly seed: string };

/** Everything that a node can be told by its surroundings, checked. */
export type Config = {
  readonly host: string;
  readonly port: number;
  /** Directory of the embedded store. */
  readonly dataDir: string;
  /** The NATS servers to use; null = run one of our own. The URLs carry no credentials. */
  readonly nats: {
    readonly servers: readonly string[];
    readonly tls: boolean;
    readonly auth: NatsAuth;
  } | null;
  readonly databaseUrl: string | null;
  /** Whom this node knows besides the API keys in NATS. */
  readonly access: AccessSettings;
  /** Whom HTTP lets in, and how often. */
  readonly web: {
    readonly origins: readonly string[];
    readonly proxies: readonly string[];
    readonly limits: Partial<HttpLimits>;
  };
  /** Where audit alerts are sent to; null = nowhere. */
  readonly alerts: Receiver | null;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  readonly replicas: number;
};

/** One thing that is wrong with one variable. Values of secrets are never in it. */
export type Mistake = {
  readonly name: string;
  readonly wrong: string;
  readonly expected: string;
};

export type ReadConfig = {
  readonly config: Config | undefined;
  readonly mistakes: readonly Mistake[];
  /** What is odd but does no harm, as sentences. */
  readonly warnings: readonly string[];
};

type Given = { readonly values: Record<string, string>; readonly mistakes: readonly Mistake[] };

/** What is set, secrets read from the files that were named. An empty variable is not set. */
const gather = (env: NodeJS.ProcessEnv): Given => {
  const values: Record<string, string> = {};
  const mistakes: Mistake[] = [];
  for (const name of NAMES) if (env[name]) values[name] = env[name];
  for (const name of SECRETS) {
    const file = `${name}_FILE`;
    const path = env[file];
    if (!path) continue;
    if (values[name] !== undefined) {
      mistakes.push({
        name: file,
        wrong: `${name} is set too`,
        expected: `${name} or ${file}, not both`,
      });
      continue;
    }
    try {
      values[name] = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const wrong = `${path} cannot be read (${code})`;
      mistakes.push({ name: file, wrong, expected: `a file that holds ${aboutOf(name).expected}` });
    }
  }
  return { values, mistakes };
};

const wrongValue = (name: Name, value: string): Mistake => {
  const { expected, secret } = aboutOf(name);
  return { name, wrong: secret ? 'it is not right' : `it is "${value}"`, expected };
};

const isSet = (env: NodeJS.ProcessEnv, name: Name): boolean =>
  Boolean(env[name] || env[`${name}_FILE`]);

/** Tokens are checked against all three, or not taken at all. */
const JWT_WHOLE = ['STELE_JWT_ISSUER', 'STELE_JWT_AUDIENCE', 'STELE_JWT_JWKS_URL'] as const;
const JWT = [
  ...JWT_WHOLE,
  ...(['STELE_JWT_ROLES_CLAIM', 'STELE_JWT_TEAMS_CLAIM', 'STELE_JWT_ACTOR_CLAIM'] as const),
];

/** What cannot be said of one variable alone. */
const contradictions = (env: NodeJS.ProcessEnv, values: Partial<Values>): Mistake[] => {
  const found: Mistake[] = [];
  const has = (name: Name): boolean => isSet(env, name);
  const inUrl = values.NATS_URL?.some(({ user }) => user !== undefined) ?? false;
  const ways = [
    ...(inUrl ? ['NATS_URL (user and password in it)'] : []),
    ...(has('NATS_USER') || has('NATS_PASSWORD') ? ['NATS_USER and NATS_PASSWORD'] : []),
    ...(['NATS_TOKEN', 'NATS_CREDS', 'NATS_NKEY_SEED'] as const).filter(has),
  ];
  if (ways.length > 1)
    found.push({
      name: 'NATS credentials',
      wrong: `given in ${ways.length} ways: ${ways.join('; ')}`,
      expected: 'one way',
    });
  if (ways.length > 0 && !has('NATS_URL'))
    found.push({
      name: 'NATS_URL',
      wrong: `it is missing, while there are credentials (${ways.join('; ')})`,
      expected: 'the servers the credentials are for; a server of our own needs none',
    });
  for (const [one, other] of [
    ['NATS_USER', 'NATS_PASSWORD'],
    ['NATS_PASSWORD', 'NATS_USER'],
    ['STELE_ALERT_WEBHOOK_URL', 'STELE_ALERT_WEBHOOK_SECRET'],
    ['STELE_ALERT_WEBHOOK_SECRET', 'STELE_ALERT_WEBHOOK_URL'],
  ] as const)
    if (has(one) && !has(other))
      found.push({ name: other, wrong: `it is missing, while ${one} is set`, expected: 'both' });
  const given = JWT.filter(has);
  const [first] = given;
  for (const name of first === undefined ? [] : JWT_WHOLE.filter((one) => !has(one)))
    found.push({
      name,
      wrong: `it is missing, while ${first} is set`,
      expected: `all of ${JWT_WHOLE.join(', ')}, or none`,
    });
  if ((values.STELE_REPLICAS ?? 1) > 1 && !has('NATS_URL'))
    found.push({
      name: 'STELE_REPLICAS',
      wrong: `it is ${values.STELE_REPLICAS}, while a server of our own is alone`,
      expected: '1, or a cluster in NATS_URL',
    });
  return found;
};

const unknown = (env: NodeJS.ProcessEnv): string[] =>
  Object.keys(env)
    .filter((name) => name.startsWith('STELE_') && !KNOWN.includes(name))
    .map((name) => {
      const close = nearest(name, KNOWN);
      return `${name} is not a variable of Stele${close ? `; the nearest is ${close}` : ''}`;
    });

const receiverOf = ({
  STELE_ALERT_WEBHOOK_URL: url,
  STELE_ALERT_WEBHOOK_SECRET: secret,
}: Values): Receiver | null => (url !== undefined && secret !== undefined ? { url, secret } : null);

const accessOf = (values: Values): AccessSettings => {
  const { STELE_JWT_ISSUER: issuer, STELE_JWT_AUDIENCE: audience } = values;
  const { STELE_JWT_JWKS_URL: jwksUrl } = values;
  const whole = issuer !== undefined && audience !== undefined && jwksUrl !== undefined;
  return {
    adminKey: values.STELE_ADMIN_KEY ?? null,
    jwt: whole
      ? {
          issuer,
          audience,
          jwksUrl,
          actorClaim: values.STELE_JWT_ACTOR_CLAIM,
          rolesClaim: values.STELE_JWT_ROLES_CLAIM,
          teamsClaim: values.STELE_JWT_TEAMS_CLAIM,
        }
      : null,
  };
};

const authOf = (values: Values, creds: string | undefined): NatsAuth => {
  const { NATS_USER: user, NATS_PASSWORD: password, NATS_TOKEN: token } = values;
  if (user !== undefined && password !== undefined) return { kind: 'user', user, password };
  if (token !== undefined) return { kind: 'token', token };
  if (creds !== undefined) return { kind: 'creds', creds };
  if (values.NATS_NKEY_SEED !== undefined) return { kind: 'nkey', seed: values.NATS_NKEY_SEED };
  const [named] = values.NATS_URL?.filter((one) => one.user !== undefined) ?? [];
  if (!named) return { kind: 'none' };
  // A URL with one word before the @ names a token, as everywhere with NATS.
  return named.password === ''
    ? { kind: 'token', token: named.user! }
    : { kind: 'user', user: named.user!, password: named.password! };
};

/** The credentials file's content, or the mistake. */
const readCreds = (path: string | undefined): { creds?: string; mistake?: Mistake } => {
  if (path === undefined) return {};
  const expected = aboutOf('NATS_CREDS').expected;
  try {
    const creds = readFileSync(path, 'utf8');
    if (/-{3,}BEGIN NATS USER JWT/.test(creds) && /-{3,}BEGIN USER NKEY SEED/.test(creds))
      return { creds };
    return { mistake: { name: 'NATS_CREDS', wrong: `${path} holds no JWT and seed`, expected } };
  } catch (error) {
    const wrong = `${path} cannot be read (${(error as NodeJS.ErrnoException).code})`;
    return { mistake: { name: 'NATS_CREDS', wrong, expected } };
  }
};

/** Read the environment. Every mistake is named, not only the first. */
export const readConfig = (env: NodeJS.ProcessEnv): ReadConfig => {
  const given = gather(env);
  const mistakes = [...given.mistakes];
  const values: Record<string, unknown> = {};
  for (const name of NAMES) {
    const parsed = Environment.shape[name].safeParse(given.values[name]);
    if (parsed.success) values[name] = parsed.data;
    else mistakes.push(wrongValue(name, given.values[name] ?? ''));
  }
  mistakes.push(...contradictions(env, values));
  const { creds, mistake } = readCreds(values.NATS_CREDS as string | undefined);
  if (mistake) mistakes.push(mistake);
  const warnings = unknown(env);
  if (mistakes.length > 0) return { config: undefined, mistakes, warnings };
  const checked = values as Values;
  const nats = checked.NATS_URL && {
    servers: checked.NATS_URL.map(({ url }) => url),
    tls: checked.NATS_URL.some(({ tls }) => tls),
    auth: authOf(checked, creds),
  };
  return {
    mistakes,
    warnings,
    config: {
      host: checked.HOST,
      port: checked.PORT,
      dataDir: checked.STELE_DATA,
      nats: nats ?? null,
      databaseUrl: checked.DATABASE_URL ?? null,
      access: accessOf(checked),
      web: {
        origins: checked.STELE_CORS_ORIGINS,
        proxies: checked.STELE_TRUSTED_PROXIES,
        limits: {
          commandsPerMinute: checked.STELE_RATE_LIMIT_COMMANDS,
          readsPerMinute: checked.STELE_RATE_LIMIT_READS,
          connectionsMax: checked.STELE_CONNECTIONS_MAX,
          connectionsOfOneMax: checked.STELE_CONNECTIONS_OF_ONE_MAX,
          keepAliveMs: checked.STELE_KEEP_ALIVE_SECONDS * 1_000,
          requestWithinMs: checked.STELE_REQUEST_SECONDS * 1_000,
        },
      },
      alerts: receiverOf(checked),
      logLevel: checked.LOG_LEVEL,
      replicas: checked.STELE_REPLICAS,
    },
  };
};

/** All mistakes as one text for people. */
export const describeMistakes = (mistakes: readonly Mistake[]): string =>
  [
    `The configuration is not right (${mistakes.length === 1 ? '1 mistake' : `${mistakes.length} mistakes`}):`,
    ...mistakes.map(({ name, wrong, expected }) => `  ${name}: ${wrong}; expected ${expected}`),
  ].join('\n');
