import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser } from './support/browser.js';
import { type Served, serveHistory, signedIn, type Watched, watched } from './support/console.js';
import { PATIENCE_MS } from './support/patience.js';
import { AS_ADMIN } from './support/stele.js';

/** A Chromium may have to be fetched first, and seven years of history imported. */
const PREPARED_WITHIN_MS = 420_000;

let browser: Browser;
let served: Served;
let context: BrowserContext;
let page: Page;
let seen: Watched;

const open = (path: string): Promise<unknown> => page.goto(`${served.url}/console${path}`);
const heading = (name: string | RegExp) => page.getByRole('heading', { level: 1, name });
const region = (name: string, on: Page = page) => on.getByRole('region', { name, exact: true });
const button = (name: string | RegExp) => page.getByRole('button', { name });
const ask = async <T>(path: string, init: RequestInit = {}): Promise<T> => {
  const answer = await fetch(`${served.url}${path}`, { ...init, headers: AS_ADMIN });
  return (await answer.json()) as T;
};

type Found = { readonly items: readonly { readonly id: string; readonly name: string }[] };
/** An application of GOV.UK by its name. */
const idOf = async (name: string): Promise<string> => {
  const { items } = await ask<Found>(`/applications?search=${name}`);
  const found = items.find((one) => one.name === name);
  if (!found) throw new Error(`no application is called ${name}`);
  return found.id;
};

beforeAll(async () => {
  [browser, served] = await Promise.all([openBrowser(), serveHistory()]);
  context = await signedIn(browser, served.link);
  context.setDefaultTimeout(PATIENCE_MS);
  seen = watched(context, served.url);
  page = await context.newPage();
}, PREPARED_WITHIN_MS);

afterAll(async () => {
  await browser?.close();
  await served?.end();
});

/** Whatever a test looks at: no script failed, no policy was broken, nobody else was asked. */
afterEach(() => {
  expect(seen.outside).toEqual([]);
  expect(seen.errors.splice(0)).toEqual([]);
});

describe('the link that start-up prints', () => {
  it('counts once: who opens it again is asked for a key', async () => {
    const stranger = await browser.newContext();
    try {
      const other = await stranger.newPage();
      await other.goto(served.link);
      await other
        .getByRole('alert')
        .getByText(/this sign-in link counts no more/i)
        .waitFor();
      expect(new URL(other.url()).hash).toBe('');
      await other.getByLabel('API key or token').fill(AS_ADMIN['x-api-key']);
      await other.getByRole('button', { name: 'Sign in' }).click();
      await other.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
      const cookies = await stranger.cookies();
      expect(cookies).toHaveLength(1);
      expect(cookies[0]).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
      await other.getByRole('button', { name: 'Sign out' }).click();
      await other.getByRole('heading', { name: 'Sign in to Stele' }).waitFor();
    } finally {
      await stranger.close();
    }
  });
});

describe('the first load', () => {
  /** Compressed, as it comes over the wire: page, script, style, type. */
  const SHELL_MAX = 200_000;

  it(`is less than ${SHELL_MAX / 1_000} kB until the frame stands`, async () => {
    const stranger = await browser.newContext();
    try {
      const other = await stranger.newPage();
      const sizes: Promise<number>[] = [];
      other.on('requestfinished', (request) => {
        sizes.push(request.sizes().then(({ responseBodySize }) => responseBodySize));
      });
      await other.goto(`${served.url}/console/`);
      await other.getByRole('heading', { name: 'Sign in to Stele' }).waitFor();
      await other.waitForLoadState('networkidle');
      const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
      expect(total).toBeGreaterThan(20_000);
      expect(total).toBeLessThan(SHELL_MAX);
    } finally {
      await stranger.close();
    }
  });
});

describe('an architect', () => {
  it('finds an application, travels to 2019, and sees the difference', async () => {
    await open('/portfolio');
    // Who goes back to a list finds it where it was left.
    const list = page.getByRole('table', { name: /./ }).first();
    await page.getByRole('link', { name: 'account-api' }).waitFor();
    await list.evaluate((rows) => rows.scrollTo(0, 2_000));
    const scrolled = () => list.evaluate((rows) => rows.scrollTop);
    expect(await scrolled()).toBe(2_000);
    await list.locator('[data-row="50"] a').click();
    await region('Lifecycle').waitFor();
    await page.goBack();
    await list.locator('[data-row="50"]').waitFor();
    expect(await scrolled()).toBe(2_000);

    await page.getByRole('searchbox', { name: /Search by name/ }).fill('licence-finder');
    await page.getByRole('link', { name: 'licence-finder' }).click();
    await heading('licence-finder').waitFor();
    const life = region('Lifecycle');
    await life.getByRole('status').getByText('retired').waitFor();
    expect(await life.locator('[data-status="retired"].current').count()).toBe(1);

    await life.getByRole('textbox', { name: 'Date' }).fill('2019-05-01');
    await page.getByText(/You see version 13 of 24, as it was true on/).waitFor();
    expect(new URL(page.url()).searchParams.get('effective_at')).toBe('2019-05-01');
    await life.locator('[data-status="active"].current').waitFor();
    const state = region('State');
    await state.getByRole('button', { name: 'Now', exact: true }).click();
    await state.getByText('#govuk-platform-health').first().waitFor();
    await state.getByText('unassigned').first().waitFor();

    // The address is the whole of it: somebody else who opens it sees the same.
    const other = await context.newPage();
    await other.goto(page.url());
    await other.getByText(/You see version 13 of 24/).waitFor();
    await other.close();
    await button('Back to now').click();
    await life.locator('[data-status="retired"].current').waitFor();

    // What is not there is said, and nothing else.
    await open(`${new URL(page.url()).pathname.replace('/console', '')}?at=v999`);
    await page.getByText(/It has no such version: its last is 24/).waitFor();
    expect(await page.getByText(/You see version/).count()).toBe(0);
  });

  it('sends a command, watches the state move, and is refused with the reason', async () => {
    const id = await idOf('account-api');
    await open(`/things/applications/${id}`);
    const commands = region('Commands');
    await commands.getByRole('button', { name: /^Transition lifecycle/ }).click();
    const dialog = page.getByRole('dialog');
    const target = dialog.getByLabel(/Target lifecycle/);
    // One begins to write at once, and is offered what can be.
    await target.and(page.locator(':focus')).waitFor();
    const options = await target.locator('option:not([disabled])').allTextContents();
    expect(options).toEqual(['–', 'deprecated']);
    // Without a date for the end: refused by the server, at the field it is about.
    await dialog.getByLabel(/Target lifecycle/).selectOption('deprecated');
    await dialog.getByLabel(/Sunset date/).fill('2001-01-01');
    // Escape does not throw away what was written.
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await dialog.getByRole('button', { name: 'Go on writing' }).click();
    await dialog.getByRole('button', { name: 'Send' }).click();
    await dialog
      .getByText(/past|future|after/i)
      .first()
      .waitFor();
    expect(await region('Lifecycle').locator('[data-status="active"].current').count()).toBe(1);

    await dialog.getByLabel(/Sunset date/).fill('2031-01-01');
    await dialog.getByRole('button', { name: 'Try it' }).click();
    await dialog
      .getByText(/LifecycleTransitioned|Lifecycle transitioned/)
      .first()
      .waitFor();
    const { items } = await ask<{ items: readonly { lifecycle: string }[] }>(
      `/applications?search=account-api`,
    );
    expect(items.map(({ lifecycle }) => lifecycle)).toContain('active');

    await dialog.getByRole('button', { name: 'Send' }).click();
    // That of the form, once it was sent: the other one asks whether to throw it away until then.
    await dialog.locator('.form-actions').getByRole('button', { name: 'Close' }).click();
    await dialog.waitFor({ state: 'detached' });
    await region('Lifecycle').locator('[data-status="deprecated"].current').waitFor();

    // What it needs is asked for in another tab: the form stays as it is.
    await commands.getByRole('button', { name: /^Delete application/ }).click();
    await dialog.getByLabel(/^Reason/).fill('old');
    const other = context.waitForEvent('page');
    await dialog.getByRole('link', { name: /Ask for one/ }).click();
    await (await other).getByRole('dialog').waitFor();
    await (await other).close();
    expect(await dialog.getByLabel(/^Reason/).inputValue()).toBe('old');
    await page.keyboard.press('Escape');
    await dialog
      .getByRole('button', { name: /Throw|Leave|Close/i })
      .last()
      .click();

    // What cannot be done now is there, greyed, with the server's reason.
    await commands.getByText(/not possible now, and why/).click();
    const impossible = commands.getByRole('list', { name: 'Not possible now' });
    await impossible.getByText(/Cancel planned application/).waitFor();
    expect(await impossible.getByText(/planned/).count()).toBeGreaterThan(0);
  });

  it('is told at once what somebody else did to what is on the screen', async () => {
    const id = await idOf('frontend');
    await open(`/things/applications/${id}`);
    await page.getByRole('status').getByText('Live').waitFor();
    await button(/^Rename application/).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(/^Name/).fill('f'.repeat(300));
    await dialog.getByText('300 characters, 255 at most').waitFor();
    const body = JSON.stringify({ data: { description: 'seen without a reload' } });
    await fetch(`${served.url}/applications/${id}/commands/update-description`, {
      method: 'POST',
      headers: { ...AS_ADMIN, 'content-type': 'application/json' },
      body,
    });
    await region('State').getByText('seen without a reload').first().waitFor();
    // Nothing is sent to what has changed before one has seen it.
    const send = dialog.getByRole('button', { name: 'Send' });
    await dialog.getByText(/It has changed since you opened this/).waitFor();
    expect(await send.isDisabled()).toBe(true);
    await dialog.getByRole('button', { name: 'I have seen it: go on' }).click();
    expect(await send.isEnabled()).toBe(true);
  });

  it('whose session ends while writing signs in again, and goes on', async () => {
    const other = await browser.newContext();
    try {
      const signIn = { data: { credential: AS_ADMIN['x-api-key'] } };
      await other.request.post(`${served.url}/session`, signIn);
      const own = await other.newPage();
      await own.goto(`${served.url}/console/things/applications/${await idOf('frontend')}`);
      await own.getByRole('button', { name: /^Update description/ }).click();
      const form = own.getByRole('dialog', { name: /^Update description/ });
      await form.getByLabel(/^Description/).fill('written before the session ended');
      await other.clearCookies();
      await form.getByRole('button', { name: 'Try it' }).click();
      const again = own.getByRole('dialog', { name: 'Your session has ended' });
      await again.getByLabel('API key or token').fill(AS_ADMIN['x-api-key']);
      await again.getByRole('button', { name: 'Sign in' }).click();
      await again.waitFor({ state: 'detached' });
      await form.getByRole('button', { name: 'Try it' }).click();
      await form.getByText('This would happen; nothing has yet.').waitFor();
    } finally {
      await other.close();
    }
  });

  it('does the first of these by the keyboard alone', async () => {
    await open('/');
    await heading('Overview').waitFor();
    const { keyboard } = page;
    // As fast as one types: no key is lost, and Enter waits for what the text finds.
    await keyboard.press('Control+k');
    await keyboard.type('licence-finder');
    await keyboard.press('Enter');
    await heading('licence-finder').waitFor();
    // From the top of the page to the slider over versions.
    const slider = page.getByRole('slider', { name: 'Version shown' });
    await slider.waitFor();
    const reached = slider.and(page.locator(':focus'));
    for (let pressed = 0; pressed < 80 && (await reached.count()) === 0; pressed++)
      await keyboard.press('Tab');
    expect(await reached.count()).toBe(1);
    await keyboard.press('Home');
    await page.getByText(/You see version 1 of 24/).waitFor();
    await keyboard.press('ArrowRight');
    await page.getByText(/You see version 2 of 24/).waitFor();
    expect(new URL(page.url()).searchParams.get('at')).toBe('v2');
  });

  it('sees the landscape of another day, and what is different', async () => {
    await open('/capabilities?effective_at=2019-05-01');
    await heading('Capability map').waitFor();
    await page.getByText('Publishing apps').filter({ visible: true }).first().waitFor();
    await open('/changes?clock=effective&from=2019-01-01&to=2020-01-01');
    await page.getByText('changed').first().waitFor();
    await page.getByRole('link', { name: 'static', exact: true }).first().waitFor();
  });
});

describe('an operator', () => {
  it('rebuilds a projection beside the live one, compares, and switches', async () => {
    await open('/projections');
    await page.getByText(/nothing is late, nothing is stuck/).waitFor();
    await page.getByRole('link', { name: 'application-portfolio' }).click();
    await page.getByRole('heading', { name: 'Generation 1, version 1' }).waitFor();
    await button('Rebuild').click();
    await button('Wait, I compare first').click();
    await page.getByText('complete: compare it, then switch').waitFor();
    await button('Compare').click();
    await page.getByText(/not one differs/).waitFor();
    await button('Switch').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Switch' }).click();
    await page.getByRole('heading', { name: 'Generation 2, version 1' }).waitFor();
    await button('Verify now').click();
    await page.getByText(/not one differs/).waitFor();
  });

  it('has the whole store examined, and looks into a stream', async () => {
    await open('/doctor');
    await button('Examine now').click();
    await page.getByText(/Nothing is lost/).waitFor();
    await open('/streams/EVT_APPLICATION?from=1');
    await page.getByText('The server refuses to delete or purge what stands in it.').waitFor();
    await button('Open').first().click();
    await page.getByText('ApplicationCreated').first().waitFor();
  });
});

describe('an auditor', () => {
  it('follows an event to its command and back', async () => {
    const { items } = await ask<{ items: readonly { event_id: string }[] }>(
      '/audit?event_type=LifecycleTransitioned&limit=1&source=import',
    );
    await open(`/events/${items[0]?.event_id}`);
    const shown = (text: string | RegExp) =>
      page.getByText(text).filter({ visible: true }).first().waitFor();
    await heading('Lifecycle transitioned').waitFor();
    await shown(/Transition lifecycle by/);
  });

  it('exports the whole filter, not the page', async () => {
    await open('/audit');
    await heading('Audit').waitFor();
    // Nobody knows ids: a thing is found by its name, and shown by it.
    const which = page.getByRole('combobox', { name: 'Which one' });
    await which.fill('no such thing');
    await which.press('Enter');
    await page
      .getByRole('alert')
      .getByText(/Nothing is called so/)
      .waitFor();
    expect(new URL(page.url()).search).toBe('');
    await which.fill('licence-finder');
    await page.getByRole('option', { name: /^licence-finder Application/ }).waitFor();
    await which.press('Enter');
    await page.getByRole('button', { name: /Aggregate id licence-finder/ }).waitFor();
    await page.getByRole('status').getByText('24 changes', { exact: true }).waitFor();
    await page.getByRole('row').getByRole('link', { name: 'licence-finder' }).first().waitFor();

    // What was entered waits for the answer: nobody chose anything.
    await open('/events');
    await which.fill('licence-finder');
    await which.press('Tab');
    await page.waitForURL(/aggregate_id=[0-9a-f-]{36}/);
    await button('Save as tab').click();
    await page.getByRole('dialog').getByLabel('Name').fill('Licences');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').getByRole('button', { name: 'Go on writing' }).click();

    await open('/audit');
    await heading('Audit').waitFor();
    const waiting = page.waitForEvent('download');
    await page.getByRole('link', { name: /CSV/ }).first().click();
    const download = await waiting;
    expect(download.suggestedFilename()).toMatch(/^audit-log.*\.csv$/);
    const chunks: Buffer[] = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    expect(text.split('\n', 1)[0]).toContain('event_type');
    const { total } = await ask<{ total: number }>('/audit?limit=1');
    // Cells may hold line breaks: ids are counted instead.
    const ids = new Set(
      text.match(/[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g),
    );
    expect(ids.size).toBeGreaterThanOrEqual(total);
  });
});

describe('when the server', () => {
  const answerWith = (status: number, code: string, message: string) =>
    page.route('**/applications?**', (route) =>
      route.fulfill({
        status,
        contentType: 'application/problem+json',
        body: JSON.stringify({ code, status, message, detail: message }),
      }),
    );

  it.each([
    [403, 'FORBIDDEN', 'this needs the permission "read"'],
    [422, 'VALIDATION_ERROR', 'owner: there is no such field'],
    [503, 'READ_STORE_UNAVAILABLE', 'the read store does not answer'],
  ] as const)('answers %d, the screen says so and recovers', async (status, code, message) => {
    await answerWith(status, code, message);
    await open('/portfolio');
    await page.getByText(new RegExp(message, 'i')).first().waitFor();
    await page.getByText(code).first().waitFor();
    await page.unroute('**/applications?**');
    // What may pass by itself is asked again by itself; the rest when one says so.
    if (status !== 503) await button('Try again').first().click();
    await page.getByRole('link', { name: 'account-api' }).waitFor();
  });

  it('is slow, the screen says so, and shows the answer when it comes', async () => {
    let slow = true;
    await page.route('**/projections', async (route) => {
      if (slow) await new Promise((wake) => setTimeout(wake, 1_500));
      await route.continue();
    });
    await open('/projections');
    await page.getByText('Loading').first().waitFor({ state: 'attached' });
    slow = false;
    await page.getByText(/nothing is late, nothing is stuck/).waitFor();
    await page.unroute('**/projections');
  });

  it('is stopped, every screen says so, keeps what it knows, and goes on after the start', async () => {
    await open('/portfolio');
    await page.getByRole('link', { name: 'account-api' }).waitFor();
    await served.stop();
    await page.getByRole('status').getByText('Reconnecting').waitFor();
    expect(await page.getByRole('link', { name: 'account-api' }).count()).toBe(1);
    await page.getByRole('searchbox', { name: /Search by name/ }).fill('frontend');
    await page
      .getByText(/cannot be reached/i)
      .first()
      .waitFor();
    await served.start();
    // The session is still the same one: nobody signs in anew.
    await page.getByRole('link', { name: 'frontend', exact: true }).waitFor();
    await page.getByRole('status').getByText('Live').waitFor();
    expect(await page.getByText(/cannot be reached/i).count()).toBe(0);
  });
});
