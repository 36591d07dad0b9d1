import { FairPlaces } from '../../core/fair-places.js';
import { type Refusal, refuse } from '../../core/refusal.js';
import { BUILDS_AT_ONCE, BUILDS_WAITING_MAX, BUILDS_WAITING_OF_ONE_MAX } from './limits.js';

const tooMany = (message: string): Refusal =>
  refuse('AS_OF_BUILDING', `${message} are being computed; ask again in a moment`);

/** Places of answers that are made: few wait, of one who asks so many that others find room. */
export class Builds extends FairPlaces {
  constructor() {
    super(BUILDS_AT_ONCE);
  }

  /** Why no more may wait. */
  refusal(who: string | undefined): Refusal | undefined {
    const own = this.waitingOf(who);
    if (own >= BUILDS_WAITING_OF_ONE_MAX) return tooMany(`${own} other moments that you asked for`);
    if (this.waiting < BUILDS_WAITING_MAX) return undefined;
    return tooMany(`${this.waiting} other moments`);
  }
}
