import type { Roles } from '../src/core/access.js';

/**
 * Who there is and what they may see. Which commands a role may send is said by each command.
 * `importer` sends what a model says of the landscape, and only as an import.
 */
export const roles = {
  viewer: { summary: 'Sees the landscape as it is.', may: ['read'] },
  analyst: {
    summary: 'Sees the landscape as it is and as it was, and takes lists away.',
    may: ['read', 'time_travel', 'export'],
  },
  owner: {
    summary: 'Looks after the applications of their own teams.',
    may: ['read', 'time_travel'],
    ownedOnly: true,
  },
  architect: {
    summary: 'Shapes the landscape: capabilities, applications, relations, lifecycles.',
    may: ['read', 'time_travel', 'events', 'export'],
  },
  platform_ops: {
    summary: 'Runs servers, deployments and endpoints, and Stele itself.',
    may: ['read', 'events', 'operate'],
  },
  data_steward: { summary: 'Looks after data entities.', may: ['read', 'time_travel'] },
  security_officer: {
    summary: 'Classifies data, and sees who did what.',
    may: ['read', 'time_travel', 'events', 'audit', 'export'],
  },
  reviewer: { summary: 'Approves or rejects changes.', may: ['read', 'time_travel'] },
  admin: {
    summary: 'Deletes, corrects, operates.',
    may: ['read', 'time_travel', 'events', 'audit', 'export', 'operate'],
  },
  importer: {
    summary: 'A service that brings in models; counts only for imports.',
    may: ['read', 'import'],
    sources: ['import'],
  },
  historian: {
    summary: 'With importer: brings in histories, with who did what and when it was so.',
    may: ['read', 'history'],
    sources: ['import'],
  },
  relay: {
    summary: 'Besides another role: a service that passes on, by webhook, what others tell it.',
    may: ['webhook'],
  },
  auditor: {
    summary: 'Sees everything that ever happened, and changes nothing.',
    may: ['read', 'time_travel', 'events', 'audit', 'export'],
  },
} as const satisfies Roles;
