import type { View } from '../core/projection.js';
import { scanPast } from '../core/scan-past.js';
import type { Projections } from '../read/projector/projections.js';
import type { Condition } from '../read/views/port.js';
import type { EventLog, Kind } from '../write/store/event-log.js';

const AUDIT_LOG = 'audit-log';
/** Documents that are looked at for one question. */
const LOOKED_AT_MAX = 10_000;
const PAGE = 500;
/** The clocks of nodes differ by less, ms: times in the log may stand out of order by so much. */
const CLOCKS_DIFFER_MS = 60_000;

/** What the audit log, made when it was there, knows of an event. */
export type KnownEvent = {
  readonly aggregate_id: string;
  readonly event_type: string;
  readonly sequence: number;
};
type Reads = Pick<Projections, 'reading'>;

const eventIn = ({ aggregate_id, event_type, position }: View): KnownEvent => ({
  aggregate_id: String(aggregate_id),
  event_type: String(event_type),
  sequence: Number(String(position).split(':').at(-1)),
});

async function* eventsWhere(
  projections: Reads,
  where: readonly Condition[],
): AsyncGenerator<KnownEvent> {
  const { store, slot } = await projections.reading(AUDIT_LOG);
  const sort = [{ column: 'recorded_at', descending: false }];
  for (let offset = 0; offset < LOOKED_AT_MAX; offset += PAGE) {
    const page = await store.page(slot, { where, sort, limit: PAGE, offset });
    for (const { document } of page) yield eventIn(document);
    if (page.length < PAGE) return;
  }
}

const ofType = ({ name }: Kind): Condition => ({
  column: 'aggregate_type',
  op: 'in',
  values: [name],
});

/** The first events that are known of one aggregate, in order. */
export const eventsKnownOf = async (
  projections: Reads,
  { kind, id, most }: { readonly kind: Kind; readonly id: string; readonly most: number },
): Promise<readonly KnownEvent[]> => {
  const events: KnownEvent[] = [];
  const one: Condition = { column: 'aggregate_id', op: 'in', values: [id] };
  for await (const event of eventsWhere(projections, [ofType(kind), one])) {
    events.push(event);
    if (events.length === most) break;
  }
  return events;
};

/** When what stands around a message was recorded. */
const timesAround = async (
  store: Pick<EventLog, 'scan'>,
  kind: Kind,
  sequence: number,
): Promise<{ readonly from: string | null; readonly to: string | null }> => {
  let from: string | null = null;
  const around = { from: Math.max(1, sequence - PAGE), to: sequence + PAGE };
  for await (const entry of scanPast((at) => store.scan(kind, at), around)) {
    if (!('event' in entry)) continue;
    if (entry.sequence > sequence) return { from, to: entry.event.event_timestamp };
    from = entry.event.event_timestamp;
  }
  return { from, to: null };
};

const recorded = (op: 'gte' | 'lte', time: string, ms: number): Condition => ({
  column: 'recorded_at',
  op,
  value: new Date(Date.parse(time) + ms).toISOString(),
});

/** What stood at sequences that hold nothing any more, as far as that is known. */
export const eventsKnownAt = async (
  projections: Reads,
  store: Pick<EventLog, 'scan'>,
  { kind, sequences }: { readonly kind: Kind; readonly sequences: readonly number[] },
): Promise<ReadonlyMap<number, KnownEvent>> => {
  const known = new Map<number, KnownEvent>();
  const wanted = new Set(sequences);
  for (const sequence of sequences) {
    if (known.has(sequence)) continue;
    const { from, to } = await timesAround(store, kind, sequence);
    const between: Condition[] = [];
    if (from) between.push(recorded('gte', from, -CLOCKS_DIFFER_MS));
    if (to) between.push(recorded('lte', to, CLOCKS_DIFFER_MS));
    for await (const event of eventsWhere(projections, [ofType(kind), ...between]))
      if (wanted.has(event.sequence)) known.set(event.sequence, event);
  }
  return known;
};
