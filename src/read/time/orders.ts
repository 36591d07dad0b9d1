import type { ProjectionSource } from '../../core/projection.js';
import { aggregateOf, type DecodedEntry } from '../projector/decoded-entry.js';

const NO_AGGREGATES: ReadonlySet<string> = new Set();

type Read = (
  source: ProjectionSource,
  from: number,
  to: number,
) => AsyncIterable<readonly DecodedEntry[]>;

/** What is known of one source up to `end`. */
type Order = {
  end: number;
  /** The latest time in the world so far, per aggregate. */
  readonly latest: Map<string, number>;
  /** Aggregates of which an event was recorded after one that became true later. */
  readonly disordered: Set<string>;
};

const notice = ({ latest, disordered }: Order, id: string, occurred: number): void => {
  const before = latest.get(id);
  if (before !== undefined && occurred < before) disordered.add(id);
  else latest.set(id, occurred);
};

/**
 * Of each source, the aggregates whose events may not come in the order of the world. One time per
 * aggregate is kept, also where the log itself is too long for that, so each message is looked at
 * once.
 */
export class Orders {
  readonly #read: Read;
  readonly #orders = new Map<string, Order>();
  readonly #looking = new Map<string, Promise<void>>();

  constructor(read: Read) {
    this.#read = read;
  }

  /** Last sequence of a source that was looked at. */
  end(slug: string): number {
    return this.#orders.get(slug)?.end ?? 0;
  }

  /** The source is another log than it was. */
  forget(slug: string): void {
    this.#orders.delete(slug);
    this.#looking.delete(slug);
  }

  forgetAll(): void {
    this.#orders.clear();
    this.#looking.clear();
  }

  /** Aggregates that are in disorder up to a sequence; those that are only later may be among them. */
  async disordered(source: ProjectionSource, to: number): Promise<ReadonlySet<string>> {
    const { slug, definition } = source;
    if (!definition) return NO_AGGREGATES;
    const order = this.#orders.get(slug) ?? { end: 0, latest: new Map(), disordered: new Set() };
    this.#orders.set(slug, order);
    // One after the other; where one failed, the next goes on.
    const before = this.#looking.get(slug)?.catch(() => {});
    const looked = Promise.resolve(before).then(() => this.#look(source, order, to));
    this.#looking.set(slug, looked);
    await looked;
    return new Set(order.disordered); // it may grow while whoever asked goes on
  }

  async #look(source: ProjectionSource, order: Order, to: number): Promise<void> {
    if (order.end >= to) return;
    for await (const batch of this.#read(source, order.end + 1, to))
      for (const entry of batch) {
        const id = aggregateOf(entry);
        if (id !== null) notice(order, id, entry.occurred);
        order.end = entry.sequence;
      }
    order.end = to;
  }
}
