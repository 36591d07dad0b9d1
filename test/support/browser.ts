import { type Browser, chromium } from 'playwright-core';
import { findChromium } from './chromium.js';

/**
 * A real Chromium without a window.
 * @throws Error when there is none: tests in a browser are never skipped
 */
export const openBrowser = async (): Promise<Browser> => {
  const executablePath = findChromium();
  if (executablePath === undefined)
    throw new Error(
      'the tests of the console need a Chromium: `npm run test:prepare` fetches one, CHROME_PATH names one',
    );
  // The sandbox of Chromium does not run as root; the pages are our own.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args });
};
