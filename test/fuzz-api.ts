import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { roles } from '../actors/roles.js';
import { commandLine } from './support/command-line.js';
import type { OpenApi } from './support/documented.js';
import { startWholeNode, type WholeNode } from './support/whole-node.js';

/**
 * `npm run test:fuzz -- --minutes 10`: a property-based fuzzer (schemathesis, from PyPI into a cache
 * of its own) against a whole node, from the document at /openapi.json. It fails on any 5xx, on any
 * answer that the document does not describe, and on whatever is answered to nobody.
 */
const SCHEMATHESIS = 'schemathesis==4.32.5';
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'ignored_auth',
].join(',');
const ADMIN_KEY = 'fuzz-0123456789abcdef0123456789abcdef';
/** Who sends the example of a whole envelope. */
const ACTOR = 'ada';
/** What the examples of the document call every id, and every team. */
const ID = 'Example';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string' },
    /** Only these paths: a regular expression. */
    paths: { type: 'string' },
  },
});

const fuzzer = async (): Promise<string> => {
  const dir = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'stele', SCHEMATHESIS);
  const bin = join(dir, 'bin', 'schemathesis');
  if (existsSync(bin)) return bin;
  console.error(`installing ${SCHEMATHESIS} into ${dir}`);
  const run = promisify(execFile);
  await run('python3', ['-m', 'venv', dir]);
  await run(join(dir, 'bin', 'pip'), ['install', '--quiet', SCHEMATHESIS]);
  return bin;
};

/** A key that may do everything: what a role forbids is answered before anything is looked at. */
const keyOf = async (node: WholeNode): Promise<string> => {
  const everything = Object.keys(roles).join(',');
  const { out, err } = await commandLine(
    ['key', 'create', '--actor', ACTOR, '--roles', everything, '--teams', ID],
    { ...node.env, NATS_URL: node.natsUrl },
  );
  if (out.trim() === '') throw new Error(`no key was made: ${err}`);
  return out.trim();
};

/** One aggregate of each type that the examples are about, so that they find something. */
const begin = async ({ url }: WholeNode, key: string): Promise<void> => {
  const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as OpenApi;
  type Body = { content: Record<string, { example?: unknown }> };
  const creating = Object.entries(paths).flatMap(([path, { post }]) => {
    const body = post?.requestBody as Body | undefined;
    const example = body?.content['application/json']?.example;
    return /^\/[^/]+\/commands\/[^/]+$/.test(path) && example !== undefined
      ? [{ at: `${url}${path.replace('/commands/', `/${ID}/commands/`)}`, example }]
      : [];
  });
  const headers = {
    'content-type': 'application/json',
    'x-api-key': key,
    'x-business-justification': 'an example',
  };
  // Twice: some refer to others that come later.
  for (const { at, example } of [...creating, ...creating]) {
    const told = await fetch(at, { method: 'POST', headers, body: JSON.stringify(example) });
    if (told.status >= 500) throw new Error(`${at}: ${await told.text()}`);
    await told.body?.cancel();
  }
};

const run = (bin: string, { url, dir }: WholeNode, key: string): Promise<number> => {
  const fuzz = spawn(
    bin,
    [
      'run',
      `${url}/openapi.json`,
      '--url',
      url,
      '--checks',
      CHECKS,
      '--continue-on-failure',
      '--header',
      `X-Api-Key: ${key}`,
      '--header',
      `X-Actor: ${ACTOR}`,
      // Keys that are made up would be refused before anything else is looked at.
      '--generation-with-security-parameters',
      'false',
      '--generation-database',
      'none',
      // The fuzzer itself breaks with more than one worker: its parser of lambdas is not thread-safe.
      '--workers',
      '1',
      '--max-time',
      String(Math.round(Number(values.minutes) * 60)),
      '--exclude-path-regex',
      '^/events/stream|^/alerts/stream',
      '--no-color',
      ...(values.paths === undefined ? [] : ['--include-path-regex', values.paths]),
      ...(values.seed === undefined ? [] : ['--seed', values.seed]),
    ],
    { stdio: 'inherit', cwd: dir },
  );
  return new Promise((resolve) => fuzz.on('exit', (code) => resolve(code ?? 1)));
};

const bin = await fuzzer();
const node = await startWholeNode(
  '', // a NATS server of its own
  { STELE_ADMIN_KEY: ADMIN_KEY },
  { roles, limits: { failuresPerMinute: 0 } },
);
try {
  const key = await keyOf(node);
  await begin(node, key);
  process.exitCode = await run(bin, node, key);
} finally {
  await node.close();
}
