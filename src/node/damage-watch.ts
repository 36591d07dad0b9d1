import { statSync } from 'node:fs';
import { Fault } from '../core/refusal.js';
import type { Damage, ViewStore } from '../read/views/port.js';

/** All of a file is read before anything is served: of a larger one that is left to the doctor. */
const CHECKED_BYTES_MAX = 512 * 1024 * 1024;
/** All of it is read again at most this often, and what nothing else tells of is told so long. */
const LOOK_EVERY_MS = 60_000;

const remedy = ({ slot, what }: Damage): string =>
  slot
    ? `the documents of ${slot.projection} are damaged (${what}): stele projection rebuild ${slot.projection}`
    : `the read store is damaged (${what}): end Stele, remove its file, and start again; it is built anew from the log`;

type Watched = Pick<ViewStore, 'damage' | 'takeBroken'>;
type Live = readonly { readonly name: string; readonly generation: number }[];

/**
 * What is damaged in the read store: at the start, and since an answer told that something is. A
 * projection is told of until it is served from other documents than those.
 */
export class DamageWatch {
  readonly #now: () => number;
  #views: Watched | undefined;
  #file = '';
  #damage: readonly Damage[] = [];
  /** What an answer told, and when all was looked at because of it. */
  #met: { readonly what: string; readonly at: number } | undefined;

  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  /** @throws Fault READ_STORE_UNAVAILABLE when it does not answer */
  async begin(
    views: Watched,
    { file, log }: { readonly file: string; readonly log: { error(message: string): void } },
  ): Promise<void> {
    this.#views = views;
    this.#file = file;
    await this.#look();
    for (const one of this.#damage) log.error(remedy(one));
  }

  /** @throws Fault READ_STORE_UNAVAILABLE that names what is still damaged, and what to do */
  async check(live: Live): Promise<void> {
    await this.#lookAgain();
    this.#damage = this.#damage.filter(
      ({ slot }) =>
        slot === null ||
        live.some((one) => one.name === slot.projection && one.generation === slot.generation),
    );
    if (this.#damage.length > 0)
      throw new Fault('READ_STORE_UNAVAILABLE', this.#damage.map(remedy).join('; '));
    if (this.#met) throw new Fault('READ_STORE_UNAVAILABLE', this.#met.what);
  }

  async #lookAgain(): Promise<void> {
    const isOld = this.#met !== undefined && this.#now() - this.#met.at >= LOOK_EVERY_MS;
    if (this.#met && !isOld) return;
    const what = this.#views?.takeBroken();
    this.#met = what === undefined ? undefined : { what, at: this.#now() };
    if (this.#met) await this.#look();
    // The tables that are damaged say what to do.
    if (this.#damage.length > 0) this.#met = undefined;
  }

  async #look(): Promise<void> {
    const size = statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0;
    if (this.#views && size <= CHECKED_BYTES_MAX) this.#damage = await this.#views.damage();
  }
}
