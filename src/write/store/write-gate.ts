import { Fault } from '../../core/refusal.js';

/** Why nothing is written now. */
export type Shut = { readonly code: string; readonly message: string };

/** What whoever wants to write is told: nothing was sent, so "not written" stays true. */
export const notWritten = ({ code, message }: Shut): Fault =>
  new Fault(code, `${message}; nothing was written`);

/**
 * Whether events may be written. Several may hold it shut, each for a reason of its own; it is open
 * when none does.
 */
export class WriteGate {
  readonly #shut = new Map<string, Shut>();
  /** Counts the logs that were gone on with: what was decided on the one before is not written. */
  era = 0;

  shut(by: string, why: Shut): void {
    this.#shut.set(by, why);
  }

  open(by: string): void {
    this.#shut.delete(by);
  }

  isShutFor(code: string): boolean {
    return [...this.#shut.values()].some((why) => why.code === code);
  }

  /**
   * Why nothing in the log is to be decided on: it may not be what was acknowledged. One that is
   * merely full is whole.
   */
  get doubt(): Shut | undefined {
    return [...this.#shut.values()].find(({ code }) => code !== 'STORE_FULL');
  }

  /** The reason that has stood longest; undefined while it is open. */
  get why(): Shut | undefined {
    const [why] = this.#shut.values();
    return why;
  }
}
