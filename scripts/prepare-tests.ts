// Finds what the tests need and npm does not bring, fetches what is missing, and says which is which.
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { locateNatsServer } from '../src/nats-server/locate-nats-server.js';
import { findChromium } from '../test/support/chromium.js';
import { NO_POSTGRES, POSTGRES_BIN } from '../test/support/postgres.js';

const run = promisify(execFile);
const DOWNLOAD_WITHIN_MS = 180_000;
const INSTALL_WITHIN_MS = 240_000;

const say = (what: string, where: string): void => {
  process.stderr.write(`${what.padEnd(12)}${where}\n`);
};

const fetchByPlaywright = async (): Promise<void> => {
  const { resolve } = createRequire(import.meta.url);
  const cli = join(dirname(resolve('playwright-core/package.json')), 'cli.js');
  await run(process.execPath, [cli, 'install', 'chromium'], { timeout: DOWNLOAD_WITHIN_MS });
};

const installPackage = async (): Promise<void> => {
  if (process.getuid?.() !== 0) throw new Error('only root can install the package "chromium"');
  const options = {
    timeout: INSTALL_WITHIN_MS,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  };
  await run('apt-get', ['update'], options);
  await run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], options);
};

/** @throws Error with every way that was tried */
const prepareChromium = async (): Promise<string> => {
  const there = findChromium();
  if (there !== undefined) return there;
  const tried: string[] = [];
  for (const [way, get] of [
    ['fetched by Playwright', fetchByPlaywright],
    ['installed by apt-get', installPackage],
  ] as const) {
    say('Chromium', `none on this machine: it is being ${way}`);
    try {
      await get();
      const path = findChromium();
      if (path !== undefined) return `${path} (${way})`;
      tried.push(`${way}: it is not there afterwards`);
    } catch (error) {
      tried.push(`${way}: ${(error as Error).message.split('\n')[0]}`);
    }
  }
  throw new Error(
    `the tests of the console need a Chromium; name one in CHROME_PATH. Tried: ${tried.join('; ')}`,
  );
};

const log = {
  info: (message: string) => say('nats-server', message),
  warn: (message: string) => say('nats-server', message),
};
try {
  const { path } = await locateNatsServer({ env: process.env, log });
  say('nats-server', path);
  say('Chromium', await prepareChromium());
  say('PostgreSQL', POSTGRES_BIN ?? `none: what needs it is skipped, and says so (${NO_POSTGRES})`);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
