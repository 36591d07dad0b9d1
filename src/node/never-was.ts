import type { Projections } from '../read/projector/projections.js';
import type { Kind } from '../write/store/event-log.js';
import type { Holes } from '../write/store/holes.js';
import type { NatsStore } from '../write/store/nats/nats-store.js';
import { eventsKnownOf } from './known-events.js';

/** So many of the events that documents know of are looked for in the log. */
const LOOKED_FOR_MAX = 20;

type Around = {
  readonly projections: Pick<Projections, 'reading'>;
  readonly store: Pick<NatsStore, 'holds' | 'last'>;
  readonly holes: Holes;
};

/**
 * Make sure that an aggregate of which the log has nothing never was: where documents know events of
 * it and nothing stands in their places, they are gone from the log.
 *
 * @throws Fault HISTORY_BROKEN
 */
export const neverWas = async (
  { projections, store, holes }: Around,
  kind: Kind,
  id: string,
): Promise<void> => {
  const asked = { kind, id, most: LOOKED_FOR_MAX };
  // Documents that cannot be asked tell nothing.
  const known = await eventsKnownOf(projections, asked).catch(() => []);
  if (known.length === 0) return;
  const last = await store.last(kind);
  for (const event of known) {
    const { sequence } = event;
    if (sequence > last || (await store.holds(kind, sequence))) continue;
    holes.put(kind.slug, { ...event, isGivenUp: false });
  }
  holes.mustBeWhole(kind.slug, id);
};
