import { statSync } from 'node:fs';
import { z } from 'zod';
import { trustedProxies } from '../edge/http/hardening/trusted-proxies.js';
import { keyOf } from '../operate/alerts/webhook.js';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

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

const listOf = (text: string): string[] => text.split(',').map((one) => one.trim());

/** As browsers send it: a scheme and a host, no path, not even a slash. */
const isOrigin = (text: string): boolean =>
  text === '*' || (isUrl(text, ['http:', 'https:']) && new URL(text).origin === text.toLowerCase());

const hasCredentials = (url: string): boolean => {
  const { username, password } = new URL(url);
  return username !== '' || password !== '';
};

const kindOf = (path: string): 'file' | 'directory' | 'nothing' => {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) return 'nothing';
    return found.isDirectory() ? 'directory' : 'file';
  } catch {
    return 'nothing'; // whoever opens it says why that cannot be
  }
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
      help: 'Address of HTTP. Keys and tokens travel in clear text: beyond loopback put TLS before it.',
      expected: 'a host name or an IP address',
      example: '127.0.0.1',
    },
  ),
  STELE_CORS_ORIGINS: about(
    z
      .string()
      .refine((list) => listOf(list).every(isOrigin))
      .transform(listOf)
      .default([]),
    {
      help: 'Origins whose pages may ask this node, separated by commas. Without them: none but its own.',
      expected: 'origins such as https://console.example, or *',
      example: 'https://console.example',
    },
  ),
  STELE_TRUSTED_PROXIES: about(
    z
      .string()
      .refine((list) => trustedProxies(listOf(list)) !== undefined)
      .transform(listOf)
      .default([]),
    {
      help: 'Proxies whose word counts for where a request came from (X-Forwarded-For, Forwarded), separated by commas.',
      expected: 'IP addresses and networks such as 10.0.0.0/8',
      example: '127.0.0.1',
    },
  ),
  STELE_RATE_LIMIT_COMMANDS: about(
    z
      .string()
      .regex(/^\d{1,9}$/)
      .transform(Number)
      .default(0),
    {
      help: 'Commands per minute of one key, or of one address where nobody has a key. An import sends hundreds a second.',
      expected: 'a whole number (0 = any number)',
      example: '6000',
    },
  ),
  STELE_RATE_LIMIT_READS: about(
    z
      .string()
      .regex(/^\d{1,9}$/)
      .transform(Number)
      .default(0),
    {
      help: 'Reads per minute of one key, or of one address where nobody has a key.',
      expected: 'a whole number (0 = any number)',
      example: '6000',
    },
  ),
  STELE_CONNECTIONS_MAX: about(
    z
      .string()
      .regex(/^[1-9]\d{0,5}$/)
      .transform(Number)
      .default(5_000),
    {
      help: 'Connections open at a time; one more is closed at once. Each takes a file and some 30 KB.',
      expected: 'a whole number from 1 to 999999',
      example: '5000',
    },
  ),
  STELE_CONNECTIONS_OF_ONE_MAX: about(
    z
      .string()
      .regex(/^[1-9]\d{0,5}$/)
      .transform(Number)
      .default(2_000),
    {
      help: 'Of them of one address, unless it is one of STELE_TRUSTED_PROXIES.',
      expected: 'a whole number from 1 to 999999',
      example: '2000',
    },
  ),
  STELE_KEEP_ALIVE_SECONDS: about(
    z
      .string()
      .regex(/^[1-9]\d{0,3}$/)
      .transform(Number)
      .default(75),
    {
      help: 'How long a connection that asks nothing stays open. Longer than a proxy before Stele keeps it, or requests are lost.',
      expected: 'a whole number of seconds from 1 to 9999',
      example: '75',
    },
  ),
  STELE_REQUEST_SECONDS: about(
    z
      .string()
      .regex(/^[1-9]\d{0,3}$/)
      .transform(Number)
      .default(60),
    {
      help: 'How long a request may take to arrive, its body and all. A large import over a slow line needs more.',
      expected: 'a whole number of seconds from 1 to 9999',
      example: '60',
    },
  ),
  STELE_DATA: about(
    z
      .string()
      .refine((path) => kindOf(path) !== 'file')
      .default('./.stele'),
    {
      help: 'Directory of the embedded NATS server and of the embedded read store.',
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
      help: 'PostgreSQL for the read side, which several nodes may share. Without it: SQLite in STELE_DATA.',
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
  STELE_ADMIN_KEY: about(
    z
      .string()
      .regex(/^[\x21-\x7e]{16,}$/)
      .optional(),
    {
      help: 'An API key that always counts and has every role. Without it, and without tokens, the first start makes one and prints it.',
      expected: '16 characters or more, ASCII without spaces',
      example: '',
      secret: true,
    },
  ),
  STELE_JWT_ISSUER: about(z.string().min(1).optional(), {
    help: 'Whose tokens are taken (the claim "iss"). Without it only API keys are.',
    expected: 'the issuer as its tokens name it',
    example: 'https://id.example/realms/main',
  }),
  STELE_JWT_AUDIENCE: about(z.string().min(1).optional(), {
    help: 'Whom tokens must be meant for (the claim "aud").',
    expected: 'an audience',
    example: 'stele',
  }),
  STELE_JWT_JWKS_URL: about(
    z
      .string()
      .refine((url) => isUrl(url, ['http:', 'https:']) && !hasCredentials(url))
      .optional(),
    {
      help: 'Where the public keys of the issuer are (its jwks_uri).',
      expected: 'an https:// or http:// URL without user and password',
      example: 'https://id.example/realms/main/protocol/openid-connect/certs',
    },
  ),
  STELE_JWT_ROLES_CLAIM: about(z.string().min(1).default('roles'), {
    help: 'The claim that holds the roles; a dot leads into an object.',
    expected: 'the path of a claim',
    example: 'realm_access.roles',
  }),
  STELE_JWT_TEAMS_CLAIM: about(z.string().min(1).default('teams'), {
    help: 'The claim that holds the teams somebody belongs to.',
    expected: 'the path of a claim',
    example: 'teams',
  }),
  STELE_JWT_ACTOR_CLAIM: about(z.string().min(1).default('sub'), {
    help: 'The claim that holds the name that stands in the log as actor.',
    expected: 'the path of a claim',
    example: 'preferred_username',
  }),
  STELE_ALERT_WEBHOOK_URL: about(
    z
      .string()
      .refine((url) => isUrl(url, ['http:', 'https:']) && !hasCredentials(url))
      .optional(),
    {
      help: 'Where audit alerts are sent to. Without it they only stand in the stream ALERTS.',
      expected: 'an https:// or http:// URL without user and password',
      example: 'https://siem.example/hooks/stele',
      secret: true,
    },
  ),
  STELE_ALERT_WEBHOOK_SECRET: about(
    z
      .string()
      .refine((secret) => keyOf(secret) !== undefined)
      .optional(),
    {
      help: 'The key that audit alerts are signed with (Standard Webhooks).',
      expected: 'whsec_ and 24 to 64 random bytes in base64',
      example: '',
      secret: true,
    },
  ),
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
  STELE_KEY: about(z.string().min(1).optional(), {
    help: 'The API key that those commands send.',
    expected: 'an API key, as `stele key create` printed it',
    example: '',
    secret: true,
  }),
});
export type Name = keyof typeof Environment.shape;
export type Values = z.output<typeof Environment>;

export const NAMES = Object.keys(Environment.shape) as Name[];
export const aboutOf = (name: Name): About => abouts.get(Environment.shape[name])!;
export const SECRETS = NAMES.filter((name) => aboutOf(name).secret);
export const KNOWN: readonly string[] = [...NAMES, ...SECRETS.map((name) => `${name}_FILE`)];

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
