import type { Log } from './log.js';

/** Failures of one code are logged no more often: a store that is away fails everything. */
const SAID_EVERY_MS = 1_000;

/** Says what failed: of each code one a while, with how many more there were before it. */
export class Failures {
  readonly #log: Log;
  readonly #message: string;
  /** Per code: when it was logged last, and how often it came since. */
  readonly #said = new Map<string, { readonly at: number; more: number }>();

  constructor(log: Log, message: string) {
    this.#log = log;
    this.#message = message;
  }

  say(code: string, what: object, level: keyof Log = 'error'): void {
    const said = this.#said.get(code);
    const now = performance.now();
    if (said && now - said.at < SAID_EVERY_MS) {
      said.more++;
      return;
    }
    this.#said.set(code, { at: now, more: 0 });
    const more = said?.more ? { before_and_not_logged: said.more } : {};
    this.#log[level]({ ...what, ...more }, this.#message);
  }
}
