import type { ConsumerInfo, JetStreamManager, StreamInfo } from '@nats-io/jetstream';
import { isStreamAbsent } from '../../../core/absent-stream.js';
import {
  ALERTS_STREAM,
  eventStream,
  JOURNAL_STREAM,
  STRANGERS_STREAM,
} from '../../../core/subjects.js';
import type { Kind } from '../event-log.js';
import type { ConsumerState, MessagePage, StoredMessage, StreamState } from '../inspection.js';
import { shownOf } from './shown.js';

/** Bytes of messages that one answer is made from; it always has one message at least. */
const PAGE_BYTES_MAX = 4 * 1024 * 1024;

/** What there is of a stream; undefined when there is none of this name. */
export const streamInfo = async (
  jsm: JetStreamManager,
  name: string,
  options: { readonly subjects_filter?: string } = {},
): Promise<StreamInfo | undefined> => {
  try {
    return await jsm.streams.info(name, options);
  } catch (error) {
    if (isStreamAbsent(error)) return undefined;
    throw error;
  }
};

const consumerState = (info: ConsumerInfo): ConsumerState => ({
  name: info.name,
  durable: info.config.durable_name !== undefined,
  delivered: info.delivered.stream_seq,
  ack_floor: info.ack_floor.stream_seq,
  pending: info.num_pending,
  ack_pending: info.num_ack_pending,
  redelivered: info.num_redelivered,
  created_at: new Date(info.created).toISOString(),
});

/** What the server adds to a message when it hands it over. */
const TOLD: ReadonlySet<string> = new Set([
  'Nats-Stream',
  'Nats-Subject',
  'Nats-Sequence',
  'Nats-Time-Stamp',
  'Nats-Num-Pending',
  'Nats-Last-Sequence',
  'Nats-UpTo-Sequence',
]);

type Named = Pick<StreamState, 'name' | 'kind' | 'aggregate_type'>;

const streamState = (
  named: Named,
  { config, state, cluster }: StreamInfo,
  consumers: readonly ConsumerState[],
): StreamState => {
  const time = (text: string | Date): string | null =>
    state.messages === 0 ? null : new Date(text).toISOString();
  return {
    ...named,
    subjects: config.subjects ?? [],
    messages: state.messages,
    bytes: state.bytes,
    first_sequence: state.first_seq,
    last_sequence: state.last_seq,
    first_at: time(state.first_ts),
    last_at: time(state.last_ts),
    replicas: config.num_replicas,
    storage: config.storage,
    retention: config.retention,
    deny_delete: config.deny_delete ?? false,
    deny_purge: config.deny_purge ?? false,
    sealed: config.sealed ?? false,
    leader: cluster?.leader ?? null,
    consumers,
  };
};

/** The streams of Stele, looked at and never written to. */
export class StreamInspection {
  readonly #jsm: JetStreamManager;
  readonly #named: ReadonlyMap<string, Named>;

  constructor(jsm: JetStreamManager, kinds: readonly Kind[]) {
    this.#jsm = jsm;
    const all: readonly Named[] = [
      ...kinds.map(
        ({ name, slug }): Named => ({
          name: eventStream(slug),
          kind: 'events',
          aggregate_type: name,
        }),
      ),
      { name: JOURNAL_STREAM, kind: 'journal', aggregate_type: null },
      { name: STRANGERS_STREAM, kind: 'journal', aggregate_type: null },
      { name: ALERTS_STREAM, kind: 'alerts', aggregate_type: null },
    ];
    this.#named = new Map(all.map((one) => [one.name, one]));
  }

  async all(): Promise<readonly StreamState[]> {
    const found = await Promise.all([...this.#named.keys()].map((name) => this.one(name)));
    return found.filter((one) => one !== undefined);
  }

  async one(name: string): Promise<StreamState | undefined> {
    const named = this.#named.get(name);
    const info = named && (await streamInfo(this.#jsm, name));
    if (!named || !info) return undefined;
    const consumers: ConsumerState[] = [];
    if (info.state.consumer_count > 0)
      for await (const one of this.#jsm.consumers.list(name)) consumers.push(consumerState(one));
    consumers.sort((a, b) => a.name.localeCompare(b.name));
    return streamState(named, info, consumers);
  }

  async messages(name: string, from: number, most: number): Promise<MessagePage | undefined> {
    const info = this.#named.has(name) ? await streamInfo(this.#jsm, name) : undefined;
    if (!info) return undefined;
    const { first_seq: first, last_seq: last } = info.state;
    const seq = Math.max(from, first, 1);
    const messages: StoredMessage[] = [];
    if (seq > last) return { messages, next: null };
    const query = { seq, batch: most, max_bytes: PAGE_BYTES_MAX };
    for await (const stored of await this.#jsm.direct.getBatch(name, query))
      messages.push({
        sequence: stored.seq,
        subject: stored.subject,
        at: stored.time.toISOString(),
        headers: Object.fromEntries([...(stored.header ?? [])].filter(([name]) => !TOLD.has(name))),
        ...shownOf(stored.data),
      });
    const next = (messages.at(-1)?.sequence ?? last) + 1;
    return { messages, next: next <= last ? next : null };
  }
}
