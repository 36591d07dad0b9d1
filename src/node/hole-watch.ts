import type { Kind, Lost } from '../write/store/event-log.js';
import type { Holes } from '../write/store/holes.js';
import type { Heads, Missing } from '../write/store/nats/heads.js';
import type { NatsStore } from '../write/store/nats/nats-store.js';

/** Whether what is gone is there again, and whether others go on without it, is looked at so often. */
const EVERY_MS = 2_000;
/** So many of one stream are looked for at once; the others at the looks that follow. */
const LOOKED_FOR_AT_ONCE = 100;
/** Of so many it is asked at once whose they were: each takes a look at the log and at documents. */
const ASKED_AT_ONCE = 10;

type Stood = { readonly aggregate_id: string; readonly event_type: string };

export type HoleWatchOptions = {
  readonly holes: Holes;
  readonly kinds: readonly Kind[];
  readonly store: Pick<NatsStore, 'holds'>;
  readonly heads: Pick<Heads, 'read' | 'missing'>;
  /** What stood there, by sequence, as documents that were made from it tell. */
  readonly known: (kind: Kind, sequences: readonly number[]) => Promise<ReadonlyMap<number, Stood>>;
  readonly log: { error(what: object, message: string): void };
  readonly everyMs?: number;
};

/**
 * Keeps what is gone from among the messages of the streams where all nodes look, finds out whose it
 * was, and takes over what an operator decided to go on without.
 */
export class HoleWatch {
  readonly #options: HoleWatchOptions;
  readonly #timer: NodeJS.Timeout;
  #looking: Promise<void> | undefined;
  #again = false;
  /** Which are looked for next, and of which it is asked. */
  #next = 0;
  #asked = 0;

  constructor(options: HoleWatchOptions) {
    this.#options = options;
    options.holes.onMet = () => void this.look();
    this.#timer = setInterval(() => void this.look(), options.everyMs ?? EVERY_MS);
    this.#timer.unref();
  }

  /** Several at a time share one, and the one after it. What fails is tried at the next look. */
  look(): Promise<void> {
    if (this.#looking) {
      this.#again = true;
      return this.#looking;
    }
    this.#looking = this.#lookAtAll().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#options.holes.onMet = () => {};
    await this.#looking;
  }

  async #lookAtAll(): Promise<void> {
    do {
      this.#again = false;
      for (const kind of this.#options.kinds) await this.#lookAt(kind).catch(() => {});
    } while (this.#again);
  }

  async #lookAt(kind: Kind): Promise<void> {
    const { holes, store, heads } = this.#options;
    const { slug } = kind;
    const { missing = [] } = await heads.read(slug);
    const noted = new Map(missing.map((one) => [one.sequence, one]));
    const wanted = [...new Set([...holes.of(slug).keys(), ...noted.keys()])];
    if (wanted.length === 0) return;
    const there = new Set<number>();
    for (let at = 0; at < Math.min(wanted.length, LOOKED_FOR_AT_ONCE); at++) {
      const sequence = wanted[this.#next++ % wanted.length]!;
      if (await store.holds(kind, sequence)) there.add(sequence);
    }
    const gone = wanted.filter((sequence) => !there.has(sequence));
    for (const sequence of there) holes.forget(slug, sequence);
    const stood = await this.#whatStood(kind, gone, noted);
    for (const sequence of gone) {
      const { aggregate_id = null, event_type = null } = stood.get(sequence) ?? {};
      const isGivenUp = (noted.get(sequence)?.given_up ?? null) !== null;
      this.#put(slug, { sequence, aggregate_id, event_type, isGivenUp });
    }
    await heads.missing(slug, (before) => this.#noted(slug, before, there));
  }

  /** What is known of each, by whoever found it. */
  async #whatStood(
    kind: Kind,
    gone: readonly number[],
    noted: ReadonlyMap<number, Missing>,
  ): Promise<ReadonlyMap<number, Pick<Lost, 'aggregate_id' | 'event_type'>>> {
    const met = this.#options.holes.of(kind.slug);
    const stood = new Map<number, Pick<Lost, 'aggregate_id' | 'event_type'>>();
    for (const sequence of gone)
      for (const one of [met.get(sequence), noted.get(sequence)])
        if (one && one.aggregate_id !== null) stood.set(sequence, one);
    const unknown = gone.filter((sequence) => !stood.has(sequence));
    if (unknown.length === 0) return stood;
    const asked = Array.from(
      { length: Math.min(unknown.length, ASKED_AT_ONCE) },
      () => unknown[this.#asked++ % unknown.length]!,
    );
    const told = await this.#options.known(kind, asked).catch(() => new Map<number, Stood>());
    for (const [sequence, one] of told) stood.set(sequence, one);
    return stood;
  }

  /** Said once, and when it is known whose it was. */
  #put(slug: string, lost: Lost): void {
    const { holes, log } = this.#options;
    const before = holes.of(slug).get(lost.sequence);
    holes.put(slug, lost);
    const isSaid = before && before.aggregate_id === lost.aggregate_id;
    if (isSaid && before.isGivenUp === lost.isGivenUp) return;
    log.error(
      { aggregate_type: slug, ...lost },
      lost.isGivenUp
        ? 'the log lost a message, and an operator decided to go on without it'
        : 'the log lost a message from among the others; run "stele doctor"',
    );
  }

  /** What is kept where all look; undefined where nothing changed. */
  #noted(
    slug: string,
    before: readonly Missing[],
    there: ReadonlySet<number>,
  ): readonly Missing[] | undefined {
    const noted = new Map(before.map((one) => [one.sequence, one]));
    let isNew = false;
    for (const sequence of there) isNew = noted.delete(sequence) || isNew;
    for (const { isGivenUp: _, ...lost } of this.#options.holes.of(slug).values()) {
      const known = noted.get(lost.sequence);
      if (known && known.aggregate_id === lost.aggregate_id) continue;
      noted.set(lost.sequence, { ...lost, given_up: known?.given_up ?? null });
      isNew = true;
    }
    return isNew ? [...noted.values()].sort((a, b) => a.sequence - b.sequence) : undefined;
  }
}
