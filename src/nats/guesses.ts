/** Wrong credentials within a minute, on one node, before none that is new is checked any more. */
const FAILURES_PER_MINUTE = 60;
const WINDOW_MS = 60_000;
/** Credentials remembered as right. */
const KNOWN_MAX = 10_000;

/**
 * Bounds how often credentials are guessed. Over NATS nobody says where a message comes from, so all
 * senders have one budget together; one credential that comes again and again is one guess, and
 * whoever was right before is let pass.
 */
export class Guesses {
  readonly #elapsed: () => number;
  readonly #known = new Set<string>();
  readonly #wrong = new Set<string>();
  #since: number;

  /** `elapsed` = milliseconds that only ever grow. */
  constructor(elapsed: () => number = () => performance.now()) {
    this.#elapsed = elapsed;
    this.#since = elapsed();
  }

  /**
   * Seconds until one that is new may be tried again; undefined when this one may be tried now. It
   * counts as wrong until it is said to be right: many may be under way at once.
   */
  retryAfter(digest: string): number | undefined {
    const now = this.#elapsed();
    if (now - this.#since >= WINDOW_MS) {
      this.#since = now;
      this.#wrong.clear();
    }
    if (this.#known.has(digest) || this.#wrong.has(digest)) return undefined;
    if (this.#wrong.size >= FAILURES_PER_MINUTE)
      return Math.ceil((this.#since + WINDOW_MS - now) / 1_000);
    this.#wrong.add(digest);
    return undefined;
  }

  right(digest: string): void {
    this.#wrong.delete(digest);
    if (this.#known.has(digest)) return;
    if (this.#known.size >= KNOWN_MAX)
      for (const oldest of this.#known) {
        this.#known.delete(oldest);
        break;
      }
    this.#known.add(digest);
  }

  /** It was right once and counts no more: nobody guessed it. */
  over(digest: string): void {
    this.#known.delete(digest);
    this.#wrong.delete(digest);
  }

  wrong(digest: string): void {
    this.#known.delete(digest);
  }
}
