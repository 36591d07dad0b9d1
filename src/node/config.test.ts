import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Config, describeMistakes, readConfig } from './config.js';
import { envExample, NAMES } from './environment.js';

const dir = mkdtempSync(join(tmpdir(), 'stele-config-'));
const file = (name: string, content: string): string => {
  writeFileSync(join(dir, name), content);
  return join(dir, name);
};
const right = (env: NodeJS.ProcessEnv): Config => {
  const { config, mistakes } = readConfig(env);
  if (!config) throw new Error(describeMistakes(mistakes));
  return config;
};
const mistakes = (env: NodeJS.ProcessEnv): readonly string[] =>
  readConfig(env).mistakes.map(({ name }) => name);
const SEED = `SU${'A'.repeat(56)}`;
const SECRET = `whsec_${'A'.repeat(32)}`;
const SHORT = { STELE_ALERT_WEBHOOK_SECRET: 'whsec_AAAA' };
const JWT = {
  STELE_JWT_ISSUER: 'https://i',
  STELE_JWT_AUDIENCE: 'stele',
  STELE_JWT_JWKS_URL: 'https://i/jwks',
};
const CREDS = '-----BEGIN NATS USER JWT-----\nx\n------\n-----BEGIN USER NKEY SEED-----\ny\n';

describe('the configuration', () => {
  it('needs nothing: a node on loopback with a server of its own', () => {
    expect(right({})).toEqual({
      host: '127.0.0.1',
      port: 3000,
      dataDir: './.stele',
      nats: null,
      databaseUrl: null,
      access: { adminKey: null, jwt: null },
      web: {
        origins: [],
        proxies: [],
        limits: {
          commandsPerMinute: 0,
          readsPerMinute: 0,
          connectionsMax: 5_000,
          connectionsOfOneMax: 2_000,
          keepAliveMs: 75_000,
          requestWithinMs: 60_000,
        },
      },
      alerts: null,
      logLevel: 'info',
      replicas: 1,
    });
  });

  it('counts an empty variable as not set', () => {
    expect(right({ PORT: '', NATS_URL: '', NATS_TOKEN: '' }).port).toBe(3000);
  });

  it('names every mistake at once', () => {
    const env = {
      PORT: '70000',
      HOST: 'not a host',
      NATS_URL: 'http://x',
      DATABASE_URL: 'mysql://x',
      LOG_LEVEL: 'loud',
      STELE_REPLICAS: '2',
      NATS_CREDS: '/nowhere/x.creds',
    };
    expect(mistakes(env)).toEqual([
      'PORT',
      'HOST',
      'NATS_URL',
      'NATS_CREDS',
      'DATABASE_URL',
      'LOG_LEVEL',
      'STELE_REPLICAS',
    ]);
    const text = describeMistakes(readConfig(env).mistakes);
    expect(text).toContain('PORT: it is "70000"; expected a port from 0 to 65535');
    expect(text).toContain('LOG_LEVEL: it is "loud"; expected one of fatal, error');
  });

  it.each([
    ['NATS_NKEY_SEED', { NATS_NKEY_SEED: 'hush-hush', NATS_URL: 'nats://h' }],
    ['NATS_URL', { NATS_URL: 'nats://me:hush-hush@h:1/path' }],
    ['DATABASE_URL', { DATABASE_URL: 'pg://me:hush-hush@h/db' }],
  ])('never shows the value of %s', (name, env) => {
    const { mistakes } = readConfig(env);
    expect(mistakes.map((one) => one.name)).toContain(name);
    expect(describeMistakes(mistakes)).not.toContain('hush-hush');
  });

  it('takes several servers and takes credentials out of their URLs', () => {
    expect(right({ NATS_URL: 'nats://me:p%40ss@a:4001, tls://b' }).nats).toEqual({
      servers: ['nats://a:4001', 'tls://b:4222'],
      tls: true,
      auth: { kind: 'user', user: 'me', password: 'p@ss' },
    });
    expect(right({ NATS_URL: 'nats://abc@[::1]:5' }).nats).toEqual({
      servers: ['nats://[::1]:5'],
      tls: false,
      auth: { kind: 'token', token: 'abc' },
    });
  });

  it('reads secrets from files', () => {
    const env = {
      NATS_URL_FILE: file('url', 'nats://h:1\n'),
      NATS_USER: 'me',
      NATS_PASSWORD_FILE: file('password', 'hush\n'),
    };
    expect(right(env).nats).toEqual({
      servers: ['nats://h:1'],
      tls: false,
      auth: { kind: 'user', user: 'me', password: 'hush' },
    });
    expect(mistakes({ ...env, NATS_PASSWORD: 'x' })).toEqual(['NATS_PASSWORD_FILE']);
    expect(mistakes({ ...env, NATS_PASSWORD_FILE: '/nowhere' })).toContain('NATS_PASSWORD_FILE');
  });

  it('takes each kind of credentials', () => {
    const auth = (env: NodeJS.ProcessEnv) => right({ NATS_URL: 'nats://h', ...env }).nats?.auth;
    expect(auth({ NATS_TOKEN: 't' })).toEqual({ kind: 'token', token: 't' });
    expect(auth({ NATS_NKEY_SEED: SEED })).toEqual({ kind: 'nkey', seed: SEED });
    expect(auth({ NATS_CREDS: file('x.creds', CREDS) })).toEqual({ kind: 'creds', creds: CREDS });
  });

  it.each<[string, NodeJS.ProcessEnv]>([
    ['two ways', { NATS_URL: 'nats://h', NATS_TOKEN: 't', NATS_NKEY_SEED: SEED }],
    ['in the URL and beside it', { NATS_URL: 'nats://a:b@h', NATS_TOKEN: 't' }],
  ])('refuses credentials given %s', (_, env) => {
    expect(mistakes(env)).toEqual(['NATS credentials']);
  });

  it.each<[string, NodeJS.ProcessEnv]>([
    ['NATS_PASSWORD', { NATS_URL: 'nats://h', NATS_USER: 'me' }],
    ['NATS_USER', { NATS_URL: 'nats://h', NATS_PASSWORD: 'p' }],
    ['NATS_URL', { NATS_TOKEN: 't' }],
    ['STELE_REPLICAS', { STELE_REPLICAS: '3' }],
    ['STELE_ALERT_WEBHOOK_SECRET', { STELE_ALERT_WEBHOOK_URL: 'https://h/x' }],
    ['STELE_ALERT_WEBHOOK_URL', { STELE_ALERT_WEBHOOK_SECRET: SECRET }],
    ['STELE_ALERT_WEBHOOK_SECRET', { STELE_ALERT_WEBHOOK_URL: 'https://h', ...SHORT }],
    ['STELE_ADMIN_KEY', { STELE_ADMIN_KEY: 'fifteen-letters' }],
    ['STELE_ADMIN_KEY', { STELE_ADMIN_KEY: 'sixteen letters!' }],
    ['STELE_JWT_JWKS_URL', { STELE_JWT_ISSUER: 'https://i', STELE_JWT_AUDIENCE: 'stele' }],
    ['STELE_JWT_JWKS_URL', { ...JWT, STELE_JWT_JWKS_URL: 'https://me:hush@i/jwks' }],
    ['NATS_CREDS', { NATS_URL: 'nats://h', NATS_CREDS: file('no.creds', 'nothing') }],
    ['STELE_DATA', { STELE_DATA: file('a-file', '') }],
  ])('refuses what does not go together: %s', (name, env) => {
    expect(mistakes(env)).toEqual([name]);
  });

  it('takes tokens of an issuer when it knows all of it', () => {
    const { access } = right({ ...JWT, STELE_JWT_ROLES_CLAIM: 'realm_access.roles' });
    expect(access.jwt).toEqual({
      issuer: 'https://i',
      audience: 'stele',
      jwksUrl: 'https://i/jwks',
      actorClaim: 'sub',
      rolesClaim: 'realm_access.roles',
      teamsClaim: 'teams',
    });
    expect(mistakes({ STELE_JWT_ROLES_CLAIM: 'groups' })).toEqual(Object.keys(JWT));
  });

  it('takes the key of the administrator from a file, and never shows it', () => {
    const key = 'correct-horse-battery';
    expect(right({ STELE_ADMIN_KEY_FILE: file('key', `${key}\n`) }).access.adminKey).toBe(key);
    const wrong = readConfig({ STELE_ADMIN_KEY: 'short-secret' }).mistakes;
    expect(describeMistakes(wrong)).not.toContain('short-secret');
  });

  it('leaves a path that the system cannot look up to whoever opens it', () => {
    const path = 'a'.repeat(300);
    expect(right({ STELE_DATA: path }).dataDir).toBe(path);
  });

  it('warns of a variable that is not known, with the nearest one', () => {
    const { config, warnings } = readConfig({ STELE_DTA: 'x', STELE_REPLICA: '3' });
    expect(config).toBeDefined();
    expect(warnings).toEqual([
      'STELE_DTA is not a variable of Stele; the nearest is STELE_DATA',
      'STELE_REPLICA is not a variable of Stele; the nearest is STELE_REPLICAS',
    ]);
  });
});

describe('.env.example', () => {
  it('says what the schema says', async () => {
    await expect(envExample()).toMatchFileSnapshot('../../.env.example');
  });

  it('names every variable, and holds values that are right', () => {
    const env: Record<string, string> = {};
    for (const [, name, value] of envExample().matchAll(/^#([A-Z_]+)=(.*)$/gm)) env[name!] = value!;
    expect(Object.keys(env)).toEqual(NAMES);
    // Paths that are not there on every machine.
    const { NATS_SERVER_BIN: _, NATS_CREDS: __, NATS_USER: ___, ...rest } = env;
    // A key that stands in an example would be used.
    rest.STELE_ALERT_WEBHOOK_SECRET = SECRET;
    expect(readConfig(rest).mistakes).toEqual([]);
  });
});
