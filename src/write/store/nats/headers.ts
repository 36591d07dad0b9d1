import type { Msg } from '@nats-io/transport-node';
import type { EventRecord, StoredEvent } from '../../../core/event.js';

/**
 * The envelope of an event stands in the headers of its message, its data in the body, so that a
 * consumer can read headers only. Names are part of the log: they never change.
 */
const FIELDS = {
  event_type: 'Stele-Event-Type',
  event_version: 'Stele-Event-Version',
  aggregate_type: 'Stele-Aggregate-Type',
  aggregate_id: 'Stele-Aggregate-Id',
  aggregate_version: 'Stele-Aggregate-Version',
  event_timestamp: 'Stele-Timestamp',
  actor: 'Stele-Actor',
  actor_type: 'Stele-Actor-Type',
  source: 'Stele-Source',
  causation_id: 'Stele-Causation-Id',
  command_hash: 'Stele-Command-Hash',
  correlation_id: 'Stele-Correlation-Id',
  business_justification: 'Stele-Justification',
  approval_id: 'Stele-Approval-Id',
  effective_at: 'Stele-Effective-At',
  traceparent: 'traceparent',
  hash_recipe: 'Stele-Hash-Recipe',
  previous_hash: 'Stele-Previous-Hash',
  hash: 'Stele-Hash',
} as const satisfies Partial<Record<keyof EventRecord, string>>;

const EVENT_ID = 'Stele-Event-Id';

// Free text may hold line breaks and any script; a header may not.
const UNSAFE = /[^\x21-\x24\x26-\x7e ]|^ | $/gu;
const SAFE = /^[\x21-\x24\x26-\x7e][\x20-\x24\x26-\x7e]*(?<! )$/;
const encodeText = (text: string): string =>
  SAFE.test(text) ? text : text.replaceAll(UNSAFE, (char) => encodeURIComponent(char));

const line = (name: string, value: string | number): string => `${name}: ${value}\r\n`;
const maybe = (name: string, text: string | null): string =>
  text === null ? '' : line(name, encodeText(text));

/** Header lines of an event, each ended by CRLF. Only free text is encoded: the rest is safe. */
export const eventHeaders = (event: EventRecord): string =>
  line(EVENT_ID, event.event_id) +
  line(FIELDS.event_type, event.event_type) +
  line(FIELDS.event_version, event.event_version) +
  line(FIELDS.aggregate_type, event.aggregate_type) +
  line(FIELDS.aggregate_id, event.aggregate_id) +
  line(FIELDS.aggregate_version, event.aggregate_version) +
  line(FIELDS.event_timestamp, event.event_timestamp) +
  line(FIELDS.actor, encodeText(event.actor)) +
  line(FIELDS.actor_type, event.actor_type) +
  line(FIELDS.source, event.source) +
  line(FIELDS.causation_id, event.causation_id) +
  line(FIELDS.command_hash, event.command_hash) +
  maybe(FIELDS.correlation_id, event.correlation_id) +
  maybe(FIELDS.business_justification, event.business_justification) +
  maybe(FIELDS.approval_id, event.approval_id) +
  maybe(FIELDS.effective_at, event.effective_at) +
  maybe(FIELDS.traceparent, event.traceparent) +
  line(FIELDS.hash_recipe, event.hash_recipe) +
  maybe(FIELDS.previous_hash, event.previous_hash) +
  line(FIELDS.hash, event.hash);

const START = 'NATS/1.0\r\n';

/** A header block from its lines. */
export const headerBlock = (lines: string): Buffer => Buffer.from(`${START}${lines}\r\n`);

/**
 * Header lines of a raw header block, by name. Names are taken as they stand.
 * The first line may carry a status: it is kept under `status`.
 */
export const parseHeaders = (block: string): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  let at = block.indexOf('\r\n');
  const status = block.slice(8, at).trim();
  if (status !== '') found.set('status', status);
  at += 2;
  while (at < block.length) {
    const end = block.indexOf('\r\n', at);
    if (end <= at) break;
    const colon = block.indexOf(':', at);
    if (colon > 0 && colon < end)
      found.set(
        block.slice(at, colon),
        block.slice(block[colon + 1] === ' ' ? colon + 2 : colon + 1, end),
      );
    at = end + 2;
  }
  return found;
};

type RawMsg = { readonly _msg?: { readonly hdr: number }; readonly _rdata?: Uint8Array };

/** The headers of a message, read from its raw bytes where the client shows them: 3 times faster. */
export const headersOf = (msg: Msg): ReadonlyMap<string, string> => {
  const { _msg: { hdr } = { hdr: -1 }, _rdata: raw } = msg as unknown as RawMsg;
  if (raw && hdr > 0) return parseHeaders(Buffer.from(raw.buffer, raw.byteOffset, hdr).toString());
  const found = new Map<string, string>();
  if (!msg.headers) return found;
  if (msg.headers.hasError) found.set('status', String(msg.headers.code));
  for (const [name, [first]] of msg.headers) if (first !== undefined) found.set(name, first);
  return found;
};

/** The body of a message as text. */
export const textOf = ({ data }: Pick<Msg, 'data'>): string =>
  Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString();

/**
 * A stored event from its headers and body.
 * @throws TypeError when the message is not an event of Stele.
 */
export const decodeEvent = (
  headers: ReadonlyMap<string, string>,
  body: string,
  sequence: number,
): StoredEvent => {
  const must = (name: string): string => {
    const value = headers.get(name);
    if (value === undefined) throw new TypeError(`message ${sequence} carries no ${name} header`);
    return value.includes('%') ? decodeURIComponent(value) : value;
  };
  const may = (name: string): string | null => (headers.has(name) ? must(name) : null);
  return {
    sequence,
    event_id: must(EVENT_ID),
    event_type: must(FIELDS.event_type),
    event_version: Number(must(FIELDS.event_version)),
    aggregate_type: must(FIELDS.aggregate_type),
    aggregate_id: must(FIELDS.aggregate_id),
    aggregate_version: Number(must(FIELDS.aggregate_version)),
    event_timestamp: must(FIELDS.event_timestamp),
    actor: must(FIELDS.actor),
    actor_type: must(FIELDS.actor_type),
    source: must(FIELDS.source),
    causation_id: must(FIELDS.causation_id),
    command_hash: must(FIELDS.command_hash),
    correlation_id: may(FIELDS.correlation_id),
    business_justification: may(FIELDS.business_justification),
    approval_id: may(FIELDS.approval_id),
    effective_at: may(FIELDS.effective_at),
    traceparent: may(FIELDS.traceparent),
    hash_recipe: Number(must(FIELDS.hash_recipe)),
    previous_hash: may(FIELDS.previous_hash),
    hash: must(FIELDS.hash),
    data: JSON.parse(body),
  };
};
