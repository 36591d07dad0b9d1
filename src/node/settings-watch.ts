import { Fault } from '../core/refusal.js';
import type { WriteGate } from '../write/store/write-gate.js';

const LOOK_EVERY_MS = 5_000;
const GATE = 'settings';

/** What is unfit; undefined when the error tells nothing of the settings. */
const unfitIn = (error: unknown): string | undefined => {
  if (!(error instanceof Fault) || error.code !== 'STREAM_UNFIT') return undefined;
  return error.message.replace(/\.$/, ''); // it is a part of other sentences
};

export type SettingsWatchOptions = {
  /** @throws Fault STREAM_UNFIT; anything else tells nothing of the settings */
  readonly judge: () => Promise<void>;
  /**
   * Tends what stands beside the events: writing does not wait for it.
   * @throws Fault STREAM_UNFIT, or why what is missing could not be made anew
   */
  readonly tend: () => Promise<void>;
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
  #notTended: string | undefined;
  #beside: string | undefined;

  constructor(options: SettingsWatchOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  /** One look at a time. */
  look(): Promise<void> {
    this.#looking ??= this.#look()
      .then((reached) => (reached ? this.#tend() : undefined))
      .finally(() => {
        this.#looking = undefined;
      });
    return this.#looking;
  }

  /** What stands beside the events and would not keep what it is given, as a sentence. */
  get beside(): string | null {
    return this.#beside ?? null;
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
      const message = unfitIn(error);
      if (message === undefined) return false;
      gate.shut(GATE, { code: 'STREAM_UNFIT', message });
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
  async #tend(): Promise<void> {
    const { tend, log } = this.#options;
    try {
      await tend();
    } catch (err) {
      const unfit = unfitIn(err);
      if (unfit !== undefined) return this.#sayBeside(unfit);
      const { message } = err as Error;
      if (this.#notTended !== message)
        log.warn({ err }, 'a stream that is missing could not be made anew; it is tried again');
      this.#notTended = message;
      return;
    }
    this.#notTended = undefined;
    this.#sayBeside(undefined);
  }

  #sayBeside(unfit: string | undefined): void {
    const { log } = this.#options;
    if (unfit !== undefined && unfit !== this.#beside)
      log.error(`${unfit}; commands are taken, what goes there waits or is lost`);
    if (unfit === undefined && this.#beside !== undefined)
      log.info('the streams beside the events keep again what they are given');
    this.#beside = unfit;
  }
}
