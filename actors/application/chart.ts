import type { Chart } from '../../src/core/chart.js';

/** Of services and interfaces: what they may go through is said by their own status. */
const parts = {
  ServiceOffered: {},
  ServiceSlaChanged: {},
  ServiceCapabilityChanged: {},
  ServiceConsumerAdded: {},
  ServiceConsumerRemoved: {},
  ServiceWithdrawn: {},
  InterfaceExposed: {},
  InterfaceLinked: {},
  InterfaceUnlinked: {},
  InterfaceEndpointMoved: {},
  SpecificationPublished: {},
  AuthenticationSet: {},
  RateLimitsSet: {},
  InterfaceDeprecated: {},
  InterfaceRetired: {},
} as const;
/** What stays possible when it is retired: to say what is known of it, and where it still runs. */
const facts = {
  OwnerSet: {},
  DescriptionUpdated: {},
  TagsAdded: {},
  TagsRemoved: {},
  DataClassificationChanged: {},
  DataClassificationCorrected: {},
  CapabilityAssigned: {},
  CapabilityRemoved: {},
  DeployedToServer: {},
  UndeployedFromServer: {},
  ...parts,
} as const;
const changes = { ...facts, ApplicationRenamed: {}, CriticalitySet: {} } as const;
const anyLifecycle = {
  planned: 'planned',
  active: 'active',
  deprecated: 'deprecated',
  retired: 'retired',
} as const;
const always = {
  LifecycleCorrected: { by: 'corrected_lifecycle', to: anyLifecycle },
  ApplicationDeleted: 'deleted',
} as const;

/** Its lifecycle: planned, active, deprecated, retired; backwards by correction only. */
export const chart = {
  initial: 'absent',
  states: {
    absent: { on: { ApplicationCreated: { by: 'lifecycle', to: anyLifecycle } } },
    planned: {
      on: {
        ...changes,
        ...always,
        LifecycleTransitioned: { by: 'to_lifecycle', to: { active: 'active' } },
        ApplicationCancelled: 'retired',
      },
    },
    active: {
      on: {
        ...changes,
        ...always,
        LifecycleTransitioned: { by: 'to_lifecycle', to: { deprecated: 'deprecated' } },
      },
    },
    deprecated: {
      on: {
        ...changes,
        ...always,
        LifecycleTransitioned: { by: 'to_lifecycle', to: { retired: 'retired' } },
        SunsetRescheduled: {},
        ApplicationReinstated: 'active',
      },
    },
    retired: { on: { ...facts, ...always } },
    deleted: { kind: 'deleted' },
  },
} as const satisfies Chart;
