import { hostname } from 'node:os';
import type { Aggregate } from '../core/aggregate.js';
import type { Operations } from '../edge/http/index.js';
import { nodesOn } from '../edge/nats/index.js';
import { Doctor, type DoctorOptions } from '../operate/doctor/doctor.js';
import { readingStore } from '../operate/doctor/reading-store.js';
import { natsInspection } from '../write/store/nats/nats-inspection.js';
import type { NatsAccess } from './open-nats.js';

/** What people call this process among others. */
export const nodeName = (): string => `${hostname()} ${process.pid}`;

type Around = Omit<DoctorOptions, 'open' | 'server'> & {
  readonly nats: NatsAccess;
  readonly definitions: readonly Aggregate[];
  /** The id of this node among all that serve. */
  readonly nodeId: string;
};

/** What operators look at on this node. */
export const nodeOperations = ({ nats, nodeId, ...around }: Around): Operations => {
  const { nc, url } = nats;
  return {
    inspection: natsInspection(nc, around.definitions),
    doctor: new Doctor({
      ...around,
      open: () => readingStore(nc),
      server: () => ({ url, version: nc.info?.version ?? 'unknown' }),
    }),
    nodeId,
    nodes: nodesOn(nc, nodeId),
  };
};
