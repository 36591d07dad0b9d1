import { Fault } from './core/refusal.js';
import type { WriteGate } from './store/write-gate.js';

const LOOK_EVERY_MS = 5_000;
const GATE = 'settings';

export type SettingsWatchOptions = {
  /** @throws Fault STREAM_UNFIT; anything else tells nothing of the settings */
  readonly judge: () => Promise<void>;
  /** Makes anew what can be: writing does not wait for it. */
  readonly renew: () => Promise<void>;
  readonly gate: WriteGate;
  readonly log: {
    info(message: string): void;
    error(message: string): void;
    warn(what: object, message: string): void;
  };
};

/**
 * Shuts writing while a stream does not keep what it is given. Whoever may edit a stream may do so
 * under a running node, and what is acknowledged after that goes away without a word.
 */
export class SettingsWatch {
  readonly #options: SettingsWatchOptions;
  readonly #timer: NodeJS.Timeout;
  #looking: Promise<void> | undefined;
  #said: string | undefined;
  #notRenewed: string | undefined;

  constructor(options: SettingsWatchOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  /** One look at a time. */
  look(): Promise<void> {
    this.#looking ??= this.#look()
      .then((reached) => (reached ? this.#renew() : undefined))
      .finally(() => {
        this.#looking = undefined;
      });
    return this.#looking;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  /** Whether the server told of its streams. */
  async #look(): Promise<boolean> {
    const { judge, gate, log } = this.#options;
    try {
      await judge();
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'STREAM_UNFIT') return false;
      const message = error.message.replace(/\.$/, ''); // it is a part of other sentences
      gate.shut(GATE, { code: error.code, message });
      if (this.#said !== message) log.error(`${message}; nothing is written until then`);
      this.#said = message;
      return true;
    }
    gate.open(GATE);
    if (this.#said !== undefined) log.info('the streams keep again what they are given');
    this.#said = undefined;
    return true;
  }

  /** Said once: what stands in the way may stand there for long. */
  async #renew(): Promise<void> {
    const { renew, log } = this.#options;
    try {
      await renew();
      this.#notRenewed = undefined;
    } catch (err) {
      const { message } = err as Error;
      if (this.#notRenewed !== message)
        log.warn({ err }, 'a stream that is missing could not be made anew; it is tried again');
      this.#notRenewed = message;
    }
  }
}
