import type { JetStreamManager, StoredMsg, StreamInfo } from '@nats-io/jetstream';
import {
  ACCESS_BUCKETS_PREFIX,
  ALERTING_BUCKET,
  BUCKET_SUBJECTS,
  bucketOfStream,
  bucketStream,
  entrySubject,
  entrySubjects,
  FAILED_ALERTS_BUCKET,
  HEADS_BUCKET,
  snapshotBucket,
} from '../../../core/subjects.js';
import type { Kind } from '../event-log.js';
import type { BucketState, Entry, KeyPage, KeysWanted } from '../inspection.js';
import { streamInfo } from './inspect-streams.js';
import { shownOf } from './shown.js';

const NANOSECONDS = 1_000_000;
/** A bucket keeps no more of one key. */
const HISTORY_MAX = 64;
const BUCKET = /^[-\w]+$/;
/** What a key may be made of; so nothing that means something in a subject. */
const KEY = /^[-/=\w]+(\.[-/=\w]+)*$/;
const OPERATIONS: Readonly<Record<string, Entry['operation']>> = { DEL: 'delete', PURGE: 'purge' };

const bucketState = (
  name: string,
  kind: BucketState['kind'],
  { config, state }: StreamInfo,
): BucketState => ({
  name,
  kind,
  values: state.messages,
  bytes: state.bytes,
  history: config.max_msgs_per_subject,
  replicas: config.num_replicas,
  ttl_ms: config.max_age > 0 ? config.max_age / NANOSECONDS : null,
  hidden: kind === 'access',
});

const entryOf = (stored: StoredMsg): Entry => ({
  revision: stored.seq,
  operation: OPERATIONS[stored.header.get('KV-Operation')] ?? 'put',
  at: stored.time.toISOString(),
  ...shownOf(stored.data),
});

/** The buckets of Stele, looked at and never written to. What is not known to be harmless is hidden. */
export class BucketInspection {
  readonly #jsm: JetStreamManager;
  readonly #kinds: ReadonlyMap<string, BucketState['kind']>;

  constructor(jsm: JetStreamManager, kinds: readonly Kind[]) {
    this.#jsm = jsm;
    this.#kinds = new Map([
      ...kinds.map(({ slug }) => [snapshotBucket(slug), 'snapshots'] as const),
      [ALERTING_BUCKET, 'other'],
      [FAILED_ALERTS_BUCKET, 'other'],
      [HEADS_BUCKET, 'other'],
    ]);
  }

  #kindOf(name: string): BucketState['kind'] | undefined {
    if (name.startsWith(ACCESS_BUCKETS_PREFIX)) return BUCKET.test(name) ? 'access' : undefined;
    return this.#kinds.get(name);
  }

  async all(): Promise<readonly BucketState[]> {
    const names: string[] = [];
    for await (const stream of this.#jsm.streams.names(BUCKET_SUBJECTS))
      names.push(bucketOfStream(stream));
    const found = await Promise.all(names.sort().map((name) => this.one(name)));
    return found.filter((one) => one !== undefined);
  }

  async one(name: string): Promise<BucketState | undefined> {
    const kind = this.#kindOf(name);
    const info = kind && (await streamInfo(this.#jsm, bucketStream(name)));
    return kind && info && bucketState(name, kind, info);
  }

  async keys(name: string, { prefix, after, most }: KeysWanted): Promise<KeyPage> {
    const options = { subjects_filter: entrySubjects(name) };
    const info = await streamInfo(this.#jsm, bucketStream(name), options);
    const skipped = entrySubject(name, '').length;
    const keys = Object.keys(info?.state.subjects ?? {})
      .map((subject) => subject.slice(skipped))
      .filter((key) => key.startsWith(prefix) && key > after)
      .sort();
    const page = keys.slice(0, most);
    return { keys: page, next: keys.length > most ? page.at(-1)! : null };
  }

  async entries(name: string, key: string): Promise<readonly Entry[]> {
    if (!KEY.test(key) || this.#kindOf(name) === 'access') return [];
    const found: Entry[] = [];
    const next_by_subj = entrySubject(name, key);
    for (let seq = 1; found.length < HISTORY_MAX; seq = found[0]!.revision + 1) {
      const query = { seq, next_by_subj }; // which the server knows, and the client's types do not
      const stored = await this.#jsm.streams.getMessage(bucketStream(name), query);
      if (!stored) break;
      found.unshift(entryOf(stored));
    }
    return found;
  }
}
