import type { Aggregate, State } from '../core/aggregate.js';
import { canonical, sha256 } from '../core/canonical.js';
import { linkBreak, type StoredEvent } from '../core/event.js';
import { replay } from '../core/fold.js';
import { Fault } from '../core/refusal.js';
import { upcast } from '../core/upcast.js';
import type { EventStore, Snapshot } from '../store/port.js';

/** All that is known of one aggregate, folded from its events up to `version`. */
export type Folded = {
  readonly state: State;
  /** Version, stream sequence and hash of the last event; 0, 0 and null for none. */
  readonly version: number;
  readonly sequence: number;
  readonly head: string | null;
  /** Time of the last event. */
  readonly timestamp: string;
  /** Every command id it accepted, with the sequence of that command's first event. Grows in place. */
  readonly accepted: Map<string, number>;
};

export const nothing = (definition: Aggregate): Folded => ({
  state: definition.initial,
  version: 0,
  sequence: 0,
  head: null,
  timestamp: '',
  accepted: new Map(),
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
    if (broken)
      throw new Fault(
        'HISTORY_BROKEN',
        `the history of ${definition.name} ${event.aggregate_id} is broken at sequence ${event.sequence}: ${broken}; run "stele doctor"`,
      );
    state = step(definition, state, event);
    if (!from.accepted.has(event.causation_id))
      from.accepted.set(event.causation_id, event.sequence);
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
  accepted: [...folded.accepted],
  definition: definition.hash,
  state_hash: stateHash(folded.state),
});

/** The folded form of a snapshot, or undefined when it cannot be trusted by itself. */
export const fromSnapshot = (definition: Aggregate, snapshot: Snapshot): Folded | undefined => {
  if (snapshot.definition !== definition.hash) return undefined;
  const data = definition.data.safeParse(snapshot.state.data);
  if (!data.success || !(snapshot.state.status in definition.chart.states)) return undefined;
  if (stateHash(snapshot.state) !== snapshot.state_hash) return undefined;
  const { version, sequence, head, timestamp } = snapshot;
  const state = { status: snapshot.state.status, data: data.data };
  return { state, version, sequence, head, timestamp, accepted: new Map(snapshot.accepted) };
};

/** Fold one aggregate from its first event, whatever its snapshot says. */
export const loadFromStart = async (
  store: EventStore,
  definition: Aggregate,
  id: string,
): Promise<Folded> => extend(definition, nothing(definition), await store.read(definition, id, 1));

/**
 * Load one aggregate: its snapshot, if the event it was made at is still where it was, and the
 * events after it (REQ-033). A snapshot that is ahead of the log, of another definition, or does
 * not match its own hash is passed over.
 */
export const load = async (
  store: EventStore,
  definition: Aggregate,
  id: string,
): Promise<{ readonly folded: Folded; readonly usedSnapshot: boolean }> => {
  const snapshot = await store.snapshot(definition, id).catch(() => undefined);
  const start = snapshot && fromSnapshot(definition, snapshot);
  if (start) {
    const [last, ...tail] = await store.read(definition, id, start.sequence);
    if (last?.sequence === start.sequence && last.hash === start.head)
      return { folded: extend(definition, start, tail), usedSnapshot: true };
  }
  return { folded: await loadFromStart(store, definition, id), usedSnapshot: false };
};
