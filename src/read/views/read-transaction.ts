import { FairQueue, type Who } from '../../core/fair-queue.js';
import { Shares } from '../../core/shares.js';
import { asFault, type Engine, type HeldTransaction, unavailable } from './engine.js';
import type { ViewLimits } from './limits.js';
import type { ReadTransaction } from './port.js';
import {
  countDocuments,
  documentsAfter,
  documentsByKey,
  findDocuments,
  groupDocuments,
  groupDocumentsRanged,
  pageOfDocuments,
} from './query.js';
import { allSlots, slotCheckpoints } from './slots.js';

/** The questions of a read transaction, which is ended by whoever asked for it, or for lasting too long. */
const questions = (
  engine: Engine,
  held: HeldTransaction,
  { lasts, onEnd }: { readonly lasts: number; readonly onEnd: () => void },
): ReadTransaction => {
  const asked = new Set<Promise<unknown>>();
  let over: Promise<void> | undefined;
  let why = 'this read transaction has ended';
  const end = (): Promise<void> => {
    clearTimeout(late);
    over ??= Promise.allSettled(asked)
      .then(held.end)
      .catch(() => undefined) // whatever ended it: nothing was written
      .finally(onEnd);
    return over;
  };
  const late = setTimeout(() => {
    why = `what was read took longer than ${lasts / 1000} s: ask for less`;
    void end();
  }, lasts);
  late.unref();
  const question =
    <A extends readonly unknown[], T>(call: (on: Engine, ...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      if (over) throw unavailable(why);
      const answer = held.read((db) =>
        call({ ...engine, db, atOnce: (work) => work(db) }, ...args),
      );
      asked.add(answer);
      try {
        return await answer;
      } catch (error) {
        engine.failed(error);
        throw asFault(engine, error);
      } finally {
        asked.delete(answer);
      }
    };
  return {
    slots: question(allSlots),
    checkpoints: question(slotCheckpoints),
    documents: question(documentsByKey),
    find: question(findDocuments),
    page: question(pageOfDocuments),
    group: question((on, slot, column, query) => groupDocuments(on, slot, { column, ...query })),
    groupRanged: question((on, slot, column, query) =>
      groupDocumentsRanged(on, slot, { column, ...query }),
    ),
    pageByKey: question((on, slot, after, limit) => documentsAfter(on, slot, { after, limit })),
    count: question(countDocuments),
    end,
  };
};

/**
 * Begins read transactions, a bounded number at a time, and of one who asks so many that others find
 * room. The rest waits: each who asks in a line of their own, from which each has a turn before
 * anybody has another one.
 */
export class ReadTransactions {
  readonly #engine: Engine;
  readonly #limits: ViewLimits;
  readonly #open = new Set<Promise<void>>();
  readonly #waiting = new FairQueue();
  readonly #begun = new Shares();

  constructor(engine: Engine, limits: ViewLimits) {
    this.#engine = engine;
    this.#limits = limits;
  }

  /** @throws Fault READ_STORE_UNAVAILABLE when too many are under way for too long */
  async begin(who: Who): Promise<ReadTransaction> {
    if (this.#begun.total < this.#limits.readTransactionsMax && this.#may(who))
      this.#begun.take(who, 1);
    else await this.#turn(who);
    let end = (): void => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const onEnd = (): void => {
      this.#open.delete(ended);
      this.#leave(who);
      end();
    };
    try {
      const held = await this.#engine.beginRead();
      this.#open.add(ended);
      const lasts = this.#limits.readTransactionMs;
      return questions(this.#engine, held, { lasts, onEnd });
    } catch (error) {
      this.#leave(who);
      throw error;
    }
  }

  /** Settles when those that are under way have ended; each has a time limit. */
  async ended(): Promise<void> {
    await Promise.all(this.#open);
  }

  #may(who: Who): boolean {
    return this.#begun.of(who) < this.#limits.readTransactionsOfOneMax;
  }

  /** Whoever lets one in takes the place for it. */
  #turn(who: Who): Promise<void> {
    const { readTransactionsMax, readTransactionsOfOneMax, readTransactionWaitMs } = this.#limits;
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        leave();
        const most = this.#may(who)
          ? `${readTransactionsMax} read transactions`
          : `${readTransactionsOfOneMax} read transactions of one who asks`;
        reject(unavailable(`${most} are under way, that is the most: try again`));
      }, readTransactionWaitMs);
      const leave = this.#waiting.join(who, () => {
        clearTimeout(late);
        this.#begun.take(who, 1);
        resolve();
      });
    });
  }

  #leave(who: Who): void {
    this.#begun.take(who, -1);
    this.#waiting.next((one) => this.#may(one))?.();
  }
}
