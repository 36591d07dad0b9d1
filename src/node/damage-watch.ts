import { statSync } from 'node:fs';
import { Fault } from '../core/refusal.js';
import type { Damage, ViewStore } from '../read/views/port.js';

/** All of a file is read before anything is served: of a larger one that is left to the doctor. */
const CHECKED_AT_START_BYTES = 512 * 1024 * 1024;

const remedy = ({ slot, what }: Damage): string =>
  slot
    ? `the documents of ${slot.projection} are damaged (${what}): stele projection rebuild ${slot.projection}`
    : `the read store is damaged (${what}): end Stele, remove its file, and start again; it is built anew from the log`;

/**
 * What was damaged in the read store when the node started. A projection is told of until it is
 * served from other documents than those.
 */
export class DamageWatch {
  #damage: readonly Damage[] = [];

  /** @throws Fault READ_STORE_UNAVAILABLE when it does not answer */
  async begin(
    views: ViewStore,
    { file, log }: { readonly file: string; readonly log: { error(message: string): void } },
  ): Promise<void> {
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > CHECKED_AT_START_BYTES) return;
    this.#damage = await views.damage();
    for (const one of this.#damage) log.error(remedy(one));
  }

  /** @throws Fault READ_STORE_UNAVAILABLE that names what is still damaged, and what to do */
  check(live: readonly { readonly name: string; readonly generation: number }[]): void {
    this.#damage = this.#damage.filter(
      ({ slot }) =>
        slot === null ||
        live.some((one) => one.name === slot.projection && one.generation === slot.generation),
    );
    if (this.#damage.length > 0)
      throw new Fault('READ_STORE_UNAVAILABLE', this.#damage.map(remedy).join('; '));
  }
}
