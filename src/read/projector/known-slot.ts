import type { Projection, View } from '../../core/projection.js';
import type {
  Checkpoint,
  Checkpoints,
  Commit,
  Discarded,
  Documents,
  Fold,
  Parked,
  ParkedEvents,
  Slot,
} from '../views/port.js';
import type { Applied } from './apply-batch.js';
import { rowKey } from './parking.js';
import type { ProjectorContext } from './projector-context.js';
import { RecentlyUsed } from './recently-used.js';
import { Standstill } from './standstill.js';

/** What a commit may settle besides documents and states. */
export type Settled = Pick<Commit, 'advance'> &
  Partial<Pick<Commit, 'park' | 'unpark' | 'discard'>>;

type Changes = Pick<Applied, 'documents' | 'folds'>;
/** Where a slot is read and written, and how much of it is kept in memory. */
type Around = Pick<ProjectorContext, 'limits'> & {
  readonly views: Documents & Checkpoints & ParkedEvents;
};
type Begun = { readonly id: string; readonly version: number };

/**
 * A slot as one worker knows it: what is written, what waits, and documents and states in memory.
 * After any failure it is thrown away and read anew.
 */
export class KnownSlot {
  readonly projection: Projection;
  readonly slot: Slot;
  readonly #context: Around;
  readonly #documents: RecentlyUsed<string, View | null>;
  readonly #folds: RecentlyUsed<string, Fold>;
  readonly #parked: Map<string, Parked>;
  readonly #discarded: Discarded[];
  #revision: number;

  private constructor(
    of: { readonly projection: Projection; readonly slot: Slot; readonly context: Around },
    read: {
      readonly revision: number;
      readonly parked: readonly Parked[];
      readonly discarded: readonly Discarded[];
    },
  ) {
    this.projection = of.projection;
    this.slot = of.slot;
    this.#context = of.context;
    this.#documents = new RecentlyUsed(of.context.limits.documentsCachedMax);
    this.#folds = new RecentlyUsed(of.context.limits.foldsCachedMax);
    this.#revision = read.revision;
    this.#parked = new Map(read.parked.map((one) => [rowKey(one), one]));
    this.#discarded = [...read.discarded];
  }

  /** @throws Standstill when it is gone, Fault READ_STORE_UNAVAILABLE */
  static async read(
    projection: Projection,
    slot: Slot,
    context: Around,
  ): Promise<{ readonly known: KnownSlot; readonly checkpoints: readonly Checkpoint[] }> {
    const { views } = context;
    // Before anything else is read: what is written meanwhile must not go unnoticed.
    const revision = await views.revision(slot);
    if (revision === null) throw new Standstill('starting', 'its documents were removed');
    const checkpoints = await views.checkpoints(slot);
    const parked = await views.parked(slot);
    const discarded = await views.discarded(slot);
    const known = new KnownSlot({ projection, slot, context }, { revision, parked, discarded });
    return { known, checkpoints };
  }

  /** Commits to the slot so far. Another number in the store: somebody else wrote documents. */
  get revision(): number {
    return this.#revision;
  }
  /** Events that an operator left out. */
  get discarded(): readonly Discarded[] {
    return this.#discarded;
  }
  /** By `rowKey`. */
  get parked(): ReadonlyMap<string, Parked> {
    return this.#parked;
  }

  parkedIn(slug: string): ReadonlySet<string> {
    const rows = [...this.#parked.values()].filter(({ source }) => source === slug);
    return new Set(rows.map(({ aggregate_id }) => aggregate_id));
  }

  async documentsOf(keys: readonly string[]): Promise<ReadonlyMap<string, View | null>> {
    const documents = new Map<string, View | null>();
    const absent: string[] = [];
    for (const key of keys) {
      const known = this.#documents.get(key);
      if (known === undefined) absent.push(key);
      else documents.set(key, known);
    }
    if (absent.length === 0) return documents;
    const found = await this.#context.views.documents(this.slot, absent);
    for (const key of absent) {
      const document = found.get(key) ?? null;
      documents.set(key, document);
      this.#documents.set(key, document);
    }
    return documents;
  }

  /** States before events: from memory, from the store, none for an aggregate that begins here. */
  async foldsBefore(slug: string, events: readonly Begun[]): Promise<ReadonlyMap<string, Fold>> {
    const folds = new Map<string, Fold>();
    if (!this.projection.withState) return folds;
    const absent = new Set<string>();
    const begun = new Set<string>();
    for (const { id, version } of events) {
      if (folds.has(id) || absent.has(id) || begun.has(id)) continue;
      const known = this.#folds.get(`${slug}/${id}`);
      if (known) folds.set(id, known);
      else if (version === 1) begun.add(id);
      else absent.add(id);
    }
    if (absent.size === 0) return folds;
    const found = await this.#context.views.folds(this.slot, slug, [...absent]);
    for (const [id, fold] of found) folds.set(id, fold);
    return folds;
  }

  /**
   * Write what events of a source changed, together with what it settles.
   * @throws Standstill when somebody else wrote to the slot since it was read.
   */
  async write(slug: string, changes: Changes, settled: Settled): Promise<void> {
    const { park = [], unpark = [], discard = [], advance } = settled;
    const written = await this.#context.views.commit(this.slot, {
      documents: [...changes.documents].map(([key, document]) => ({
        key,
        document,
        before: this.#documents.get(key),
      })),
      folds: [...changes.folds].map(([aggregate_id, fold]) => ({
        source: slug,
        aggregate_id,
        fold,
      })),
      advance,
      park,
      unpark,
      discard,
      revision: this.#revision,
    });
    if (!written)
      throw new Standstill('starting', 'somebody else wrote: it begins again from what is there');
    this.#revision++;
    for (const [key, document] of changes.documents) this.#documents.set(key, document);
    for (const [id, fold] of changes.folds) this.#folds.set(`${slug}/${id}`, fold);
    for (const row of park) this.#parked.set(rowKey(row), row);
    for (const row of unpark) this.#parked.delete(rowKey(row));
    this.#discarded.push(...discard);
  }
}
