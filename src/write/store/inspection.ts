/** What operators see of the streams and buckets behind a store. Nothing here changes anything. */
export type Inspection = {
  /** Every stream of Stele that is there. */
  streams(): Promise<readonly StreamState[]>;
  stream(name: string): Promise<StreamState | undefined>;
  /** Messages from a sequence on, in order; undefined when there is no such stream. */
  messages(name: string, from: number, most: number): Promise<MessagePage | undefined>;
  buckets(): Promise<readonly BucketState[]>;
  bucket(name: string): Promise<BucketState | undefined>;
  /** Keys that begin so, in order, after one of them. */
  keys(bucket: string, wanted: KeysWanted): Promise<KeyPage>;
  /** What a key holds and held, newest first, as far back as the bucket keeps it. */
  entries(bucket: string, key: string): Promise<readonly Entry[]>;
};

/** A durable or passing reader of a stream. */
export type ConsumerState = {
  readonly name: string;
  readonly durable: boolean;
  /** Sequences in the stream: delivered last, and up to which everything was acknowledged. */
  readonly delivered: number;
  readonly ack_floor: number;
  /** Messages not delivered yet; delivered and not acknowledged; delivered more than once. */
  readonly pending: number;
  readonly ack_pending: number;
  readonly redelivered: number;
  readonly created_at: string;
};

export type StreamState = {
  readonly name: string;
  readonly kind: 'events' | 'journal' | 'alerts';
  readonly aggregate_type: string | null;
  readonly subjects: readonly string[];
  readonly messages: number;
  readonly bytes: number;
  readonly first_sequence: number;
  readonly last_sequence: number;
  readonly first_at: string | null;
  readonly last_at: string | null;
  readonly replicas: number;
  readonly storage: string;
  readonly retention: string;
  readonly deny_delete: boolean;
  readonly deny_purge: boolean;
  readonly sealed: boolean;
  /** The server that leads it; null while there is none. */
  readonly leader: string | null;
  readonly consumers: readonly ConsumerState[];
};

/** Bytes as people read them: JSON, else text, else base64. */
export type Shown = {
  /** Bytes, before anything was cut. */
  readonly size: number;
  readonly encoding: 'json' | 'text' | 'base64';
  readonly payload: unknown;
  /** Only the beginning is shown. */
  readonly cut?: true;
};

export type StoredMessage = Shown & {
  readonly sequence: number;
  readonly subject: string;
  readonly at: string;
  readonly headers: Readonly<Record<string, readonly string[]>>;
};
export type MessagePage = {
  readonly messages: readonly StoredMessage[];
  /** Where to go on; null at the end. */
  readonly next: number | null;
};

export type BucketState = {
  readonly name: string;
  readonly kind: 'snapshots' | 'access' | 'other';
  readonly values: number;
  readonly bytes: number;
  readonly history: number;
  readonly replicas: number;
  readonly ttl_ms: number | null;
  /** What it holds is shown to nobody: hashes of credentials. */
  readonly hidden: boolean;
};

export type KeysWanted = {
  readonly prefix: string;
  readonly after: string;
  readonly most: number;
};
export type KeyPage = { readonly keys: readonly string[]; readonly next: string | null };

export type Entry = Shown & {
  readonly revision: number;
  readonly operation: 'put' | 'delete' | 'purge';
  readonly at: string;
};
