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
