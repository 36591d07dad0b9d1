import { type Screen, screen } from '../shell/screen.js';

/** What architects look at: the Enterprise Architecture tool. */
export const architectureScreens: readonly Screen[] = [
  {
    path: '/portfolio',
    view: 'application-portfolio',
    label: 'Portfolio',
    words: 'applications lifecycle owner',
    component: screen(() => import('./portfolio/portfolio.js'), 'Portfolio'),
  },
  {
    path: '/capabilities',
    view: 'capability-map',
    label: 'Capability map',
    words: 'business heat map',
    component: screen(() => import('./capabilities/capability-map.js'), 'CapabilityMap'),
  },
  {
    path: '/roadmap',
    view: 'application-roadmap',
    label: 'Roadmap',
    words: 'sunset gantt planned retired',
    component: screen(() => import('./roadmap/roadmap.js'), 'Roadmap'),
  },
  {
    path: '/impact',
    view: 'landscape',
    label: 'Impact',
    words: 'graph dependencies what breaks',
    component: screen(() => import('./impact/impact.js'), 'Impact'),
  },
  {
    path: '/servers',
    view: 'server-deployments',
    label: 'Servers',
    words: 'deployments environments hosts',
    component: screen(() => import('./servers/servers.js'), 'Servers'),
  },
  {
    path: '/organizations',
    view: 'organization-map',
    label: 'Organizations',
    words: 'teams owners departments',
    component: screen(() => import('./organizations/organizations.js'), 'Organizations'),
  },
  {
    path: '/changes',
    view: 'application-portfolio',
    label: 'What changed',
    words: 'difference between two dates compare',
    permission: 'time_travel',
    component: screen(() => import('./changes/changes.js'), 'Changes'),
  },
];
