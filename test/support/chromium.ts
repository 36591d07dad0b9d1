import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

const onPath = (name: string): string | undefined =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(existsSync);

/** Where a Chromium is: the one that CHROME_PATH names, that of the machine, the one Playwright keeps. */
export const findChromium = (): string | undefined => {
  const kept = chromium.executablePath();
  return (
    (process.env.CHROME_PATH || undefined) ??
    NAMES.map(onPath).find((path) => path !== undefined) ??
    (existsSync(kept) ? kept : undefined)
  );
};
