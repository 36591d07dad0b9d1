import { JOURNAL, type ProjectionSource } from '../../core/projection.js';
import { Fault } from '../../core/refusal.js';
import { yieldToEventLoop } from '../../core/yield-to-event-loop.js';
import type { EventStore } from '../../write/store/event-store.js';
import {
  aggregateOf,
  type DecodedEntry,
  decodeEvent,
  decodeJournalEntry,
  decodeLost,
} from '../projector/decoded-entry.js';
import { MESSAGES_AT_ONCE } from './limits.js';
import { Orders } from './orders.js';

/** What is kept of one source, from its beginning to `end`. */
type Kept = {
  readonly entries: DecodedEntry[];
  readonly byAggregate: Map<string, DecodedEntry[]>;
  /** Last sequence it has taken, messages that are no events among them. */
  end: number;
};

const nothingKept = (): Kept => ({
  entries: [],
  byAggregate: new Map(),
  end: 0,
});

/**
 * The log as time travel reads it: from memory as long as the logs are small, else from the store
 * each time. Sources are read from their beginning only, up to an end that is given.
 */
export class Log {
  readonly #store: EventStore;
  readonly #keptMax: number;
  readonly #kept = new Map<string, Promise<Kept>>();
  readonly #orders = new Orders((source, from, to) => this.read(source, from, to));
  /** When the stream of each source was made: another one of the same name is another log. */
  readonly #created = new Map<string, string>();
  #count = 0;
  /** Grows whenever a source turned out to be another log: what was made from it before is no answer. */
  generation = 0;

  constructor(store: EventStore, keptMax: number) {
    this.#store = store;
    this.#keptMax = keptMax;
  }

  /**
   * Where a source ends now. One that is shorter than what is kept, was made anew, or has something
   * else where the last that is kept stood, is another log: it is read from its beginning.
   */
  async end(source: ProjectionSource): Promise<number> {
    const { slug, definition } = source;
    const kept = this.#kept.get(slug);
    const { last, created } = await this.#store.ends(definition ?? JOURNAL);
    const known = kept && (await kept);
    const looked = Math.max(known?.end ?? 0, this.#orders.end(slug));
    const same = this.#created.get(slug) === created && last >= looked;
    if (known && !(same && (await this.#goesOn(source, known))))
      if (this.#kept.get(slug) === kept) {
        this.#count -= known.entries.length;
        this.#kept.delete(slug);
        this.#orders.forget(slug);
        this.generation++;
      }
    this.#created.set(slug, created);
    return last;
  }

  async #goesOn({ definition }: ProjectionSource, { entries }: Kept): Promise<boolean> {
    const latest = entries.at(-1);
    if (latest?.kind !== 'event' || !definition) return true;
    for await (const entry of this.#store.scan(definition, latest.sequence, 1))
      return 'event' in entry && entry.event.hash === latest.stored.hash;
    return false;
  }

  /** Nothing that is kept counts any more. */
  forget(): void {
    this.#kept.clear();
    this.#created.clear();
    this.#count = 0;
    this.#orders.forgetAll();
    this.generation++;
  }

  /** What stands from one sequence to another, both inclusive, in order, so many at a time. */
  async *read(
    source: ProjectionSource,
    from: number,
    to: number,
  ): AsyncGenerator<readonly DecodedEntry[]> {
    const kept = await this.#keep(source, to);
    if (!kept) {
      yield* this.#scan(source, from, to);
      return;
    }
    for (let at = indexOf(kept.entries, from); at < kept.entries.length; at += MESSAGES_AT_ONCE) {
      const batch = kept.entries.slice(at, at + MESSAGES_AT_ONCE);
      const beyond = batch.findIndex(({ sequence }) => sequence > to);
      yield beyond === -1 ? batch : batch.slice(0, beyond);
      if (beyond !== -1) return;
      await yieldToEventLoop();
    }
  }

  /** Aggregates whose events, up to a sequence, may not be in the order of their time. */
  disordered(source: ProjectionSource, to: number): Promise<ReadonlySet<string>> {
    return this.#orders.disordered(source, to);
  }

  /** All events of one aggregate up to a sequence. */
  async ofAggregate(
    source: ProjectionSource,
    id: string,
    to: number,
  ): Promise<readonly DecodedEntry[]> {
    const { definition } = source;
    if (!definition) return [];
    const kept = await this.#keep(source, to);
    const events = kept
      ? (kept.byAggregate.get(id) ?? [])
      : (await this.#store.read(definition, id, 1)).map((one) => decodeEvent(definition, one));
    return events.filter(({ sequence }) => sequence <= to);
  }

  /** The kept log of a source, grown to an end; undefined when it is too long to be kept. */
  async #keep(source: ProjectionSource, to: number): Promise<Kept | undefined> {
    const before = this.#kept.get(source.slug) ?? Promise.resolve(nothingKept());
    const grown = before.then((kept) => (kept.end >= to ? kept : this.#grow(source, kept, to)));
    // One after the other; one that failed has taken what it has taken, the next goes on there.
    this.#kept.set(
      source.slug,
      grown.then(
        (kept) => kept ?? nothingKept(),
        () => before,
      ),
    );
    return grown;
  }

  async #grow(source: ProjectionSource, kept: Kept, to: number): Promise<Kept | undefined> {
    if (this.#count + to - kept.end > this.#keptMax) {
      this.#count -= kept.entries.length;
      return undefined;
    }
    for await (const batch of this.#scan(source, kept.end + 1, to))
      for (const entry of batch) {
        kept.entries.push(entry);
        kept.end = entry.sequence;
        this.#count++;
        const id = aggregateOf(entry);
        if (id === null) continue;
        const own = kept.byAggregate.get(id);
        if (own) own.push(entry);
        else kept.byAggregate.set(id, [entry]);
      }
    kept.end = to;
    return kept;
  }

  async *#scan(
    source: ProjectionSource,
    from: number,
    to: number,
  ): AsyncGenerator<readonly DecodedEntry[]> {
    let batch: DecodedEntry[] = [];
    for await (const entry of this.#messages(source, from, to)) {
      // A journal message holds many entries: they stay together.
      if (batch.length >= MESSAGES_AT_ONCE && batch.at(-1)?.sequence !== entry.sequence) {
        yield batch;
        batch = [];
        await yieldToEventLoop();
      }
      batch.push(entry);
    }
    yield batch;
  }

  async *#messages(
    { definition, slug }: ProjectionSource,
    from: number,
    to: number,
  ): AsyncGenerator<DecodedEntry> {
    if (definition) {
      let seen = from - 1;
      let at = 0;
      for await (const entry of this.#store.scan(definition, from)) {
        if (entry.sequence > to) return;
        seen = entry.sequence;
        if ('lost' in entry) yield decodeLost(definition, entry.lost, { version: 0, at });
        if (!('event' in entry)) continue;
        const decoded = decodeEvent(definition, entry.event);
        at = decoded.recorded;
        yield decoded;
      }
      // Another leader than the one that named the end: what it lacks would be taken for read.
      if (seen < to)
        throw new Fault(
          'STORE_UNAVAILABLE',
          `the event store shows less than there is: ${slug} ends at ${to}, and nothing is shown behind ${seen}`,
        );
      return;
    }
    let last = { sequence: 0, index: 0 };
    for await (const { sequence, ...entry } of this.#store.readJournal(from)) {
      if (sequence > to) return;
      last = { sequence, index: sequence === last.sequence ? last.index + 1 : 0 };
      yield decodeJournalEntry(entry, sequence, last.index);
    }
    if (last.sequence < to && (await this.#store.ends(JOURNAL)).last < to)
      throw new Fault(
        'STORE_UNAVAILABLE',
        `the event store shows less of the journal than there is: it ends at ${to}`,
      );
  }
}

/** Where the first with this sequence, or a later one, stands. */
const indexOf = (entries: readonly DecodedEntry[], from: number): number => {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (entries[middle]!.sequence < from) low = middle + 1;
    else high = middle;
  }
  return low;
};
