import { setTimeout as pause } from 'node:timers/promises';
import type { KV } from '@nats-io/kv';
import { z } from 'zod';
import type { EventStore, Kind } from '../store/port.js';

const Position = z.object({
  /** Every event of the type up to here was looked at. */
  sequence: z.number(),
  /** The last event among them: another one in its place belongs to another log. */
  event: z.object({ sequence: z.number(), event_id: z.string() }).nullable(),
  /** When the stream was made. */
  created: z.string(),
});
export type Position = z.output<typeof Position>;

/** A server that leads no more may say of a log what is over: it is asked again before judging. */
const LOOKS = 3;
const LOOK_AGAIN_AFTER_MS = 1_000;

const key = ({ slug }: Kind): string => `raised.${slug}`;

export type PositionsOptions = {
  readonly kv: KV;
  readonly store: EventStore;
  readonly log: { error(what: object, message: string): void };
};

/** How far alerts were raised, per type. It counts; what a consumer remembers does not. */
export class Positions {
  readonly #kv: KV;
  readonly #store: EventStore;
  readonly #log: PositionsOptions['log'];

  constructor({ kv, store, log }: PositionsOptions) {
    this.#kv = kv;
    this.#store = store;
    this.#log = log;
  }

  /** The first time ever: what was written before the alerting was switched on raises no alert. */
  async begin(kind: Kind): Promise<void> {
    if (await this.#kv.get(key(kind))) return;
    const { last: sequence, created } = await this.#store.ends(kind);
    try {
      await this.#kv.create(key(kind), JSON.stringify({ sequence, event: null, created }));
    } catch (error) {
      if (!(await this.#kv.get(key(kind)))) throw error; // else another node was quicker
    }
  }

  /**
   * Where to go on. A log that is not the one it was (restored, or with its end lost) is gone
   * through from its beginning: alerts may come again, with the same id, and none is left out.
   */
  async read(kind: Kind): Promise<Position> {
    const entry = await this.#kv.get(key(kind));
    const found = entry && Position.parse(JSON.parse(entry.string()));
    for (let look = 1; ; look++) {
      const ends = await this.#store.ends(kind);
      if (found && (await this.#fits(kind, found, ends))) return found;
      if (found && look < LOOKS) {
        await pause(LOOK_AGAIN_AFTER_MS, undefined, { ref: false });
        continue;
      }
      this.#log.error(
        { type: kind.slug, was: found, is: ends },
        'the log is not the one that alerts were raised from: it is gone through from its beginning',
      );
      return { sequence: 0, event: null, created: ends.created };
    }
  }

  async write(kind: Kind, position: Position): Promise<void> {
    await this.#kv.put(key(kind), JSON.stringify(position));
  }

  async #fits(
    kind: Kind,
    { sequence, event, created }: Position,
    ends: { readonly last: number; readonly created: string },
  ): Promise<boolean> {
    if (created !== ends.created || sequence > ends.last) return false;
    if (!event) return true;
    for await (const entry of this.#store.scan(kind, event.sequence, 1))
      return (
        entry.sequence === event.sequence &&
        'event' in entry &&
        entry.event.event_id === event.event_id
      );
    throw new Error(`a copy of the log of ${kind.slug} lags behind`);
  }
}
