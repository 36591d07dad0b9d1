import type { Projection } from '../../core/projection.js';
import { Fault } from '../../core/refusal.js';
import {
  type Checkpoints,
  isSameSlot,
  type ParkedEvents,
  type Slot,
  type SlotStore,
} from '../views/port.js';
import { dropFeeds, feedName } from './feeds.js';
import type { ProjectorContext } from './projector-context.js';

const isFilled = ({ role }: Slot): boolean => role === 'building' || role === 'candidate';

/** The slots of one projection, as they were found in the read store or changed from here. */
export class Slots {
  readonly #projection: Projection;
  readonly #context: ProjectorContext;
  #all: readonly Slot[] = [];

  constructor(projection: Projection, context: ProjectorContext) {
    this.#projection = projection;
    this.#context = context;
  }

  get #views(): SlotStore & ParkedEvents & Checkpoints {
    return this.#context.views;
  }

  async refresh(): Promise<void> {
    this.#all = await this.#find(this.#views);
  }

  async #find(store: Pick<SlotStore, 'slots'>): Promise<readonly Slot[]> {
    const slots = await store.slots();
    return slots.filter(({ projection }) => projection === this.#projection.name);
  }

  /** Whether a slot is built by the definition that this program has. */
  isOwn = (slot: Slot): boolean => slot.hash === this.#projection.hash;

  /** A slot as it was found last, if it is still there. */
  same(slot: Slot): Slot | undefined {
    return this.#all.find((one) => isSameSlot(one, slot));
  }

  get live(): Slot | undefined {
    return this.#all.find(({ role }) => role === 'live');
  }
  get previous(): Slot | undefined {
    return this.#all.findLast(({ role }) => role === 'previous');
  }
  /** The slot that is to be live, if the live one is not built by this definition, or a rebuild. */
  get building(): Slot | undefined {
    const building = this.filled.findLast((slot) => this.isOwn(slot));
    if (building) return building;
    // A deployment that was taken back: the documents of before are caught up, not built anew.
    const { live } = this;
    if (!live || this.isOwn(live)) return undefined;
    return this.#all.findLast((slot) => slot.role === 'previous' && this.isOwn(slot));
  }
  /** Those that are being filled, by whichever definition. */
  get filled(): readonly Slot[] {
    return this.#all.filter(isFilled);
  }
  /** What another definition was building. */
  get abandoned(): readonly Slot[] {
    return this.filled.filter((slot) => !this.isOwn(slot));
  }

  /**
   * The live slot, looked for if it is not known.
   * @throws Fault READ_STORE_UNAVAILABLE
   */
  findLive(): Promise<Slot> {
    const { live } = this;
    return live ? Promise.resolve(live) : this.findLiveIn(this.#views);
  }

  /**
   * The live slot as it is there.
   * @throws Fault READ_STORE_UNAVAILABLE
   */
  async findLiveIn(store: Pick<SlotStore, 'slots'>): Promise<Slot> {
    const live = (await this.#find(store)).find(({ role }) => role === 'live');
    if (live) return live;
    throw new Fault(
      'READ_STORE_UNAVAILABLE',
      `the projection ${this.#projection.name} has no documents yet: it is being started`,
    );
  }

  /** Make what is missing: a live slot, or one that is built because the definition changed. */
  async ensure(): Promise<void> {
    const { live } = this;
    if (live === undefined) await this.create('live');
    else if (!this.isOwn(live) && this.building === undefined) {
      await this.create('building');
      const { version, generation } = live;
      this.#context.log.info(
        { projection: this.#projection.name, version, generation },
        'the definition changed: documents are built anew beside the live ones',
      );
    }
  }

  async create(role: Slot['role']): Promise<Slot> {
    const { name, version, hash, columns, search } = this.#projection;
    const spec = { projection: name, version, hash, columns, search };
    const slot = await this.#views.createSlot(spec, role);
    this.#all = [...this.#all, slot];
    return slot;
  }

  /**
   * What an operator left out of the live documents stays so in a slot that nothing was written to
   * yet, unless the definition has changed since.
   */
  async leaveOutIn(slot: Slot): Promise<void> {
    const { live } = this;
    if (live?.hash !== slot.hash || live.generation === slot.generation) return;
    const discard = await this.#views.discarded(live);
    if (discard.length === 0 || (await this.#views.revision(slot)) !== 0) return;
    await this.#views.commit(slot, {
      revision: 0,
      advance: null,
      documents: [],
      folds: [],
      park: [],
      unpark: [],
      discard,
    });
  }

  async drop(slot: Slot): Promise<void> {
    await this.#views.dropSlot(slot);
    this.#all = this.#all.filter(({ generation }) => generation !== slot.generation);
    this.dropFeeds(slot);
  }

  dropFeeds(slot: Slot): void {
    dropFeeds(this.#context.store, this.#projection.sources, feedName(slot));
  }

  /** Readers get this one from now on. One can be switched back to: the one that was live. */
  async makeLive(slot: Slot): Promise<void> {
    const { live } = this;
    for (const one of this.#all)
      if (one.role === 'previous' && one.generation !== slot.generation) await this.drop(one);
    await this.#views.switchTo(slot, live);
    await this.refresh();
  }
}
