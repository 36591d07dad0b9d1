import { AcceptedCommands, packedHash } from '../../core/accepted-commands.js';
import type { Aggregate, State } from '../../core/aggregate.js';
import { canonical, sha256 } from '../../core/canonical.js';
import { linkBreak, type StoredEvent } from '../../core/event.js';
import { replay } from '../../core/fold.js';
import { historyBroken } from '../../core/history-broken.js';
import { Fault } from '../../core/refusal.js';
import { upcast } from '../../core/upcast.js';
import type { EventLog } from '../store/event-log.js';
import type { PastSnapshot, Snapshot, Snapshots } from '../store/snapshots.js';

/** All that is known of one aggregate, folded from its events up to `version`. */
export type Folded = {
  readonly state: State;
  /** Version, stream sequence and hash of the last event; 0, 0 and null for none. */
  readonly version: number;
  readonly sequence: number;
  readonly head: string | null;
  /** Time of the last event. */
  readonly timestamp: string;
  /** Every command it accepted. Grows in place. */
  readonly accepted: AcceptedCommands;
};

export const nothing = (definition: Aggregate): Folded => ({
  state: definition.initial,
  version: 0,
  sequence: 0,
  head: null,
  timestamp: '',
  accepted: new AcceptedCommands(),
});

/**
 * The state after one stored event, whatever its version.
 * @throws Fault HISTORY_MISFIT, HISTORY_UNREADABLE or what `upcast` throws.
 */
export const step = (definition: Aggregate, state: State, event: StoredEvent): State => {
  try {
    const data = upcast(definition, event.event_type, event.event_version, event.data);
    return replay(definition, state, { ...event, data });
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw new Fault(
      'HISTORY_UNREADABLE',
      `${definition.name}: folding ${event.event_type} (version ${event.aggregate_version} of ${event.aggregate_id}) failed`,
      { cause },
    );
  }
};

/**
 * Fold events that follow. Every link of the chain is checked on the way.
 * @throws Fault HISTORY_BROKEN, HISTORY_MISFIT, HISTORY_UNREADABLE or what `upcast` throws.
 */
export const extend = (
  definition: Aggregate,
  from: Folded,
  events: readonly StoredEvent[],
): Folded => {
  let { state, version, sequence, head, timestamp } = from;
  for (const event of events) {
    const broken = linkBreak({ version, hash: head }, event);
    if (broken) throw historyBroken(event, broken);
    state = step(definition, state, event);
    from.accepted.add(event.causation_id, event.sequence);
    version = event.aggregate_version;
    ({ sequence, hash: head, event_timestamp: timestamp } = event);
  }
  return { state, version, sequence, head, timestamp, accepted: from.accepted };
};

export const stateHash = (state: State): string => sha256(canonical(state));

export const snapshotOf = (definition: Aggregate, folded: Folded): Snapshot => ({
  state: folded.state,
  version: folded.version,
  sequence: folded.sequence,
  head: folded.head ?? '',
  timestamp: folded.timestamp,
  accepted: folded.accepted.packed(),
  accepted_hash: folded.accepted.hash(),
  definition: definition.hash,
  state_hash: stateHash(folded.state),
});

/** The folded form of a snapshot to tell of the past from; undefined when it cannot be trusted. */
export const fromPastSnapshot = (
  definition: Aggregate,
  snapshot: PastSnapshot,
): Folded | undefined => {
  if (snapshot.definition !== definition.hash) return undefined;
  const data = definition.data.safeParse(snapshot.state.data);
  if (!data.success || !(snapshot.state.status in definition.chart.states)) return undefined;
  if (stateHash(snapshot.state) !== snapshot.state_hash) return undefined;
  const { version, sequence, head, timestamp } = snapshot;
  const state = { status: snapshot.state.status, data: data.data };
  return { state, version, sequence, head, timestamp, accepted: new AcceptedCommands() };
};

/** The folded form of a snapshot to decide on, or undefined when it cannot be trusted by itself. */
export const fromSnapshot = (definition: Aggregate, snapshot: Snapshot): Folded | undefined => {
  if (packedHash(snapshot.accepted) !== snapshot.accepted_hash) return undefined;
  const folded = fromPastSnapshot(definition, snapshot);
  return folded && { ...folded, accepted: AcceptedCommands.from(snapshot.accepted) };
};

/** Fold one aggregate from its first event, whatever its snapshot says. */
export const loadFromStart = async (
  store: Pick<EventLog, 'read'>,
  definition: Aggregate,
  id: string,
): Promise<Folded> => extend(definition, nothing(definition), await store.read(definition, id, 1));

/** Whether a snapshot was made right after an event, as far as the event can tell. */
const isMadeAt = (
  { sequence, head, version, timestamp }: Folded,
  { sequence: at, hash, aggregate_version, event_timestamp }: StoredEvent,
): boolean =>
  sequence === at &&
  head === hash &&
  version === aggregate_version &&
  timestamp === event_timestamp;

/**
 * Load one aggregate: its snapshot, if the event it was made at is still where it was, and the
 * events after it (REQ-033). A snapshot that is ahead of the log, of another definition, or does
 * not match its own hash is passed over.
 */
export const load = async (
  store: EventLog & Snapshots,
  definition: Aggregate,
  id: string,
): Promise<{ readonly folded: Folded; readonly usedSnapshot: boolean }> => {
  const snapshot = await store.snapshot(definition, id).catch(() => undefined);
  const start = snapshot && fromSnapshot(definition, snapshot);
  if (start) {
    const [last, ...tail] = await store.read(definition, id, start.sequence);
    if (last && isMadeAt(start, last))
      return { folded: extend(definition, start, tail), usedSnapshot: true };
  }
  return { folded: await loadFromStart(store, definition, id), usedSnapshot: false };
};
