import { Shares } from '../../core/shares.js';
import { HISTORY_READS_MAX, HISTORY_READS_OF_ONE_MAX } from './limits.js';

type Waiting = { readonly who: string | undefined; readonly begin: () => void };

/** Reads of the history: so many at a time, of one who asks few enough that others find room. */
export class Reads {
  readonly #waiting: Waiting[] = [];
  readonly #underWay = new Shares();

  /** Read when it is its turn. */
  async read<T>(who: string | undefined, work: () => Promise<T>): Promise<T> {
    if (this.#hasRoom(who)) this.#underWay.take(who, 1);
    else await new Promise<void>((begin) => this.#waiting.push({ who, begin }));
    try {
      return await work();
    } finally {
      // What was read is handed over first, and others are looked at before the next one.
      setImmediate(() => this.#leave(who));
    }
  }

  #hasRoom(who: string | undefined): boolean {
    if (this.#underWay.total >= HISTORY_READS_MAX) return false;
    return this.#underWay.of(who) < HISTORY_READS_OF_ONE_MAX;
  }

  #leave(who: string | undefined): void {
    this.#underWay.take(who, -1);
    const index = this.#waiting.findIndex((one) => this.#hasRoom(one.who));
    const [next] = index < 0 ? [] : this.#waiting.splice(index, 1);
    if (!next) return;
    this.#underWay.take(next.who, 1);
    next.begin();
  }
}
