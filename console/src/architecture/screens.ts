import { lazy } from 'react';
import { sayApprovals } from '../forms/approvals.js';
import { wordsOf } from '../forms/words.js';
import type { Screen } from '../shell/nav.js';
import { sayTones } from '../ui/tone.js';

sayTones({
  planned: 'planned',
  active: 'good',
  deprecated: 'warn',
  retired: 'calm',
  deleted: 'calm',
  cancelled: 'calm',
  low: 'calm',
  medium: 'info',
  high: 'warn',
  critical: 'bad',
  public: 'calm',
  internal: 'info',
  confidential: 'warn',
  restricted: 'bad',
  in_service: 'good',
  decommissioned: 'calm',
  requested: 'planned',
  approved: 'good',
  rejected: 'bad',
  withdrawn: 'calm',
  expired: 'calm',
  open: 'warn',
  assigned: 'info',
  resolved: 'good',
  dismissed: 'calm',
  offered: 'good',
});

sayApprovals({
  plural: 'change-approvals',
  usable: { status: 'approved' },
  command: 'RequestApproval',
  request: ({ command_type, aggregate_type, aggregate_id = null, name }) => ({
    title: `${wordsOf(command_type)} of ${name ?? aggregate_id ?? `any ${aggregate_type}`}`,
    covers: [{ command_type, aggregate_type, aggregate_id }],
  }),
});

/** What architects look at: the Enterprise Architecture tool. */
export const architectureScreens: readonly Screen[] = [
  {
    path: '/portfolio',
    view: 'application-portfolio',
    label: 'Portfolio',
    words: 'applications lifecycle owner',
    component: lazy(async () => ({
      default: (await import('./portfolio/portfolio.js')).Portfolio,
    })),
  },
  {
    path: '/capabilities',
    view: 'capability-map',
    label: 'Capability map',
    words: 'business heat map',
    component: lazy(async () => ({
      default: (await import('./capabilities/capability-map.js')).CapabilityMap,
    })),
  },
  {
    path: '/roadmap',
    view: 'application-roadmap',
    label: 'Roadmap',
    words: 'sunset gantt planned retired',
    component: lazy(async () => ({ default: (await import('./roadmap/roadmap.js')).Roadmap })),
  },
  {
    path: '/impact',
    view: 'landscape',
    label: 'Impact',
    words: 'graph dependencies what breaks',
    component: lazy(async () => ({ default: (await import('./impact/impact.js')).Impact })),
  },
  {
    path: '/servers',
    view: 'server-deployments',
    label: 'Servers',
    words: 'deployments environments hosts',
    component: lazy(async () => ({ default: (await import('./servers/servers.js')).Servers })),
  },
  {
    path: '/organizations',
    view: 'organization-map',
    label: 'Organizations',
    words: 'teams owners departments',
    component: lazy(async () => ({
      default: (await import('./organizations/organizations.js')).Organizations,
    })),
  },
  {
    path: '/changes',
    view: 'application-portfolio',
    label: 'What changed',
    words: 'difference between two dates compare',
    permission: 'time_travel',
    component: lazy(async () => ({ default: (await import('./changes/changes.js')).Changes })),
  },
];
