import { type Refusal, refuse } from '../core/refusal.js';
import { BUILDS_AT_ONCE, BUILDS_WAITING_MAX, BUILDS_WAITING_OF_ONE_MAX } from './limits.js';

/** Who asks, as far as that is known. */
type Who = string | undefined;

const tooMany = (message: string): Refusal =>
  refuse('AS_OF_BUILDING', `${message} are being computed; ask again in a moment`);

/**
 * Places of answers that are made: few at a time. The rest waits, of one who asks so many that
 * others find room, and each who asks gets a place before anybody gets another one.
 */
export class Builds {
  /** Who waits, next one first, each with what waits. */
  readonly #waiting = new Map<Who, (() => void)[]>();
  #waitingOfAll = 0;
  #underWay = 0;

  /** Why no more may wait. */
  refusal(who: Who): Refusal | undefined {
    const own = who === undefined ? 0 : (this.#waiting.get(who)?.length ?? 0);
    if (own >= BUILDS_WAITING_OF_ONE_MAX) return tooMany(`${own} other moments that you asked for`);
    if (this.#waitingOfAll < BUILDS_WAITING_MAX) return undefined;
    return tooMany(`${this.#waitingOfAll} other moments`);
  }

  /** Work once there is a place. */
  async hold<T>(who: Who, work: () => Promise<T>): Promise<T> {
    if (this.#underWay < BUILDS_AT_ONCE) this.#underWay++;
    else await this.#turn(who);
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  #turn(who: Who): Promise<void> {
    this.#waitingOfAll++;
    return new Promise((begin) => {
      const own = this.#waiting.get(who);
      if (own) own.push(begin);
      else this.#waiting.set(who, [begin]);
    });
  }

  #leave(): void {
    const [next] = this.#waiting;
    if (!next) {
      this.#underWay--;
      return;
    }
    const [who, own] = next;
    this.#waiting.delete(who);
    const begin = own.shift();
    if (own.length > 0) this.#waiting.set(who, own);
    this.#waitingOfAll--;
    begin?.();
  }
}
