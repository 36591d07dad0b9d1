/** What `/streams` and `/buckets` tell. */
export type Consumer = {
  readonly name: string;
  readonly durable: boolean;
  readonly delivered: number;
  readonly ack_floor: number;
  readonly pending: number;
  readonly ack_pending: number;
  readonly redelivered: number;
  readonly created_at: string;
};
export type StreamState = {
  readonly name: string;
  readonly kind: string;
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
  readonly leader: string | null;
  readonly consumers: readonly Consumer[];
};
export type Payload = {
  readonly size: number;
  readonly encoding: 'json' | 'text' | 'base64';
  readonly payload: unknown;
  readonly cut?: boolean;
};
export type Message = Payload & {
  readonly sequence: number;
  readonly subject: string;
  readonly at: string;
  readonly headers: Readonly<Record<string, readonly string[]>>;
};
export type MessagePage = {
  readonly messages: readonly Message[];
  readonly next: number | null;
};
export type BucketState = {
  readonly name: string;
  readonly kind: string;
  readonly values: number;
  readonly bytes: number;
  readonly history: number;
  readonly replicas: number;
  readonly ttl_ms: number | null;
  readonly hidden: boolean;
};
export type Entry = Payload & {
  readonly revision: number;
  readonly operation: string;
  readonly at: string;
};
