import type { StreamSettings, Topology } from '../src/write/store/topology.js';
import { applicationInterfaces } from './application-interfaces/application-interfaces.js';
import { applicationPortfolio } from './application-portfolio/application-portfolio.js';
import { applicationRoadmap } from './application-roadmap/application-roadmap.js';
import { applicationServices } from './application-services/application-services.js';
import { capabilityMap } from './capability-map/capability-map.js';
import { countsOverTime } from './counts-over-time/counts-over-time.js';
import { dataGovernance } from './data-governance/data-governance.js';
import { landscape } from './landscape/landscape.js';
import { organizationMap } from './organization-map/organization-map.js';
import { serverDeployments } from './server-deployments/server-deployments.js';
import { sunsetRoadmap } from './sunset-roadmap/sunset-roadmap.js';

/** Every read model of this domain. A new one is one folder and one line here. */
export const projections = [
  applicationPortfolio,
  applicationServices,
  applicationInterfaces,
  capabilityMap,
  serverDeployments,
  organizationMap,
  dataGovernance,
  sunsetRoadmap,
  applicationRoadmap,
  countsOverTime,
  landscape,
];

const SECOND_NS = 1_000_000_000;
const DAY_NS = 24 * 3_600 * SECOND_NS;

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
  // Audit alerts are made from events and could be made again. Within a day none is there twice.
  alerts: {
    storage: 'file',
    max_age: 30 * DAY_NS,
    max_bytes: 256 * 1024 ** 2,
    duplicate_window: DAY_NS,
  },
  // Older snapshots serve time travel; 64 is the most a bucket keeps.
  snapshots: { history: 64 },
};
