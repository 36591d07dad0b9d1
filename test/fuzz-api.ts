import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { roles } from '../actors/roles.js';
import { startTestServer } from './support/nats.js';
import { startWholeNode } from './support/whole-node.js';

/**
 * `npm run test:fuzz -- --minutes 10`: a property-based fuzzer (schemathesis, from PyPI into a cache
 * of its own) against a whole node, from the document at /openapi.json. It fails on any 5xx, on any
 * answer that the document does not describe, and on data that the document allows and Stele calls
 * malformed.
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
const KEY = 'fuzz-0123456789abcdef0123456789abcdef';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' } },
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

const bin = await fuzzer();
const server = await startTestServer();
const node = await startWholeNode(server.url, { STELE_ADMIN_KEY: KEY }, { roles });
const fuzz = spawn(
  bin,
  [
    ...['run', `${node.url}/openapi.json`, '--url', node.url],
    ...['--header', `X-Api-Key: ${KEY}`, '--checks', CHECKS, '--workers', '2'],
    ...['--max-time', String(Math.round(Number(values.minutes) * 60)), '--continue-on-failure'],
    ...['--exclude-path-regex', '^/events/stream|^/alerts/stream', '--no-color'],
    ...(values.seed === undefined ? [] : ['--seed', values.seed]),
  ],
  { stdio: 'inherit' },
);
process.exitCode = await new Promise<number>((resolve) => {
  fuzz.on('exit', (code) => resolve(code ?? 1));
});
await node.close();
await server.stop();
