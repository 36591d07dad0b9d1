import type { Aggregate } from '../../core/aggregate.js';
import type { Entries } from '../../core/boundary.js';
import { Hole } from '../../core/history-broken.js';
import { Fault } from '../../core/refusal.js';
import type { Registry } from '../../core/registry.js';
import { eventStream } from '../../core/subjects.js';
import { upcast } from '../../core/upcast.js';
import type { ClaimWrite, EventLog, Lost } from '../store/event-log.js';

/** The scope of the claims that fence boundaries. */
export const BOUNDARY_SCOPE = 'boundary';

/** Faults that the next decision would only find again, after as long a time. */
const STORE_AWAY: ReadonlySet<string> = new Set(['STORE_UNAVAILABLE', 'OUTCOME_UNKNOWN']);
const unreached = (cause: Fault): Fault =>
  new Fault(
    'STORE_UNAVAILABLE',
    'the event store does not answer; nothing was written of this command',
    { cause },
  );

/** Whose boundaries they are: a definition, or anything that reads as one does. */
type Folding = Pick<Aggregate, 'name' | 'slug' | 'boundaries'>;

type Fold = {
  readonly of: Aggregate;
  readonly fenced: boolean;
  readonly entries: Map<string, unknown>;
  /** The fold includes every message of the stream up to here. */
  position: number;
  /** Sequence of the last touch it has seen. */
  touched: number;
  /** Decisions against one fenced boundary wait for each other here instead of colliding. */
  turn: Promise<void>;
  /** Told to those who wait when the store is away: each would wait as long as the one before. */
  waiting: Set<(fault: Fault) => void>;
  /** The reading that began last, and the one that follows it. */
  reading: Promise<void>;
  next: Promise<void> | undefined;
};

/** Without it a rule over all may be broken: only an operator can say to go on. */
const mayMatter = ({ isGivenUp, event_type }: Lost, events: object): boolean =>
  !isGivenUp && (event_type === null || event_type in events);

/** Boundaries as one decision sees them, and the touches that fence it. */
export type Fenced = {
  readonly entries: Readonly<Record<string, Entries<unknown>>>;
  touches(aggregateId: string): ClaimWrite[];
};

/** The folds of all boundaries, brought up to date from the log whenever one is needed. */
export class Boundaries {
  readonly #folds = new Map<string, Fold>();
  readonly #store: EventLog;
  readonly #registry: Registry;

  constructor(store: EventLog, registry: Registry) {
    this.#store = store;
    this.#registry = registry;
  }

  /** What was folded is not what the log says: it is read anew. */
  forget(): void {
    this.#folds.clear();
  }

  #fold(definition: Folding, name: string): Fold {
    const key = `${definition.slug}/${name}`;
    let fold = this.#folds.get(key);
    if (!fold) {
      const of = this.#registry.aggregate(definition.boundaries[name]!.of)!;
      const fenced = of === definition;
      fold = {
        of,
        fenced,
        entries: new Map(),
        position: 0,
        touched: 0,
        turn: Promise.resolve(),
        waiting: new Set(),
        reading: Promise.resolve(),
        next: undefined,
      };
      this.#folds.set(key, fold);
    }
    return fold;
  }

  /**
   * Run a decision against boundaries. Those over the aggregate's own type are held for its
   * duration; `catchUp` reads what others wrote since.
   */
  async within<T>(
    definition: Folding,
    names: readonly string[],
    decision: (catchUp: () => Promise<Fenced>) => Promise<T>,
  ): Promise<T> {
    const folds = [...names].sort().map((name) => [name, this.#fold(definition, name)] as const);
    const releases: (() => void)[] = [];
    try {
      for (const [, fold] of folds) if (fold.fenced) releases.push(await this.#enter(fold));
      return await decision(() => this.#catchUp(definition, folds));
    } catch (error) {
      if (error instanceof Fault && STORE_AWAY.has(error.code))
        for (const [, { waiting }] of folds)
          for (const tell of [...waiting]) tell(unreached(error));
      throw error;
    } finally {
      for (const release of releases) release();
    }
  }

  /** The entries of one boundary, with all that is in the log when this is asked. @throws Fault */
  async entries(definition: Folding, name: string): Promise<Entries<unknown>> {
    const fold = this.#fold(definition, name);
    await this.#follow(definition, name, fold);
    return fold.entries;
  }

  /** Wait for one's turn. @throws Fault STORE_UNAVAILABLE when whoever is before found it away */
  async #enter(fold: Fold): Promise<() => void> {
    const before = fold.turn;
    let release = (): void => {};
    fold.turn = new Promise((resolve) => {
      release = resolve;
    });
    let tell = (_: Fault): void => {};
    const away = new Promise<never>((_, reject) => {
      tell = reject;
    });
    fold.waiting.add(tell);
    try {
      await Promise.race([before, away]);
      return release;
    } catch (error) {
      void before.then(release); // the order is kept for whoever comes later
      throw error;
    } finally {
      fold.waiting.delete(tell);
    }
  }

  async #catchUp(
    definition: Folding,
    folds: readonly (readonly [string, Fold])[],
  ): Promise<Fenced> {
    for (const [name, fold] of folds) await this.#follow(definition, name, fold);
    return {
      entries: Object.fromEntries(folds.map(([name, { entries }]) => [name, entries])),
      touches: (aggregateId) =>
        folds
          .filter(([, { fenced }]) => fenced)
          .map(([name, { touched }]) => ({
            scope: BOUNDARY_SCOPE,
            key: name,
            label: name,
            holder: aggregateId,
            expected: touched,
          })),
    };
  }

  /**
   * Those who ask while the log is being read share the next reading: it begins after they asked,
   * and reading the whole log for each of many at once would never end.
   */
  #follow(definition: Folding, name: string, fold: Fold): Promise<void> {
    const begin = (): Promise<void> => {
      fold.next = undefined;
      fold.reading = this.#read(definition, name, fold);
      return fold.reading;
    };
    fold.next ??= fold.reading.then(begin, begin);
    return fold.next;
  }

  async #read(definition: Folding, name: string, fold: Fold): Promise<void> {
    const { events, fold: handle } = definition.boundaries[name]!;
    try {
      for await (const entry of this.#store.scan(fold.of, fold.position + 1)) {
        const { sequence } = entry;
        if (sequence <= fold.position) continue;
        if ('lost' in entry && mayMatter(entry.lost, events))
          throw new Hole(eventStream(fold.of.slug), sequence, sequence);
        if ('claim' in entry) {
          const { scope, key } = entry.claim;
          if (fold.fenced && scope === BOUNDARY_SCOPE && key === name) fold.touched = sequence;
        } else if ('event' in entry && entry.event.event_type in events) {
          const { aggregate_id, event_type, event_version } = entry.event;
          const data = upcast(fold.of, event_type, event_version, entry.event.data);
          for (const [at, value] of handle(fold.entries, event_type, { aggregate_id, data }))
            if (value === undefined) fold.entries.delete(at);
            else fold.entries.set(at, value);
        }
        fold.position = sequence;
      }
    } catch (cause) {
      // Half a fold is none: begin again.
      const key = `${definition.slug}/${name}`;
      if (this.#folds.get(key) === fold) this.#folds.delete(key);
      if (cause instanceof Fault) throw cause;
      throw new Fault(
        'BOUNDARY_UNREADABLE',
        `${definition.name}: the boundary "${name}" could not be folded`,
        { cause },
      );
    }
  }
}
