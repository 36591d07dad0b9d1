import { Hole } from '../../core/history-broken.js';
import { eventStream } from '../../core/subjects.js';
import type { Lost } from './event-log.js';

/** So many of one stream are known one by one; a stream that lost more is restored. */
export const HOLES_MAX = 10_000;

const NOTHING_KNOWN = { aggregate_id: null, event_type: null, isGivenUp: false };
const NONE: ReadonlyMap<number, Lost> = new Map();

/**
 * What is gone from the streams, as far as anybody met it. A message that is known to be of one
 * aggregate hurts that one alone: the others go on, and nothing of its history is told or written.
 */
export class Holes {
  readonly #lost = new Map<string, Map<number, Lost>>();
  readonly #hurt = new Map<string, Lost>();
  /** Told that something is missing of which nothing was known. */
  onMet: () => void = () => {};

  /** Something was read, and these are not there. */
  met(slug: string, from: number, to: number): void {
    const known = this.of(slug);
    const most = from + HOLES_MAX - known.size - 1;
    let isNew = false;
    for (let sequence = from; sequence <= Math.min(to, most); sequence++) {
      if (known.has(sequence)) continue;
      this.#put(slug, { ...NOTHING_KNOWN, sequence });
      isNew = true;
    }
    if (isNew) this.onMet();
  }

  put(slug: string, lost: Lost): void {
    const isNew = !this.of(slug).has(lost.sequence);
    this.#put(slug, lost);
    if (isNew) this.onMet();
  }

  #put(slug: string, lost: Lost): void {
    const all = this.#lost.get(slug) ?? new Map<number, Lost>();
    this.#lost.set(slug, all.set(lost.sequence, lost));
    if (lost.aggregate_id !== null) this.#hurt.set(`${slug}/${lost.aggregate_id}`, lost);
  }

  /** It is there again. */
  forget(slug: string, sequence: number): void {
    const lost = this.of(slug).get(sequence);
    this.#lost.get(slug)?.delete(sequence);
    if (!lost || lost.aggregate_id === null) return;
    this.#hurt.delete(`${slug}/${lost.aggregate_id}`);
    for (const other of this.of(slug).values())
      if (other.aggregate_id === lost.aggregate_id) this.#put(slug, other);
  }

  /** By sequence. */
  of(slug: string): ReadonlyMap<number, Lost> {
    return this.#lost.get(slug) ?? NONE;
  }

  /** What is missing at a sequence, where others can go on without it. */
  passedOver(slug: string, sequence: number): Lost | undefined {
    const lost = this.of(slug).get(sequence);
    return lost && (lost.isGivenUp || lost.aggregate_id !== null) ? lost : undefined;
  }

  /** What is missing of one aggregate from a sequence on, in order. */
  ofAggregate(slug: string, id: string, from = 0): readonly Lost[] {
    if (!this.#hurt.has(`${slug}/${id}`)) return [];
    return [...this.of(slug).values()]
      .filter(({ aggregate_id, sequence }) => aggregate_id === id && sequence >= from)
      .sort((a, b) => a.sequence - b.sequence);
  }

  /** @throws Fault HISTORY_BROKEN where something of it is missing */
  mustBeWhole(slug: string, id: string): void {
    const lost = this.#hurt.get(`${slug}/${id}`);
    if (!lost) return;
    const { sequence } = lost;
    throw new Hole(eventStream(slug), sequence, sequence, `${slug} ${id}`);
  }

  /**
   * That something stands at a message, and nothing of it after.
   * @throws Fault HISTORY_BROKEN where a later one is missing that may have been about the same
   */
  mustBeLast(slug: string, sequence: number): void {
    for (const lost of this.of(slug).values())
      if (lost.sequence > sequence && lost.aggregate_id === null && !lost.isGivenUp)
        throw new Hole(eventStream(slug), lost.sequence, lost.sequence);
  }

  /** What is missing and whose it is, for `/readyz`; null for nothing. */
  get note(): string | null {
    const said = [...this.#lost].flatMap(([slug, all]) => {
      const [first, ...others] = [...all.values()];
      if (!first) return [];
      const more = others.length > 0 ? ` and ${others.length} more` : '';
      const whose = first.aggregate_id === null ? '' : ` (of ${first.aggregate_id})`;
      const todo = [first, ...others].every(({ isGivenUp }) => isGivenUp)
        ? 'given up'
        : `restore it, or go on without with "stele accept-loss ${slug}"`;
      return [`${eventStream(slug)} lost message ${first.sequence}${whose}${more}: ${todo}`];
    });
    return said.length > 0 ? said.join('; ') : null;
  }
}
