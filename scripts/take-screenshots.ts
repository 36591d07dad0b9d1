// Takes the pictures of the console that the documents show, from a node of its own with GOV.UK's
// history and the Archisurance model in it.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { openBrowser } from '../test/support/browser.js';
import { freePort } from '../test/support/free-port.js';
import { AS_ADMIN, exited, outputOf, ready, stele } from '../test/support/stele.js';

/** What a page of documentation may load for one picture. */
const PICTURE_MAX_BYTES = 200_000;
const WINDOW = { width: 1_440, height: 900 };
const SETTLED_WITHIN_MS = 30_000;
/** Fonts, and what moves into its place. */
const STILL_AFTER_MS = 1_200;

type Picture = {
  readonly name: string;
  readonly path: string;
  readonly colours?: 'dark';
};

type Found = { readonly items: readonly Readonly<Record<string, string>>[] };
type Logged = { readonly events: readonly Readonly<Record<string, string>>[] };

const url = `http://127.0.0.1:${await freePort()}`;

const ask = async <T>(path: string): Promise<T> => {
  const answer = await fetch(`${url}${path}`, { headers: AS_ADMIN });
  if (!answer.ok) throw new Error(`${path} answers ${answer.status}`);
  return (await answer.json()) as T;
};

const first = (
  all: readonly Readonly<Record<string, string>>[],
  field: string,
  value: string,
): Readonly<Record<string, string>> => {
  const found = all.find((one) => one[field] === value);
  if (!found) throw new Error(`nothing has the ${field} ${value}`);
  return found;
};

const imported = async (importer: string, path: string): Promise<void> => {
  const child = stele(['import', importer, path], { STELE_URL: url });
  if ((await exited(child)) !== 0) throw new Error(outputOf(child));
};

/** Of GOV.UK alone: a second, fictitious landscape would only leave gaps in them. */
const LANDSCAPE: readonly Picture[] = [
  { name: 'capability-map', path: '/capabilities' },
  { name: 'roadmap', path: '/roadmap?group=capability' },
  { name: 'portfolio', path: '/portfolio', colours: 'dark' },
  { name: 'machine', path: '/lifecycles/Application' },
];

const picturesOfOne = async (): Promise<readonly Picture[]> => {
  const { items } = await ask<Found>('/applications?search=licence-finder');
  const { id } = first(items, 'name', 'licence-finder');
  const servers = await ask<Found>('/servers');
  const server = first(servers.items, 'hostname', 'heroku');
  const { events } = await ask<Logged>(`/applications/${id}/events`);
  const { event_id: event } = first(events, 'event_type', 'LifecycleTransitioned');
  return [
    { name: 'aggregate', path: `/things/applications/${id}?effective_at=2019-05-01` },
    { name: 'impact', path: `/impact?id=${server.id}&type=server` },
    { name: 'trace', path: `/events/${event}` },
  ];
};

/** What is loaded lazily is loaded, and nothing moves any more. */
const settled = async (page: Page): Promise<void> => {
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.getByRole('status').getByText('Live', { exact: true }).waitFor();
  await page.waitForTimeout(STILL_AFTER_MS);
  await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
  await page.waitForTimeout(STILL_AFTER_MS);
};

const take = async (page: Page, picture: Picture): Promise<void> => {
  await page.emulateMedia({ colorScheme: picture.colours ?? 'light', reducedMotion: 'reduce' });
  await page.goto(`${url}/console${picture.path}`);
  await settled(page);
  const path = fileURLToPath(
    new URL(`../docs/pictures/console-${picture.name}.png`, import.meta.url),
  );
  await page.screenshot({ path, animations: 'disabled', caret: 'hide' });
  const { size } = statSync(path);
  console.log(`${path}  ${Math.round(size / 1_000)} kB`);
  if (size > PICTURE_MAX_BYTES) throw new Error(`${picture.name} is larger than a page may load`);
};

const data = mkdtempSync(join(tmpdir(), 'stele-screenshots-'));
const node = stele(['serve'], { PORT: new URL(url).port, STELE_DATA: data });
const browser = await openBrowser();
try {
  await ready(url, node);
  const context = await browser.newContext({ viewport: WINDOW, deviceScaleFactor: 1 });
  context.setDefaultTimeout(SETTLED_WITHIN_MS);
  const credential = AS_ADMIN['x-api-key'];
  await context.request.post(`${url}/session`, { data: { credential } });
  const page = await context.newPage();
  await imported('govuk-history', 'examples/govuk/history.jsonl.gz');
  for (const picture of LANDSCAPE) await take(page, picture);
  await imported('archimate', 'examples/archisurance/archisurance.archimate');
  for (const picture of await picturesOfOne()) await take(page, picture);
} finally {
  await browser.close();
  node.kill('SIGTERM');
  await exited(node);
  rmSync(data, { recursive: true, force: true });
}
