import type { Projection } from '../../core/projection.js';
import { isRefusal, type Refusal } from '../../core/refusal.js';
import type { DocumentReads, ViewStore } from '../../read/views/port.js';
import type { Filters } from './list-query.js';
import { type Reads, type Reflected, reachedIn, waitForOwn } from './reflected.js';
import { treesOf } from './resolve-branches.js';

/** What an answer is made from, as it is at one moment whoever writes meanwhile. End it. */
export type Held = Reflected<DocumentReads> & { readonly end: () => Promise<void> };

/** Every projection that a list may look into besides its own: for its filters, and to show it. */
export const othersOf = (
  http: Reads,
  projection: Projection,
  filters: Pick<Filters, 'branches'>,
): readonly Projection[] =>
  projection.related ? http.projections.definitions : treesOf(http, filters);

/** Documents at another moment do not change; they stay for whoever reads them. */
const holdMoment = async (reflected: Reflected): Promise<Held> => {
  const reads = new Map<ViewStore, Awaited<ReturnType<ViewStore['readTransaction']>>>();
  const kept = async (store: ViewStore): Promise<DocumentReads> => {
    const found = reads.get(store) ?? (await store.readTransaction(reflected.who));
    reads.set(store, found);
    return found;
  };
  const { reading } = reflected;
  return {
    ...reflected,
    reading: { ...reading, store: await kept(reading.store) },
    other: async (projection) => {
      const other = await reflected.other(projection);
      return isRefusal(other) ? other : { ...other, store: await kept(other.store) };
    },
    end: async () => {
      await Promise.all([...reads.values()].map((one) => one.end()));
    },
  };
};

/**
 * The same documents in one read transaction, `others` among them, once these have what this node
 * wrote.
 * @throws Fault READ_STORE_UNAVAILABLE
 */
export const hold = async (
  http: Reads,
  reflected: Reflected,
  others: readonly Projection[],
): Promise<Held> => {
  if (reflected.moment) return holdMoment(reflected);
  await Promise.all(others.map((one) => waitForOwn(http, one)));
  const transaction = await http.projections.readTransaction(reflected.who);
  try {
    const reading = await transaction.reading(reflected.reading.projection.name);
    return {
      ...reflected,
      reading,
      reached: reachedIn(reading, reflected.wanted),
      other: ({ name }) => transaction.reading(name),
      end: () => transaction.end(),
    };
  } catch (error) {
    await transaction.end();
    throw error;
  }
};

/** Make an answer from documents as they are at one moment. */
export const whileHeld = async <T>(
  http: Reads,
  reflected: Reflected,
  {
    others,
    work,
  }: {
    readonly others: readonly Projection[];
    readonly work: (held: Reflected<DocumentReads>) => Promise<T | Refusal>;
  },
): Promise<T | Refusal> => {
  const held = await hold(http, reflected, others);
  try {
    return await work(held);
  } finally {
    await held.end();
  }
};
