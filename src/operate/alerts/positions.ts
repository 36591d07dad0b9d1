import { setTimeout as pause } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import type { KV, KvEntry } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import { z } from 'zod';
import { bucketKeys } from '../../core/bucket-keys.js';
import { ALERTING_BUCKET, ALERTS_STREAM, alertSubject } from '../../core/subjects.js';
import type { Kind } from '../../write/store/event-log.js';
import type { EventStore } from '../../write/store/event-store.js';
import { RAISE_BATCH } from './limits.js';

const Position = z.object({
  /** Every event of the type up to here was looked at. */
  sequence: z.number(),
  /** The last event among them: another one in its place belongs to another log. */
  event: z.object({ sequence: z.number(), event_id: z.string() }).nullable(),
  /** When the stream was made. */
  created: z.string(),
});
export type Position = z.output<typeof Position>;

/** What of an alert tells where its event stands. */
const Raised = z.object({
  event: z.object({
    event_id: z.string(),
    metadata: z.object({ position: z.string().regex(/^[^:]+:\d+$/) }),
  }),
});

/** A server that leads no more may say of a log what is over: it is asked again before judging. */
const LOOKS = 3;
const LOOK_AGAIN_AFTER_MS = 1_000;

const KEYS = 'raised';
const key = ({ slug }: Kind): string => `${KEYS}.${slug}`;

/** What was removed leaves a marker. */
export const remembered = (entry: KvEntry | null): KvEntry | null =>
  entry?.operation === 'PUT' ? entry : null;

export type PositionsOptions = {
  readonly nc: NatsConnection;
  readonly kv: KV;
  readonly store: EventStore;
  readonly log: { error(what: object, message: string): void };
};

/** How far alerts were raised, per type. It counts; what a consumer remembers does not. */
export class Positions {
  readonly #nc: NatsConnection;
  readonly #kv: KV;
  readonly #store: EventStore;
  readonly #log: PositionsOptions['log'];
  /** What this node read or wrote last, by type: the bucket may be removed under it. */
  readonly #known = new Map<string, Position>();
  #lossTold = false;

  constructor({ nc, kv, store, log }: PositionsOptions) {
    this.#nc = nc;
    this.#kv = kv;
    this.#store = store;
    this.#log = log;
  }

  /**
   * The first time ever, and for a new type: what was written before raises no alert. Where alerts
   * were raised already and nothing is remembered of any type, that was removed.
   */
  async begin(kinds: readonly Kind[]): Promise<void> {
    const lost = (await this.#remembersNothing()) && (await this.#lastAlert('alert.>')) !== null;
    await Promise.all(kinds.map((kind) => this.#begin(kind, lost)));
  }

  async #begin(kind: Kind, lost: boolean): Promise<void> {
    if (await this.#entry(kind)) return;
    const position = lost ? await this.#recovered(kind) : await this.#end(kind);
    try {
      await this.#kv.create(key(kind), JSON.stringify(position));
    } catch (error) {
      if (!(await this.#entry(kind))) throw error; // else another node was quicker
    }
  }

  /**
   * Where to go on. A log that is not the one it was (restored, or with its end lost) is gone
   * through from its beginning: alerts may come again, with the same id, and none is left out.
   */
  async read(kind: Kind): Promise<Position> {
    const entry = await this.#entry(kind);
    const found = entry ? Position.parse(JSON.parse(entry.string())) : await this.#recovered(kind);
    for (let look = 1; ; look++) {
      const ends = await this.#store.ends(kind);
      if (await this.#fits(kind, found, ends)) {
        if (!entry) await this.write(kind, found);
        this.#known.set(kind.slug, found);
        return found;
      }
      if (look < LOOKS) {
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
    this.#known.set(kind.slug, position);
    await this.#kv.put(key(kind), JSON.stringify(position));
  }

  async #remembersNothing(): Promise<boolean> {
    const { streams } = await jetstreamManager(this.#nc);
    const { keys } = await bucketKeys((name, query) => streams.info(name, query), ALERTING_BUCKET);
    for (const one of keys.filter((name) => name.startsWith(`${KEYS}.`)))
      if (remembered(await this.#kv.get(one))) return false;
    return true;
  }

  async #entry(kind: Kind): Promise<KvEntry | null> {
    return remembered(await this.#kv.get(key(kind)));
  }

  async #end(kind: Kind): Promise<Position> {
    const { last: sequence, created } = await this.#store.ends(kind);
    return { sequence, event: null, created };
  }

  /**
   * Where to go on when what was remembered was removed: where this node was, or where the last
   * alert of the type was raised, whichever is further; where there is none, at the end of the log.
   */
  async #recovered(kind: Kind): Promise<Position> {
    const known = this.#known.get(kind.slug);
    if (!known && !this.#lossTold) {
      this.#lossTold = true;
      this.#log.error(
        {},
        'how far alerts were raised is lost (ALERTING was removed): they go on from the last one of each type, so some may come again; of a type that has none, those of what was written meanwhile are missing',
      );
    }
    const end = await this.#end(kind);
    const last = await this.#lastAlert(alertSubject(kind.slug, '>'));
    if (known && known.sequence >= (last?.sequence ?? 0)) return known;
    if (!last) return end;
    // Alerts of one batch are written in any order.
    return { ...end, sequence: Math.max(0, last.sequence - RAISE_BATCH), event: last };
  }

  /** The event of the last alert of a subject; null when there is none. */
  async #lastAlert(last_by_subj: string): Promise<Position['event']> {
    const { streams } = await jetstreamManager(this.#nc);
    const message = await streams.getMessage(ALERTS_STREAM, { last_by_subj });
    if (!message) return null;
    const { data } = Raised.safeParse(readJson(message.string()));
    if (!data) return null; // somebody else wrote into the stream
    const { event_id, metadata } = data.event;
    return { sequence: Number(metadata.position.split(':')[1]), event_id };
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

const readJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
