/** Settings of the streams and buckets, as data; names and subjects follow from the definitions. */
export type Topology = {
  readonly events: StreamSettings;
  readonly journal: StreamSettings;
  readonly alerts: ExpiringSettings;
  readonly snapshots: { readonly history: number };
};

/** As on the wire of JetStream; durations in nanoseconds. */
export type StreamSettings = {
  readonly storage: 'file' | 'memory';
  readonly retention: 'limits';
  readonly discard: 'new';
  readonly max_age: 0;
  readonly allow_direct: boolean;
  readonly allow_atomic: boolean;
  readonly deny_delete: boolean;
  readonly deny_purge: boolean;
  readonly duplicate_window: number;
  readonly compression: 'none' | 's2';
};

/** What follows from the log and may be let go: the oldest first. Durations in nanoseconds. */
export type ExpiringSettings = {
  readonly storage: 'file' | 'memory';
  readonly max_age: number;
  /** Bytes of all messages together. */
  readonly max_bytes: number;
  readonly duplicate_window: number;
};

const SECOND_NS = 1_000_000_000;
const DAY_NS = 24 * 3_600 * SECOND_NS;

/** History is written once and stays: no expiry, no deletion, no purge; a full disk refuses. */
const forEver: StreamSettings = {
  storage: 'file',
  retention: 'limits',
  discard: 'new',
  max_age: 0,
  allow_direct: true,
  allow_atomic: true,
  deny_delete: true,
  deny_purge: true,
  // Only a first net: permanent idempotency is in the events. A longer window costs server memory.
  duplicate_window: 120 * SECOND_NS,
  compression: 'none',
};

/** What a node makes unless it is told otherwise: one stream of events per aggregate type, one journal, one bucket of snapshots per type. */
export const defaultTopology: Topology = {
  events: forEver,
  journal: forEver,
  // Audit alerts are made from events and could be made again. Within a day none is there twice.
  alerts: {
    storage: 'file',
    max_age: 30 * DAY_NS,
    max_bytes: 256 * 1024 ** 2,
    duplicate_window: DAY_NS,
  },
  // Older snapshots serve time travel; 64 is the most a bucket keeps.
  snapshots: { history: 64 },
};
