import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { type JetStreamClient, jetstream } from '@nats-io/jetstream';
import type { KV } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Aggregate } from '../../core/aggregate.js';
import { type Critical, criticalEvents } from '../../core/critical.js';
import type { StoredEvent } from '../../core/event.js';
import { notTaken } from '../../core/not-taken.js';
import { ALERTS_STREAM } from '../../core/subjects.js';
import type { LogEntry } from '../../write/store/event-log.js';
import type { EventStore } from '../../write/store/event-store.js';
import { type Encoded, encodeAlert } from './alert.js';
import {
  HEADERS_ROOM,
  PUBLISH_TIMEOUT_MS,
  RAISE_BATCH,
  RETRY_FIRST_MS,
  RETRY_MOST_MS,
  SAVE_EVERY_MS,
} from './limits.js';
import { Positions } from './positions.js';

/** Name of the consumers of the event streams, for operators to look at. */
const CONSUMER = 'alerts';
/** What a server takes when it does not say: the default `max_payload`, bytes. */
const MAX_PAYLOAD_DEFAULT = 1024 * 1024;

export type RaiserOptions = {
  readonly nc: NatsConnection;
  readonly store: EventStore;
  readonly kv: KV;
  readonly definitions: readonly Aggregate[];
  readonly log: {
    warn(what: object, message: string): void;
    error(what: object, message: string): void;
  };
  readonly note: (error: unknown) => void;
};

/** One type whose events may raise alerts. */
type Watched = { readonly kind: Aggregate; readonly critical: ReadonlyMap<string, Critical> };

/**
 * Follows the log and writes an alert for every event that raises one. An alert is written before
 * its event counts as passed, so none is left out; the stream drops one that is written twice.
 */
export class Raiser {
  /** Alerts written by this node. */
  raised = 0;
  readonly #nc: NatsConnection;
  readonly #js: JetStreamClient;
  readonly #store: EventStore;
  readonly #note: (error: unknown) => void;
  readonly #positions: Positions;
  readonly #watched: readonly Watched[];

  constructor({ nc, store, kv, definitions, log, note }: RaiserOptions) {
    this.#nc = nc;
    this.#js = jetstream(nc);
    this.#store = store;
    this.#note = note;
    this.#positions = new Positions({ nc, kv, store, log });
    this.#watched = definitions
      .map((kind) => ({ kind, critical: criticalEvents(kind) }))
      .filter(({ critical }) => critical.size > 0);
  }

  /** Write down where alerting begins, where nothing is written yet. */
  async begin(): Promise<void> {
    await this.#positions.begin(this.#watched.map(({ kind }) => kind));
  }

  /** Raise alerts until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    // Every type that is followed listens, and once more while it tries again: that is no leak.
    setMaxListeners(0, signal);
    await Promise.all(this.#watched.map((one) => this.#runOne(one, signal)));
  }

  async #runOne(watched: Watched, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#follow(watched, signal);
      } catch (error) {
        this.#note(error);
      }
      await pause(RETRY_MOST_MS, undefined, { signal, ref: false }).catch(() => {});
    }
  }

  async #follow({ kind, critical }: Watched, signal: AbortSignal): Promise<void> {
    let position = await this.#positions.read(kind);
    let saved = position;
    const save = async (): Promise<void> => {
      const now = position;
      if (now === saved) return;
      await this.#positions.write(kind, now);
      saved = now;
    };
    const timer = setInterval(() => void save().catch(this.#note), SAVE_EVERY_MS).unref();
    const options = { name: CONSUMER, from: position.sequence + 1, signal, batch: RAISE_BATCH };
    const feed = this.#store.feed(kind, options);
    try {
      for await (const { entries } of feed) {
        const bytesMax = (this.#nc.info?.max_payload ?? MAX_PAYLOAD_DEFAULT) - HEADERS_ROOM;
        const alerts = entries.flatMap((entry) => {
          const found = 'event' in entry ? critical.get(entry.event.event_type) : undefined;
          return found && 'event' in entry
            ? [encodeAlert(kind, entry.event, { critical: found, bytesMax })]
            : [];
        });
        if (!(await this.#publish(alerts, signal))) break;
        const event = entries.findLast(isEvent)?.event ?? position.event;
        const { sequence } = entries.at(-1) ?? position;
        position = {
          ...position,
          sequence,
          event: event && { sequence: event.sequence, event_id: event.event_id },
        };
        feed.ack(sequence);
      }
    } finally {
      clearInterval(timer);
      await save().catch(this.#note);
    }
  }

  /** Write alerts until all of them are; false when it was told to stop before. */
  async #publish(alerts: readonly Encoded[], signal: AbortSignal): Promise<boolean> {
    let waiting = alerts;
    let retryAfter = RETRY_FIRST_MS;
    while (waiting.length > 0) {
      const failed: Encoded[] = [];
      await Promise.all(
        waiting.map(async (alert) => {
          try {
            const { id: msgID, subject, body } = alert;
            const ack = await this.#js.publish(subject, body, {
              msgID,
              timeout: PUBLISH_TIMEOUT_MS,
            });
            if (!ack.duplicate) this.raised++;
          } catch (error) {
            this.#note(notTaken(ALERTS_STREAM, alert.subject, error));
            failed.push(alert);
          }
        }),
      );
      waiting = failed;
      if (waiting.length === 0) break;
      await pause(retryAfter, undefined, { signal, ref: false }).catch(() => {});
      if (signal.aborted) return false;
      retryAfter = Math.min(retryAfter * 2, RETRY_MOST_MS);
    }
    return true;
  }
}

const isEvent = (
  entry: LogEntry,
): entry is { readonly sequence: number; readonly event: StoredEvent } => 'event' in entry;
