import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { openBrowser } from './support/browser.js';
import { buildIfStale } from './support/build.js';
import { freePort } from './support/free-port.js';
import { AS_ADMIN, exited, ready, stele } from './support/stele.js';

/**
 * How the console fares with much in it: `npm run bench:console`. A real node, the built console, a
 * real Chromium. Frames are counted by requestAnimationFrame while the page is scrolled or a key is
 * held down; 16.7 ms is a frame that was not late.
 */
const APPLICATIONS = 5_000;
const EVENTS = 10_000;
const AT_ONCE = 64;
const LONG = 'application-with-a-long-life';
const STEPS = 120;
const CAUGHT_UP_WITHIN_MS = 120_000;

type Frames = { readonly median: number; readonly p95: number; readonly worst: number };

const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const dir = mkdtempSync(join(tmpdir(), 'stele-speed-'));
const headers = { ...AS_ADMIN, 'content-type': 'application/json' };
const send = async (path: string, data: object): Promise<void> => {
  const init = { method: 'POST', headers, body: JSON.stringify({ data }) };
  const answer = await fetch(`${url}${path}`, init);
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  await answer.body?.cancel();
};

/** So many at a time, with a line that says how far it is. */
const each = async (what: string, total: number, run: (nth: number) => Promise<void>) => {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let nth = next++; nth < total; nth = next++) {
      if (nth % 500 === 0) process.stderr.write(`\r${what} ${nth}/${total} `);
      await run(nth);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  process.stderr.write(`\r${what} ${total}/${total}\n`);
};

const fill = async (): Promise<void> => {
  const owners = Array.from({ length: 40 }, (_, nth) => `team-${nth}`);
  await each('applications', APPLICATIONS, (nth) =>
    send(`/applications/app-${nth}/commands/create-application`, {
      name: `Application ${String(nth).padStart(4, '0')}`,
      owner: owners[nth % owners.length],
      data_classification: ['public', 'internal', 'confidential', 'restricted'][nth % 4],
      lifecycle: nth % 5 === 0 ? 'planned' : 'active',
    }),
  );
  await send(`/applications/${LONG}/commands/create-application`, {
    name: 'A long life',
    owner: 'team-0',
    data_classification: 'internal',
  });
  await each('events of one', EVENTS - 1, (nth) =>
    send(`/applications/${LONG}/commands/update-description`, { description: `As of ${nth}` }),
  );
  type Statuses = { readonly projections: readonly { readonly lag_events: number }[] };
  for (const deadline = Date.now() + CAUGHT_UP_WITHIN_MS; Date.now() < deadline; ) {
    const answer = await fetch(`${url}/projections`, { headers });
    const { projections } = (await answer.json()) as Statuses;
    if (projections.every(({ lag_events }) => lag_events === 0)) return;
    await new Promise((wake) => setTimeout(wake, 200));
  }
  throw new Error('the read side did not catch up');
};

const RECORD = `
  window.frames_ = []; window.recording = true;
  let last = performance.now();
  const tick = (now) => { if (!window.recording) return; window.frames_.push(now - last); last = now; requestAnimationFrame(tick); };
  requestAnimationFrame(tick);`;

/** How long frames took while something was done. */
const framesOf = async (page: Page, doing: () => Promise<void>): Promise<Frames> => {
  await page.evaluate(RECORD);
  await doing();
  const frames = await page.evaluate<number[]>('window.recording = false, window.frames_');
  const sorted = frames.slice(1).sort((a, b) => a - b);
  const at = (share: number) =>
    Math.round((sorted[Math.floor(sorted.length * share)] ?? 0) * 10) / 10;
  return { median: at(0.5), p95: at(0.95), worst: at(0.999) };
};

const scrolled = (page: Page, selector: string) =>
  framesOf(page, async () => {
    await page.locator(selector).hover();
    for (let nth = 0; nth < STEPS; nth++) {
      await page.mouse.wheel(0, 240);
      await page.waitForTimeout(16);
    }
  });

const held = (page: Page, key: string) =>
  framesOf(page, async () => {
    for (let nth = 0; nth < STEPS; nth++) {
      await page.keyboard.press(key);
      await page.waitForTimeout(16);
    }
  });

const took = async (doing: () => Promise<unknown>): Promise<number> => {
  const begun = performance.now();
  await doing();
  return Math.round(performance.now() - begun);
};

const row = (what: string, found: string | Frames): void => {
  const said =
    typeof found === 'string'
      ? found
      : `median ${found.median} ms, p95 ${found.p95} ms, worst ${found.worst} ms a frame`;
  process.stdout.write(`| ${what} | ${said} |\n`);
};

const measure = async (page: Page): Promise<void> => {
  const nodes = () => page.evaluate<number>('document.querySelectorAll("*").length');
  const sizes: number[] = [];
  page.on('requestfinished', async (request) => {
    if (!request.url().includes('/console')) return;
    sizes.push((await request.sizes()).responseBodySize);
  });
  await page.goto(`${url}/console/`);
  await page.getByLabel('API key or token').fill(AS_ADMIN['x-api-key']);
  await page.waitForLoadState('networkidle');
  const shell = sizes.reduce((sum, size) => sum + size, 0);
  row('shell, until one can sign in, on the wire', `${(shell / 1_000).toFixed(0)} kB`);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();

  const portfolio = () => page.goto(`${url}/console/portfolio`);
  const first = () => page.getByRole('link', { name: 'Application 0000' }).waitFor();
  row(
    `portfolio of ${APPLICATIONS}, until its rows are there`,
    `${await took(() => portfolio().then(first))} ms`,
  );
  row('portfolio, scrolled', await scrolled(page, '.rows'));
  row('portfolio, elements in the page', `${await nodes()}`);
  row(
    'portfolio, from the last letter of a name to its one row',
    `${await took(async () => {
      await page.getByRole('searchbox', { name: /Search by name/ }).fill('Application 4999');
      await page.getByRole('link', { name: 'Application 4999' }).waitFor();
    })} ms`,
  );

  const long = () => page.goto(`${url}/console/things/applications/${LONG}`);
  const drawn = () => page.locator('[data-status="planned"].current').waitFor();
  row(
    `aggregate of ${EVENTS} events, until its lifecycle is drawn`,
    `${await took(() => long().then(drawn))} ms`,
  );
  await page.getByRole('article').first().waitFor();
  row(
    'aggregate, timeline scrolled',
    await scrolled(
      page,
      '[aria-label="Timeline"] [role="list"], [aria-label="Timeline"] ol, [aria-label="Timeline"] ul',
    ),
  );
  await page.getByRole('slider', { name: 'Version shown' }).focus();
  row('aggregate, slider over versions held down', await held(page, 'ArrowLeft'));
  row(
    'aggregate, from the key let go to the state shown',
    `${await took(() => page.getByText(`You see version ${EVENTS - STEPS} of`).waitFor())} ms`,
  );
  row('aggregate, elements in the page', `${await nodes()}`);
};

buildIfStale();
const child = stele(['serve'], { PORT: String(port), STELE_DATA: dir });
const browser = await openBrowser();
try {
  await ready(url, child);
  await fill();
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  process.stdout.write(
    `\nChromium ${browser.version()}, ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}\n\n| What | Measured |\n| --- | --- |\n`,
  );
  await measure(await context.newPage());
} finally {
  await browser.close();
  child.kill('SIGTERM');
  await exited(child);
  rmSync(dir, { recursive: true, force: true });
}
