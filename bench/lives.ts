import { Application } from '../actors/application/application.js';
import type { EventRecord, StoredEvent } from '../src/core/event.js';
import { extend, type Folded, nothing, snapshotOf } from '../src/write/runtime/load.js';
import type { EventStore } from '../src/write/store/event-store.js';
import { appendTo, eachOf } from './fixtures.js';
import { ownerEvents, typicalHistory } from './samples.js';

/** An application whose events are written a few at a time, far apart in the stream. */
export type Life = {
  readonly id: string;
  /** How many events it will have. */
  readonly events: number;
  /** Versions at which a snapshot is made, ascending. */
  readonly snapshots: readonly number[];
  last: EventRecord | undefined;
  folded: Folded;
};

/** Most events of one append. */
const APPENDED_AT_ONCE = 500;

/** An application before its first event. */
export const unborn = ({
  id,
  events,
  snapshots,
}: Pick<Life, 'id' | 'events' | 'snapshots'>): Life => ({
  id,
  events,
  snapshots,
  last: undefined,
  folded: nothing(Application),
});

const next = ({ id, last }: Life, count: number): readonly EventRecord[] => {
  if (last) return ownerEvents(last, last.aggregate_version, count);
  const typical = typicalHistory(id);
  const more = count - typical.length;
  return more > 0
    ? [...typical, ...ownerEvents(typical[typical.length - 1]!, 2, more)]
    : typical.slice(0, count);
};

/** Let one application grow up to a version. */
const grow = async (store: EventStore, one: Life, upTo: number): Promise<void> => {
  const count = Math.min(upTo - one.folded.version, APPENDED_AT_ONCE);
  if (count <= 0) return;
  const events = next(one, count);
  const last = await appendTo(store, events, one.folded.sequence);
  const first = last - events.length + 1;
  let left = events.map((event, at): StoredEvent => ({ ...event, sequence: first + at }));
  for (const version of one.snapshots) {
    const before = version - one.folded.version;
    if (before <= 0 || before > left.length) continue;
    one.folded = extend(Application, one.folded, left.slice(0, before));
    left = left.slice(before);
    await store.saveSnapshot(Application, one.id, snapshotOf(Application, one.folded));
  }
  one.folded = extend(Application, one.folded, left);
  one.last = events[events.length - 1]!;
  await grow(store, one, upTo);
};

/** Let all grow by the share of their events that stands behind a share of the whole stream. */
export const growAll = (store: EventStore, lives: readonly Life[], share: number): Promise<void> =>
  eachOf(lives, (one) => grow(store, one, Math.floor(one.events * share)));
