import type { WriteGate } from '../write/store/write-gate.js';

const LOOK_EVERY_MS = 2_000;
const GATE = 'files';

/** What to do where the files of a server are gone that still runs. */
export const filesGone = (what: string): string =>
  `the files of the event store were removed under its running server (${what}): what it acknowledges is lost when it ends; put back what was removed if it was moved, else end Stele, restore the files from a backup, and start again`;

export type FilesWatchOptions = {
  /** What of the files is gone; undefined where all is as it was. */
  readonly gone: () => Promise<string | undefined>;
  readonly gate: WriteGate;
  readonly everyMs?: number;
  readonly log: { info(message: string): void; error(message: string): void };
};

/** Shuts writing while the server of our own has lost its files: it acknowledges into nothing. */
export class FilesWatch {
  readonly #options: FilesWatchOptions;
  readonly #timer: NodeJS.Timeout;
  #said: string | undefined;
  #looking: Promise<void> | undefined;

  constructor(options: FilesWatchOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.look(), options.everyMs ?? LOOK_EVERY_MS);
    this.#timer.unref();
  }

  /** One look at a time. */
  look(): Promise<void> {
    this.#looking ??= this.#look()
      .catch(() => {})
      .finally(() => {
        this.#looking = undefined;
      });
    return this.#looking;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  async #look(): Promise<void> {
    const { gone, gate, log } = this.#options;
    const what = await gone();
    if (what === this.#said) return;
    this.#said = what;
    if (what === undefined) {
      gate.open(GATE);
      log.info('the files of the event store are there again');
      return;
    }
    const message = filesGone(what);
    gate.shut(GATE, { code: 'STORE_UNAVAILABLE', message });
    log.error(`${message}; nothing is written until then`);
  }
}
