import { nameOf, type Principal } from '../../core/access.js';
import { FairPlaces } from '../../core/fair-places.js';
import { type Refusal, refuse } from '../../core/refusal.js';
import {
  LOG_READS_AT_ONCE,
  LOG_READS_WAITING_MAX,
  LOG_READS_WAITING_OF_ONE_MAX,
} from './limits.js';

/**
 * Histories of aggregates that are read from the log, to be shown or to tell a first answer. All
 * events come by the connection by which commands are written: of what is asked for at once, more
 * would arrive than in time.
 */
export class LogReads {
  readonly #places = new FairPlaces(LOG_READS_AT_ONCE);

  async read<T>(who: Principal | undefined, work: () => Promise<T>): Promise<T | Refusal> {
    const name = who && nameOf(who);
    const own = this.#places.waitingOf(name);
    if (own >= LOG_READS_WAITING_OF_ONE_MAX)
      return refuse(
        'RATE_LIMITED',
        `${own} histories that you asked for wait to be read, that is the most for one: ask again when they are answered`,
        { details: { most: LOG_READS_WAITING_OF_ONE_MAX } },
      );
    if (this.#places.waiting >= LOG_READS_WAITING_MAX)
      return refuse('BUSY', `${LOG_READS_WAITING_MAX} histories wait to be read, that is the most`);
    return this.#places.hold(name, work);
  }
}
