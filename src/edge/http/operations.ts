import type { Doctor } from '../../operate/doctor/doctor.js';
import type { Inspection } from '../../write/store/inspection.js';

/** A node that serves commands, as it says of itself. */
export type NodeSeen = { readonly id: string; readonly this: boolean };

/** What operators look at on a node that stands on NATS. */
export type Operations = {
  readonly inspection: Inspection;
  readonly doctor: Doctor;
  /** The id of this node among all that serve. */
  readonly nodeId: string;
  /** All nodes that answer right now. */
  readonly nodes: () => Promise<readonly NodeSeen[]>;
};
