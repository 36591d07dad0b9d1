import type { Browser, BrowserContext, Page, Route } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { atOnce } from './support/at-once.js';
import { openBrowser } from './support/browser.js';
import {
  accessibilityProblems,
  type Served,
  serveModel,
  signedIn,
  watched,
} from './support/console.js';
import { PATIENCE_MS, PATIENTLY } from './support/patience.js';
import { AS_ADMIN } from './support/stele.js';

/** A Chromium may have to be fetched first. */
const PREPARED_WITHIN_MS = 300_000;
const AT_ONCE = 8;

let browser: Browser;
let served: Served;
let cookies: Awaited<ReturnType<BrowserContext['storageState']>>;
let screens: readonly (readonly [path: string, shows: string | RegExp])[];

const firstOf = async (path: string): Promise<Readonly<Record<string, string>>> => {
  const answer = await fetch(`${served.url}${path}`, { headers: AS_ADMIN });
  const [first] = ((await answer.json()) as { items: Record<string, string>[] }).items;
  if (!first) throw new Error(`there is nothing at ${path}`);
  return first;
};

/** Every screen of `shell/sections.ts`, and what stands on it when all is well. */
const allScreens = async (): Promise<typeof screens> => {
  const [application, event] = await Promise.all([
    firstOf('/applications?limit=1'),
    firstOf('/audit?limit=1&event_type=ApplicationCreated'),
  ]);
  return [
    ['/', 'Latest'],
    ['/portfolio', 'Policy Data Management'],
    ['/capabilities', /\d capabilities/],
    ['/roadmap', 'Policy Data Management'],
    ['/impact', /\d deployments?/],
    ['/servers', 'unix-server'],
    ['/organizations', 'Archisurance'],
    ['/changes?from=2020-01-01', /created|came/],
    ['/lifecycles', 'BusinessCapability'],
    ['/machines/Application', 'deprecated'], // what it was called before
    ['/things/applications', 'Policy Data Management'],
    [`/things/applications/${application.id}`, application.name as string],
    ['/events', /Application created|ApplicationCreated/],
    [`/events/${event.event_id}`, 'Application created'],
    ['/audit', /created?\b/i],
    ['/projections', 'application-portfolio'],
    ['/projections/landscape', /Generation 1/],
    ['/parked', 'No event waits'],
    ['/streams', 'EVT_APPLICATION'],
    ['/streams/EVT_APPLICATION', 'messages'],
    ['/buckets/SNAPSHOTS', 'SNAPSHOTS'],
    ['/nodes', 'Actors in memory'],
    ['/schemas', 'ApplicationCreated'],
    ['/doctor', 'Examine now'],
  ];
};

beforeAll(async () => {
  [browser, served] = await Promise.all([openBrowser(), serveModel()]);
  const context = await signedIn(browser, served.link);
  cookies = await context.storageState();
  await context.close();
  screens = await allScreens();
}, PREPARED_WITHIN_MS);

afterAll(async () => {
  await browser?.close();
  await served?.end();
});

/** A browser of its own for a screen: a browser opens six connections to a server, not more. */
const withPage = async <T>(use: (page: Page, errors: readonly string[]) => Promise<T>) => {
  const viewport = { width: 1440, height: 900 };
  const context = await browser.newContext({ storageState: cookies, viewport });
  context.setDefaultTimeout(PATIENCE_MS);
  const { errors } = watched(context, served.url);
  try {
    return await use(await context.newPage(), errors);
  } finally {
    await context.close();
  }
};

/** Does it for every screen, a few at a time; a line for each one that failed. */
const failures = async (
  examine: (screen: (typeof screens)[number]) => Promise<void>,
): Promise<readonly string[]> => {
  const failed: string[] = [];
  await atOnce(AT_ONCE, screens, (screen) =>
    examine(screen).catch((error: Error) => {
      failed.push(`${screen[0]}: ${error.message}`);
    }),
  );
  return failed;
};

const main = (page: Page) => page.getByRole('main');
const shown = (page: Page, text: string | RegExp) =>
  main(page).getByText(text).filter({ visible: true }).first().waitFor();
const gone = (page: Page, text: string | RegExp) =>
  vi.waitFor(
    async () => expect(await main(page).getByText(text).count(), `still says ${text}`).toBe(0),
    PATIENTLY,
  );
const waits = (page: Page) => main(page).locator('.skeleton');
const noneWaits = (page: Page) =>
  vi.waitFor(async () => expect(await waits(page).count(), 'waits for ever').toBe(0), PATIENTLY);

type Refusal = { readonly status: number; readonly code: string; readonly message: string };
const REFUSALS: readonly Refusal[] = [
  { status: 403, code: 'FORBIDDEN', message: 'nobody of this test may see it' },
  { status: 409, code: 'VERSION_CONFLICT', message: 'somebody else was faster here' },
  { status: 422, code: 'VALIDATION_ERROR', message: 'there is no such field here' },
  { status: 503, code: 'READ_STORE_UNAVAILABLE', message: 'the read store rests a while' },
];
const isQuestion = (route: Route): boolean =>
  route.request().resourceType() === 'fetch' &&
  new URL(route.request().url()).pathname !== '/session';

/** Asks every question again that a screen offers to ask again. */
const tryAgain = async (page: Page): Promise<void> => {
  const buttons = main(page).getByRole('button', { name: 'Try again' });
  for (const one of (await buttons.all()).reverse())
    await one.click({ timeout: 1_000 }).catch(() => undefined);
};

/** Somebody is not content with what it says, until it says something else. */
const saysAfterAsking = (page: Page, text: RegExp) =>
  vi.waitFor(async () => {
    await tryAgain(page);
    const said = await main(page).getByText(text).filter({ visible: true }).count();
    expect(said, `never says ${text}`).toBeGreaterThan(0);
  }, PATIENTLY);

/** A server that is slow, then answers what one says. */
const answering = async (page: Page) => {
  let release: () => void = () => undefined;
  const slow = new Promise<void>((resolve) => {
    release = resolve;
  });
  let refusal: Refusal | undefined = REFUSALS[0];
  await page.route('**/*', async (route) => {
    if (!isQuestion(route)) return route.continue();
    await slow;
    if (!refusal) return route.continue();
    const body = JSON.stringify({ ...refusal, detail: refusal.message });
    const contentType = 'application/problem+json';
    await route.fulfill({ status: refusal.status, contentType, body });
  });
  return {
    release: () => release(),
    say: (next: Refusal | undefined) => {
      refusal = next;
    },
  };
};

describe('every screen', () => {
  const viewport = { width: 1440, height: 900 };
  /** What is wrong with one of them, each as a line. */
  const examine = async (page: Page, [path, shows]: (typeof screens)[number]) => {
    const found: string[] = [];
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize(viewport);
    await page.goto(`${served.url}/console${path}`);
    await shown(page, shows);
    await noneWaits(page);
    await page.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
    for (const one of await accessibilityProblems(page, 'all')) found.push(one);
    await page.emulateMedia({ colorScheme: 'dark' });
    for (const one of await accessibilityProblems(page, 'colours')) found.push(`in dark: ${one}`);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.waitForTimeout(100);
    const wider = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
    if (wider > 0) found.push(`${wider} px wider than a telephone`);
    return found.map((one) => `${path}: ${one}`);
  };

  it('is accessible in light and dark, and fits a telephone', async () => {
    const left = [...screens];
    const found: string[] = [];
    const work = () =>
      withPage(async (page, errors) => {
        for (let one = left.shift(); one; one = left.shift()) {
          found.push(...(await examine(page, one)));
          expect(errors, one[0]).toEqual([]);
        }
      });
    await Promise.all([work(), work()]);
    expect(found).toEqual([]);
  });
});

describe('every screen, when the server', () => {
  it('is slow, refuses, has a conflict, or cannot: says so and goes on afterwards', async () => {
    const found = await failures(([path, shows]) =>
      withPage(async (page, errors) => {
        const server = await answering(page);
        await page.goto(`${served.url}/console${path}`);
        await main(page).locator('.skeleton, .notice').first().waitFor();
        await page.getByRole('heading', { level: 1 }).waitFor();
        server.release();
        for (const refusal of REFUSALS) {
          server.say(refusal);
          await saysAfterAsking(page, new RegExp(refusal.message, 'i'));
          await shown(page, refusal.code);
        }
        await noneWaits(page);
        // The last of them passes by itself: nobody presses anything.
        server.say(undefined);
        for (const { message } of REFUSALS) await gone(page, new RegExp(message, 'i'));
        await shown(page, shows);
        await noneWaits(page);
        expect(errors).toEqual([]);
      }),
    );
    expect(found).toEqual([]);
  });
});
