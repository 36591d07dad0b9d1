import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';

const run = promisify(execFile);
const DOWNLOAD_WITHIN_MS = 180_000;
const INSTALL_WITHIN_MS = 240_000;
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

const onPath = (name: string): string | undefined =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(existsSync);

/** The Chromium of the machine. CHROME_PATH names another one. */
const found = (): string | undefined => {
  const named = process.env.CHROME_PATH;
  if (named !== undefined) return named;
  return NAMES.map(onPath).find((path) => path !== undefined);
};

/** The one that Playwright keeps, if it is there. */
const playwrights = (): string | undefined => {
  const path = chromium.executablePath();
  return existsSync(path) ? path : undefined;
};

const fetchPlaywrights = async (): Promise<string | undefined> => {
  const cli = join(
    dirname(createRequire(import.meta.url).resolve('playwright-core/package.json')),
    'cli.js',
  );
  await run(process.execPath, [cli, 'install', 'chromium'], { timeout: DOWNLOAD_WITHIN_MS });
  return playwrights();
};

/** The package of the distribution, where the user may install one. */
const installPackage = async (): Promise<string | undefined> => {
  if (process.getuid?.() !== 0) throw new Error('only root can install the package "chromium"');
  const options = {
    timeout: INSTALL_WITHIN_MS,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  };
  await run('apt-get', ['update'], options);
  await run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], options);
  return found();
};

/**
 * Where a Chromium is: on the machine, else fetched by Playwright, else installed.
 * @throws Error with every way that was tried. Tests in a browser are never skipped.
 */
const findChromium = async (): Promise<string> => {
  const there = found() ?? playwrights();
  if (there !== undefined) return there;
  const why: string[] = [];
  for (const [way, get] of [
    ['fetched by Playwright', fetchPlaywrights],
    ['installed by apt-get', installPackage],
  ] as const) {
    console.log(`no Chromium on this machine: it is being ${way}`);
    try {
      const path = await get();
      if (path !== undefined) return path;
      why.push(`${way}: it is not there afterwards`);
    } catch (error) {
      why.push(`${way}: ${(error as Error).message.split('\n')[0]}`);
    }
  }
  throw new Error(
    `the tests of the console need a Chromium; name one in CHROME_PATH. Tried: ${why.join('; ')}`,
  );
};

/** A real Chromium without a window. */
export const openBrowser = async (): Promise<Browser> => {
  const executablePath = await findChromium();
  // The sandbox of Chromium does not run as root; the pages are our own.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args });
};
