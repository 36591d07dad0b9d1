import { setMaxListeners } from 'node:events';
import { jetstreamManager } from '@nats-io/jetstream';
import { type KV, Kvm } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Aggregate } from '../../core/aggregate.js';
import type { AskInfo } from '../../core/bucket-keys.js';
import { BUCKETS } from '../../core/buckets.js';
import { notTaken } from '../../core/not-taken.js';
import {
  ALERTING_BUCKET,
  bucketStream,
  entrySubject,
  FAILED_ALERTS_BUCKET,
} from '../../core/subjects.js';
import type { EventStore } from '../../write/store/event-store.js';
import { Deliverer, type DeliveryTimes } from './deliver.js';
import { type FailedAlert, FailedAlerts } from './failed.js';
import { whileLeading } from './lease.js';
import { FAILED_PAGE, NOTE_EVERY_MS } from './limits.js';
import { Raiser } from './raise.js';
import type { Receiver } from './webhook.js';

/** What this node did since it started, and what waits over all nodes. */
export type AlertStats = {
  /** Alerts that were written to the stream. */
  readonly raised: number;
  readonly delivered: number;
  /** Attempts to deliver that failed. */
  readonly failed: number;
  /** Alerts that were given up. */
  readonly given_up: number;
  /** Alerts that are not delivered yet. */
  readonly pending: number;
  /** `off` without a receiver, `gone` when it answered 410. */
  readonly receiver: 'off' | 'on' | 'gone';
  readonly last_error: string | null;
};

/** What became of a second try. */
export type Retried =
  | { readonly delivered: true }
  | { readonly delivered: false; readonly why: string };

/** Audit alerts (REQ-022), as HTTP and metrics meet them. */
export type Alerts = {
  stats(): AlertStats;
  /** Some of the alerts that were given up, and how many there are. */
  failed(): Promise<{ readonly total: number; readonly alerts: readonly FailedAlert[] }>;
  /** Try one of them once more, now; undefined when there is none of this id. */
  retry(alert_id: string): Promise<Retried | undefined>;
  /** Take no more and let go. Bounded. */
  close(): Promise<void>;
};

export type AlertsOptions = {
  readonly nc: NatsConnection;
  readonly store: EventStore;
  readonly definitions: readonly Aggregate[];
  /** Where alerts are sent to; null = nowhere, they only stand in their stream. */
  readonly receiver: Receiver | null;
  readonly replicas: number;
  readonly log: {
    warn(what: object, message: string): void;
    error(what: object, message: string): void;
  };
  readonly times?: Partial<DeliveryTimes>;
};

const LEASE = 'raiser';
const UUID = /^[0-9a-f-]{36}$/i;

/** What whatever is noted here was written to, unless it says itself that it was something else. */
const TAKEN = {
  stream: bucketStream(ALERTING_BUCKET),
  subject: entrySubject(ALERTING_BUCKET, '>'),
};

/**
 * Raise alerts from the log, on one node at a time, and deliver them from all. Once this settles,
 * whatever is written to the log is in time for its alert.
 */
export const startAlerts = async (options: AlertsOptions): Promise<Alerts> => {
  const { nc, store, definitions, receiver, replicas, log, times = {} } = options;
  let lastError: string | null = null;
  let noted = Number.NEGATIVE_INFINITY;
  const kvm = new Kvm(nc);
  const makeAlerting = (): Promise<KV> =>
    kvm.create(ALERTING_BUCKET, { ...BUCKETS[ALERTING_BUCKET], replicas });
  const makeFailed = (): Promise<KV> =>
    kvm.create(FAILED_ALERTS_BUCKET, { ...BUCKETS[FAILED_ALERTS_BUCKET], replicas });
  let renewing: Promise<unknown> | undefined;
  /** Buckets that somebody removed are made anew: without them nothing is raised any more. */
  const renew = (): Promise<unknown> => {
    renewing ??= Promise.allSettled([makeAlerting(), makeFailed()]).finally(() => {
      renewing = undefined;
    });
    return renewing;
  };
  const note = (error: unknown): void => {
    void renew();
    const err = notTaken(TAKEN.stream, TAKEN.subject, error);
    lastError = (err as Error).message;
    const now = performance.now();
    if (now - noted < NOTE_EVERY_MS) return;
    noted = now;
    log.warn({ err }, 'alerts: something failed; it is tried again');
  };
  const kv = await makeAlerting();
  const { streams } = await jetstreamManager(nc);
  const ask: AskInfo = (stream, query) => streams.info(stream, query);
  const failed = new FailedAlerts(await makeFailed(), renew, ask);
  const raiser = new Raiser({ nc, store, kv, definitions, log, note });
  await raiser.begin();
  const deliverer = receiver && new Deliverer({ nc, kv, failed, receiver, log, note, times });
  await deliverer?.begin();

  const stop = new AbortController();
  setMaxListeners(0, stop.signal); // one per type that is followed
  const working = Promise.all([
    whileLeading({ kv, key: LEASE, signal: stop.signal, note }, (signal) => raiser.run(signal)),
    deliverer?.run(),
  ]);

  return {
    stats: () => ({
      raised: raiser.raised,
      delivered: deliverer?.delivered ?? 0,
      failed: deliverer?.failed ?? 0,
      given_up: deliverer?.givenUp ?? 0,
      pending: deliverer?.pending ?? 0,
      receiver: !deliverer ? 'off' : deliverer.gone ? 'gone' : 'on',
      last_error: deliverer?.lastError ?? lastError,
    }),
    failed: () => failed.list(FAILED_PAGE),
    retry: async (alert_id) => {
      const found = UUID.test(alert_id) ? await failed.get(alert_id) : undefined;
      if (!found) return undefined;
      if (!deliverer) return { delivered: false, why: 'no receiver is configured' };
      const posted = await deliverer.send(alert_id, JSON.stringify(found.alert));
      if (!posted.delivered) return { delivered: false, why: posted.why };
      await failed.remove(alert_id);
      return { delivered: true };
    },
    close: async () => {
      stop.abort();
      deliverer?.close();
      await working;
    },
  };
};
