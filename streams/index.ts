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
