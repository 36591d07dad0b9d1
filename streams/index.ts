import type { StreamSettings, Topology } from '../src/store/topology.js';

const SECOND_NS = 1_000_000_000;

/** History is written once and stays: no expiry, no deletion, no purge; a full disk refuses. */
const forEver: StreamSettings = {
  storage: 'file',
  retention: 'limits',
  discard: 'new',
  max_age: 0,
  allow_direct: true,
  allow_atomic: true,
  deny_delete: true,
  deny_purge: true,
  // Only a first net: permanent idempotency is in the events. A longer window costs server memory.
  duplicate_window: 120 * SECOND_NS,
  compression: 'none',
};

/** What flows: one stream of events per aggregate type, one journal, one bucket of snapshots per type. */
export const topology: Topology = {
  events: forEver,
  journal: forEver,
  // Older snapshots serve time travel; 64 is the most a bucket keeps.
  snapshots: { history: 64 },
};
