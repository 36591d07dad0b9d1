import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { freePort } from './free-port.js';
import { PATIENCE_MS } from './patience.js';
import { exited, outputOf, ready, stele } from './stele.js';

const SAID_WITHIN_MS = 180_000;
const LINK = /http:\/\/\S+\/console\/sign-in#\S+/;
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Waits until a program said something, and gives what it said. */
const said = async (child: ChildProcess, what: RegExp): Promise<string> => {
  for (const deadline = Date.now() + SAID_WITHIN_MS; Date.now() < deadline; ) {
    const [found] = what.exec(outputOf(child)) ?? [];
    if (found !== undefined) return found;
    if (child.exitCode !== null) break;
    await new Promise((wake) => setTimeout(wake, 100));
  }
  throw new Error(`${what} was never said:\n${outputOf(child)}`);
};

/** A node with something imported into it, and the link that it printed. */
export type Served = {
  readonly url: string;
  readonly port: number;
  readonly link: string;
  /** The same node again, with what it had. */
  start(): Promise<void>;
  stop(): Promise<void>;
  end(): Promise<void>;
};

const serveWith = async (args: readonly string[]) => {
  const dir = mkdtempSync(join(tmpdir(), 'stele-console-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = { PORT: String(port), STELE_DATA: dir };
  let child = stele(args, env);
  await ready(url, child);
  const link = await said(child, LINK);
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await exited(child);
  };
  return {
    url,
    port,
    link,
    stop,
    said: (what: RegExp) => said(child, what),
    start: async () => {
      child = stele(['serve'], env);
      await ready(url, child);
    },
    end: async () => {
      await stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
};

/** Seven years of GOV.UK. */
export const serveHistory = async (): Promise<Served> => {
  const history = ['--import', 'govuk-history', 'examples/govuk/history.jsonl.gz'];
  const served = await serveWith(['serve', ...history]);
  await served.said(/commands sent in/);
  return served;
};

/** A small model, for tests that need no numbers: something of every kind in few seconds. */
export const serveModel = async (): Promise<Served> => {
  const served = await serveWith(['serve']);
  const model = 'examples/archisurance/archisurance.archimate';
  const child = stele(['import', 'archimate', model], { STELE_URL: served.url });
  if ((await exited(child)) !== 0) throw new Error(`no model came in:\n${outputOf(child)}`);
  return served;
};

/** What went wrong in a page without anybody being told. */
export type Watched = { readonly errors: string[]; readonly outside: string[] };

/** Everything that a page must not do: errors, broken policies, requests to others. */
export const watched = (context: BrowserContext, origin: string): Watched => {
  const errors: string[] = [];
  const outside: string[] = [];
  context.on('weberror', (error) => errors.push(error.error().message));
  context.on('console', (message) => {
    if (message.type() !== 'error') return;
    // Refusals are part of the product: the browser logs each answer that is not a 2xx.
    if (/Failed to load resource/.test(message.text())) return;
    errors.push(message.text());
  });
  context.on('request', (request) => {
    const asked = request.url();
    if (!asked.startsWith(origin) && !asked.startsWith('data:') && !asked.startsWith('blob:'))
      outside.push(asked);
  });
  return { errors, outside };
};

/** A context whose every page is signed in by a link that counts once. */
export const signedIn = async (browser: Browser, link: string): Promise<BrowserContext> => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  await page.goto(link);
  await page.getByRole('navigation', { name: 'Screens' }).waitFor();
  await page.close();
  return context;
};

type Violation = {
  readonly id: string;
  readonly impact: string;
  readonly help: string;
  readonly nodes: readonly {
    readonly target: readonly string[];
    readonly failureSummary: string;
  }[];
};

/**
 * Serious findings of axe on what a page shows now, a line each. WCAG 2.2 AA and best practice;
 * `colours`: only what depends on colours.
 */
export const accessibilityProblems = async (
  page: Page,
  which: 'all' | 'colours',
): Promise<readonly string[]> => {
  // Not by a script element: the page's policy lets none be written in.
  await page.evaluate(AXE);
  const options = {
    resultTypes: ['violations'],
    ...(which === 'colours' && { runOnly: ['color-contrast', 'link-in-text-block'] }),
  };
  const violations = await page.evaluate(async (asked) => {
    const { axe } = globalThis as unknown as {
      axe: { run(options: object): Promise<{ violations: Violation[] }> };
    };
    return (await axe.run(asked)).violations;
  }, options);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${help} – ${target} – ${failureSummary}`),
    );
};
