import { nameOf, type Principal } from '../../core/access.js';
import { type Refusal, refuse } from '../../core/refusal.js';

/** How often one person signs in; what ended leaves a trace in NATS as long as a session lasts. */
export const SIGN_INS_PER_MINUTE = 30;
const MINUTE_S = 60;

/** Counts how often each person signs in within the same minute. */
export class SignIns {
  readonly #elapsed: () => number;
  readonly #times = new Map<string, number>();
  #began = 0;

  /** @param elapsed milliseconds that only ever grow */
  constructor(elapsed: () => number = () => performance.now()) {
    this.#elapsed = elapsed;
  }

  /** Whether somebody may sign in once more now. */
  one(who: Principal): Refusal | undefined {
    const now = this.#elapsed();
    if (now - this.#began >= MINUTE_S * 1_000) {
      this.#began = now;
      this.#times.clear();
    }
    const name = nameOf(who);
    const times = this.#times.get(name) ?? 0;
    if (times < SIGN_INS_PER_MINUTE) {
      this.#times.set(name, times + 1);
      return undefined;
    }
    const seconds = Math.ceil(MINUTE_S - (now - this.#began) / 1_000);
    return refuse(
      'RATE_LIMITED',
      `you signed in ${SIGN_INS_PER_MINUTE} times within ${MINUTE_S} s: come again in ${seconds} s`,
      { details: { limit: SIGN_INS_PER_MINUTE, window_s: MINUTE_S, retry_after_s: seconds } },
    );
  }
}
