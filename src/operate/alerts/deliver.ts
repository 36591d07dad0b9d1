import { setTimeout as pause } from 'node:timers/promises';
import {
  AckPolicy,
  type Consumer,
  DeliverPolicy,
  type JetStreamManager,
  type JsMsg,
  jetstream,
  jetstreamManager,
} from '@nats-io/jetstream';
import type { KV } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import { ALERTS_STREAM, NOT_SENT_KEY } from '../../core/subjects.js';
import { Away } from './away.js';
import type { FailedAlerts } from './failed.js';
import {
  ANSWER_WITHIN_MS,
  AWAY_FIRST_MS,
  DELIVERIES_MAX,
  JITTER,
  NEXT_WITHIN_MS,
  RETRY_AFTER_MS,
  RETRY_MOST_MS,
  SETTLE_WITHIN_MS,
  TEND_EVERY_MS,
  UNSETTLED_MAX,
} from './limits.js';
import { remembered } from './positions.js';
import { type Posted, post, type Receiver } from './webhook.js';

const CONSUMER = 'webhook';
/** How far alerts were delivered, for the day the consumer is lost. */
const POSITION = 'delivered';
/** Pause of a worker that could not ask for the next alert. */
const TAKE_AGAIN_AFTER_MS = 500;
const CONSUMER_NOT_FOUND = 10014;
const MS_NS = 1_000_000;

/** What a test may shorten. */
export type DeliveryTimes = {
  readonly retryAfterMs: readonly number[];
  readonly answerWithinMs: number;
  readonly settleWithinMs: number;
  readonly awayFirstMs: number;
};
const TIMES: DeliveryTimes = {
  retryAfterMs: RETRY_AFTER_MS,
  answerWithinMs: ANSWER_WITHIN_MS,
  settleWithinMs: SETTLE_WITHIN_MS,
  awayFirstMs: AWAY_FIRST_MS,
};

export type DelivererOptions = {
  readonly nc: NatsConnection;
  readonly kv: KV;
  readonly failed: FailedAlerts;
  readonly receiver: Receiver;
  readonly log: {
    warn(what: object, message: string): void;
    error(what: object, message: string): void;
  };
  readonly note: (error: unknown) => void;
  readonly times?: Partial<DeliveryTimes>;
};

/**
 * Hands every alert over to a receiver over HTTP. All nodes share one consumer, so each alert is on
 * its way from one node at a time; one that is not settled in time is handed out again.
 */
export class Deliverer {
  delivered = 0;
  /** Attempts that failed. */
  failed = 0;
  /** Alerts that were given up. */
  givenUp = 0;
  /** Alerts that are not delivered yet, as far as it was last looked. */
  pending = 0;
  lastError: string | null = null;
  readonly #options: DelivererOptions;
  readonly #times: DeliveryTimes;
  readonly #away: Away;
  readonly #stop = new AbortController();
  /** How far this node knows that alerts were delivered: consumer and bucket may be removed under it. */
  #done: number | undefined;
  #jsm: JetStreamManager | undefined;

  constructor(options: DelivererOptions) {
    this.#options = options;
    this.#times = { ...TIMES, ...options.times };
    this.#away = new Away(this.#times.awayFirstMs);
  }

  /** Whether the receiver said that it wants nothing any more. */
  get gone(): boolean {
    return this.#away.gone;
  }

  /** Make the consumer where it is missing. The first time ever it begins with the next alert. */
  async begin(): Promise<void> {
    const { nc, kv } = this.#options;
    this.#jsm ??= await jetstreamManager(nc);
    const { consumers } = this.#jsm;
    try {
      const info = await consumers.info(ALERTS_STREAM, CONSUMER);
      this.pending = info.num_pending + info.num_ack_pending;
      const before = Number(remembered(await kv.get(POSITION))?.string() ?? -1);
      const done = info.ack_floor.stream_seq;
      this.#done = Math.max(done, before);
      if (done > before) await kv.put(POSITION, String(done));
      return;
    } catch (error) {
      if ((error as { code?: number }).code !== CONSUMER_NOT_FOUND) throw error;
    }
    const entry = remembered(await kv.get(POSITION));
    const position = entry ? Number(entry.string()) : (this.#done ?? (await this.#end()));
    if (!entry) await kv.put(POSITION, String(position));
    this.#done = position;
    await consumers.add(ALERTS_STREAM, {
      durable_name: CONSUMER,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: position + 1,
      ack_policy: AckPolicy.Explicit,
      ack_wait: this.#times.settleWithinMs * MS_NS,
      max_ack_pending: UNSETTLED_MAX,
      max_deliver: -1, // how often is decided here: what the server gives up, nobody sees
    });
  }

  /** Deliver until it is closed. */
  async run(): Promise<void> {
    const { signal } = this.#stop;
    const workers = Array.from({ length: DELIVERIES_MAX }, () => this.#work(signal));
    await Promise.all([...workers, this.#tend(signal)]);
  }

  /** Take no more; what is under way is given back. */
  close(): void {
    this.#stop.abort();
  }

  /** Try one alert now, whatever became of it before. */
  async send(id: string, body: string): Promise<Posted> {
    const { answerWithinMs: withinMs } = this.#times;
    const { signal } = this.#stop;
    const posted = await post(this.#options.receiver, { id, body }, { withinMs, signal });
    if (posted.delivered) {
      this.delivered++;
      this.#away.gone = false;
      this.#away.back();
    } else if (!signal.aborted) {
      this.failed++;
      this.lastError = posted.why;
    }
    return posted;
  }

  async #tend(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.begin().catch(this.#options.note);
      await pause(TEND_EVERY_MS, undefined, { signal, ref: false }).catch(() => {});
    }
  }

  /**
   * Behind the last alert. What was raised before is sent to nobody, whether there was no receiver
   * yet or consumer and bucket are both gone: that is said, and kept for the doctor.
   */
  async #end(): Promise<number> {
    const { state } = await this.#jsm!.streams.info(ALERTS_STREAM);
    const { messages: alerts, last_seq: upTo } = state;
    if (alerts === 0) return upTo;
    await this.#options.kv.put(NOT_SENT_KEY, String(upTo));
    this.#options.log.warn(
      { alerts },
      'it is not known that alerts were ever delivered: those that stand in the stream ALERTS are not sent, only what is raised from now on',
    );
    return upTo;
  }

  async #work(signal: AbortSignal): Promise<void> {
    let consumer: Consumer | undefined;
    while (!signal.aborted) {
      try {
        await this.#away.over(signal);
        if (signal.aborted) return;
        consumer ??= await jetstream(this.#options.nc).consumers.get(ALERTS_STREAM, CONSUMER);
        const msg = await consumer.next({ expires: NEXT_WITHIN_MS });
        if (msg && signal.aborted) msg.nak();
        else if (msg) await this.#deliver(msg, signal);
      } catch (error) {
        consumer = undefined;
        if (signal.aborted) return;
        this.#options.note(error);
        await pause(TAKE_AGAIN_AFTER_MS, undefined, { signal, ref: false }).catch(() => {});
      }
    }
  }

  async #deliver(msg: JsMsg, signal: AbortSignal): Promise<void> {
    const id = msg.headers?.get('Nats-Msg-Id');
    if (!id) return msg.term('it is no alert'); // somebody else wrote into the stream
    const body = msg.string();
    const posted = await this.send(id, body);
    if (posted.delivered) return msg.ack();
    if (signal.aborted) return msg.nak(); // not the receiver's fault: another node, at once
    const { gone, away, why, retryAfterMs } = posted;
    if (away) this.#away.left(retryAfterMs);
    if (gone && !this.#away.gone) {
      this.#away.gone = true;
      this.#options.log.error(
        {},
        'the receiver of alerts answered 410: nothing is sent to it until this node starts again; alerts wait',
      );
    }
    const attempts = msg.info.deliveryCount;
    const after = this.#times.retryAfterMs[attempts - 1];
    if (after === undefined && !gone) return this.#giveUp(msg, { id, body, attempts, why });
    const jitter = 1 + JITTER * (2 * Math.random() - 1);
    msg.nak(Math.max(Math.round((after ?? 0) * jitter), retryAfterMs));
  }

  async #giveUp(
    msg: JsMsg,
    what: {
      readonly id: string;
      readonly body: string;
      readonly attempts: number;
      readonly why: string;
    },
  ): Promise<void> {
    const { id, body, attempts, why } = what;
    try {
      await this.#options.failed.add({
        alert_id: id,
        attempts,
        reason: why,
        failed_at: new Date().toISOString(),
        alert: JSON.parse(body),
      });
    } catch (error) {
      this.#options.note(error);
      return msg.nak(RETRY_MOST_MS);
    }
    msg.ack();
    this.givenUp++;
    this.#options.log.error(
      { alert_id: id, attempts, reason: why },
      'an alert could not be delivered: see GET /alerts/failed',
    );
  }
}
