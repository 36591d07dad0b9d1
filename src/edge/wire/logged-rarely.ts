import { shortened } from '../../core/shortened.js';
import { PerSecond } from './per-second.js';

/** What is shown of an error, characters: it may quote what anybody sent. */
const ERROR_SHOWN_MAX = 2_000;

type Log = { error(what: object, message: string): void };

/** Anything may be thrown, also what cannot be made a text. */
const textOf = (error: unknown): string => {
  try {
    return (error instanceof Error && error.stack) || String(error);
  } catch {
    return 'what was thrown cannot be shown';
  }
};

/** Logs what may come any number of times: one a second, with how many were left out before it. */
export class LoggedRarely {
  readonly #log: Log;
  readonly #message: string;
  readonly #second = new PerSecond(1);
  #leftOut = 0;

  constructor(log: Log, message: string) {
    this.#log = log;
    this.#message = message;
  }

  /** Never throws: whoever says something here has nobody else to tell. */
  say(error: unknown): void {
    if (!this.#second.lets(performance.now())) {
      this.#leftOut++;
      return;
    }
    const left_out = this.#leftOut;
    this.#leftOut = 0;
    try {
      this.#log.error(
        { error: shortened(textOf(error), ERROR_SHOWN_MAX), left_out },
        this.#message,
      );
    } catch {
      // Where not even a log can be written, there is nobody to tell.
    }
  }
}
