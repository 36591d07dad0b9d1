import { scanPast } from '../../core/scan-past.js';
import type { Kind } from './event-log.js';
import type { EventStore } from './event-store.js';

/** So many messages back the last event is looked for: behind it stand claims. */
const LOOK_BACK = 16;

type Log = Pick<EventStore, 'scan'>;
/** An event of a stream, and where it stands. */
export type Mark = { readonly sequence: number; readonly event_id: string };

/** The last event up to a sequence; null when there is none near. */
export const markAt = async (store: Log, kind: Kind, sequence: number): Promise<Mark | null> => {
  let mark: Mark | null = null;
  const from = Math.max(1, sequence - LOOK_BACK + 1);
  for await (const entry of scanPast((at) => store.scan(kind, at), { from, to: sequence }))
    if ('event' in entry) mark = { sequence: entry.sequence, event_id: entry.event.event_id };
  return mark;
};

/** Whether another event stands where this one stood. A hole is for the doctor to find. */
export const isReplaced = async (store: Log, kind: Kind, mark: Mark): Promise<boolean> => {
  const { sequence } = mark;
  for await (const entry of scanPast((at) => store.scan(kind, at), {
    from: sequence,
    to: sequence,
  }))
    if (!('lost' in entry)) return !('event' in entry) || entry.event.event_id !== mark.event_id;
  return false;
};
