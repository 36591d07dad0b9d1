import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { nearest } from './nearest.js';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

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

type About = {
  readonly help: string;
  readonly expected: string;
  readonly example: string;
  /** Its value is never shown, and `<NAME>_FILE` may name a file that holds it. */
  readonly secret?: true;
};
const abouts = new Map<z.ZodType, About>();

const about = <S extends z.ZodType>(schema: S, text: About): S => {
  abouts.set(schema, text);
  return schema;
};

const URL_SCHEMES = /^(?:(nats|tls):\/\/)?(?:([^@/]*)@)?([^@/?#]+)\/?$/;

type ServerUrl = {
  readonly url: string;
  readonly tls: boolean;
  readonly user?: string;
  readonly password?: string;
};

/** The client ignores credentials in a URL, so they are taken out of it here. */
const serverUrl = (text: string): ServerUrl | undefined => {
  const [, scheme = 'nats', credentials, host = ''] = URL_SCHEMES.exec(text.trim()) ?? [];
  if (!URL.canParse(`${scheme}://${host}`)) return undefined;
  const { hostname, port } = new URL(`${scheme}://${host}`);
  if (hostname === '') return undefined;
  const url = { url: `${scheme}://${hostname}:${port || '4222'}`, tls: scheme === 'tls' };
  if (credentials === undefined) return url;
  const [user = '', ...rest] = credentials.split(':');
  return { ...url, user: decoded(user), password: decoded(rest.join(':')) };
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const isUrl = (text: string, protocols: readonly string[]): boolean =>
  URL.canParse(text) && protocols.includes(new URL(text).protocol);

const kindOf = (path: string): 'file' | 'directory' | 'nothing' => {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return 'nothing';
  return found.isDirectory() ? 'directory' : 'file';
};

/**
 * Every variable that Stele reads. The default, where there is one, is the schema's; the texts
 * become `.env.example`.
 */
export const Environment = z.object({
  PORT: about(
    z
      .string()
      .regex(/^\d{1,5}$/)
      .transform(Number)
      .refine((port) => port <= 65_535)
      .default(3000),
    {
      help: 'Port of HTTP.',
      expected: 'a port from 0 to 65535 (0 = any free one)',
      example: '3000',
    },
  ),
  HOST: about(
    z
      .string()
      .regex(/^[A-Za-z0-9._:-]+$/)
      .default('127.0.0.1'),
    {
      help: 'Address of HTTP. There is no authorization yet: anything but loopback lets everyone in.',
      expected: 'a host name or an IP address',
      example: '127.0.0.1',
    },
  ),
  STELE_DATA: about(
    z
      .string()
      .refine((path) => kindOf(path) !== 'file')
      .default('./.stele'),
    {
      help: 'Directory of the store, when Stele runs its own NATS server.',
      expected: 'a directory, there or to be made',
      example: './.stele',
    },
  ),
  NATS_URL: about(
    z
      .string()
      .refine((list) => list.split(',').every((one) => serverUrl(one) !== undefined))
      .transform((list) => list.split(',').map((one) => serverUrl(one)!))
      .optional(),
    {
      help: 'NATS servers to use, separated by commas. Without it Stele runs a server of its own.',
      expected: 'nats://host:port or tls://host:port, several separated by commas',
      example: 'nats://127.0.0.1:4222',
      secret: true,
    },
  ),
  NATS_USER: about(z.string().optional(), {
    help: 'User and password at NATS. One kind of credentials at most may be given.',
    expected: 'a user name',
    example: 'stele',
  }),
  NATS_PASSWORD: about(z.string().optional(), {
    help: 'Belongs to NATS_USER.',
    expected: 'a password',
    example: '',
    secret: true,
  }),
  NATS_TOKEN: about(z.string().optional(), {
    help: 'Token at NATS.',
    expected: 'a token',
    example: '',
    secret: true,
  }),
  NATS_CREDS: about(
    z
      .string()
      .refine((path) => kindOf(path) === 'file')
      .optional(),
    {
      help: 'Credentials file of a NATS user (JWT and seed), as `nsc` writes it.',
      expected: 'the path of a credentials file',
      example: './stele.creds',
    },
  ),
  NATS_NKEY_SEED: about(
    z
      .string()
      .regex(/^SU[A-Z2-7]{56}$/)
      .optional(),
    {
      help: 'Seed of an nkey of a NATS user.',
      expected: 'a user seed of 58 characters that begins with SU',
      example: '',
      secret: true,
    },
  ),
  NATS_SERVER_BIN: about(
    z
      .string()
      .refine((path) => kindOf(path) === 'file')
      .optional(),
    {
      help: 'The nats-server to run, instead of looking for one or downloading it.',
      expected: 'the path of a nats-server binary',
      example: '/usr/local/bin/nats-server',
    },
  ),
  DATABASE_URL: about(
    z
      .string()
      .refine((url) => isUrl(url, ['postgres:', 'postgresql:']) && new URL(url).hostname !== '')
      .optional(),
    {
      help: 'PostgreSQL for the read side.',
      expected: 'postgres://user:password@host:port/database',
      example: 'postgres://stele:…@127.0.0.1:5432/stele',
      secret: true,
    },
  ),
  LOG_LEVEL: about(z.enum(LOG_LEVELS).default('info'), {
    help: 'The least that is logged.',
    expected: `one of ${LOG_LEVELS.join(', ')}`,
    example: 'info',
  }),
  STELE_REPLICAS: about(z.enum(['1', '3', '5']).transform(Number).default(1), {
    help: 'Copies of every event in a NATS cluster.',
    expected: '1, 3 or 5',
    example: '1',
  }),
  STELE_CACHE: about(
    z
      .string()
      .refine((path) => kindOf(path) !== 'file')
      .optional(),
    {
      help: 'Where a downloaded nats-server is kept; default: stele in the cache of the user.',
      expected: 'a directory, there or to be made',
      example: './.cache',
    },
  ),
  STELE_NATS_DOWNLOAD_URL: about(
    z
      .string()
      .refine((url) => isUrl(url, ['http:', 'https:']))
      .optional(),
    {
      help: 'A mirror of the release folder of nats-server.',
      expected: 'an http:// or https:// URL',
      example: 'https://mirror.example/nats-server',
    },
  ),
  STELE_URL: about(
    z
      .string()
      .refine((url) => isUrl(url, ['http:', 'https:']))
      .optional(),
    {
      help: 'The Stele that `stele send`, `stele events` and `stele import` talk to.',
      expected: 'an http:// or https:// URL',
      example: 'http://127.0.0.1:3000',
    },
  ),
});
type Name = keyof typeof Environment.shape;
type Values = z.output<typeof Environment>;

const NAMES = Object.keys(Environment.shape) as Name[];
const aboutOf = (name: Name): About => abouts.get(Environment.shape[name])!;
const SECRETS = NAMES.filter((name) => aboutOf(name).secret);
const KNOWN: readonly string[] = [...NAMES, ...SECRETS.map((name) => `${name}_FILE`)];

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
  ] as const)
    if (has(one) && !has(other))
      found.push({ name: other, wrong: `it is missing, while ${one} is set`, expected: 'both' });
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
    .map((name) => `${name} is not a variable of Stele; the nearest is ${nearest(name, KNOWN)}`);

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
  const { creds, mistake } = readCreds(values['NATS_CREDS'] as string | undefined);
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

/** The text of `.env.example`. */
export const envExample = (): string => {
  const blocks = NAMES.map((name) => {
    const { help, expected, example, secret } = aboutOf(name);
    const file = secret ? `\n# Or ${name}_FILE: a file that holds it.` : '';
    return `# ${help}\n# Expected: ${expected}.${file}\n#${name}=${example}\n`;
  });
  return [
    '# Stele reads these variables, and the file .env in the folder it is started in (variables win).\n# All are optional. `npx stele serve` names every mistake at once.\n',
    ...blocks,
  ].join('\n');
};
