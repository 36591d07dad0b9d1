import { defineAggregate } from '../../src/core/aggregate.js';
import { relationEnds } from '../relation-ends.js';
import {
  normalized,
  refuseToLowerUnjustified,
  refuseWhileNeeded,
  tagsFound,
  tagsMissing,
  unchanged,
} from '../shared.js';
import { dependentsOf, deployments, runningOn } from './deployments.js';
import { commands, data, events } from './schemas.js';

const edits = {
  HostnameChanged: {},
  EnvironmentChanged: {},
  RegionChanged: {},
  PlatformChanged: {},
  CriticalitySet: {},
  OwningTeamAssigned: {},
  TagsAdded: {},
  TagsRemoved: {},
} as const;

/** A machine, real or virtual, that applications run on. */
export const Server = defineAggregate({
  name: 'Server',
  summary: 'A machine, real or virtual, or a platform, that applications run on.',
  aliases: ['Node'],

  commands,
  events,
  data,
  boundaries: { deployments, relations: relationEnds },

  chart: {
    initial: 'absent',
    states: {
      absent: { on: { ServerCreated: 'in_service' } },
      in_service: {
        on: { ...edits, ServerDecommissioned: 'decommissioned', ServerDeleted: 'deleted' },
      },
      decommissioned: { on: { ServerDeleted: 'deleted' } },
      deleted: { kind: 'deleted' },
    },
  },

  claims: {
    hostname: {
      key: ({ data: { hostname } }) => normalized(hostname),
      taken: 'NAME_TAKEN',
      what: 'the host name',
    },
  },

  evolve: {
    ServerCreated: (_, created) => created,
    HostnameChanged: (_, { new_hostname }) => ({ hostname: new_hostname }),
    EnvironmentChanged: (_, { new_environment }) => ({ environment: new_environment }),
    RegionChanged: (_, { new_region }) => ({ region: new_region }),
    PlatformChanged: (_, { new_platform }) => ({ platform: new_platform }),
    CriticalitySet: (_, { new_criticality }) => ({ criticality: new_criticality }),
    OwningTeamAssigned: (_, { new_owning_team }) => ({ owning_team: new_owning_team }),
    TagsAdded: ({ tags }, added) => ({ tags: [...tags, ...tagsMissing(tags, added.tags)] }),
    TagsRemoved: ({ tags }, removed) => ({ tags: tagsMissing(removed.tags, tags) }),
    ServerDecommissioned: null,
    ServerDeleted: null,
  },

  decide: {
    CreateServer: (_, created) => [{ type: 'ServerCreated', data: created }],
    RenameHost: ({ data: { hostname: previous_hostname } }, { hostname }) =>
      hostname === previous_hostname
        ? unchanged('the host name', hostname)
        : [{ type: 'HostnameChanged', data: { previous_hostname, new_hostname: hostname } }],
    MoveToEnvironment: ({ data }, { environment, reason }, { id, boundaries }) => {
      const { environment: previous_environment, hostname } = data;
      if (environment === previous_environment) return unchanged('the environment', environment);
      return (
        refuseWhileNeeded(
          `${hostname} cannot be moved to "${environment}" while applications are deployed on it`,
          runningOn(id, boundaries.deployments),
        ) ?? [
          {
            type: 'EnvironmentChanged',
            data: { previous_environment, new_environment: environment, reason },
          },
        ]
      );
    },
    MoveToRegion: ({ data: { region: previous_region } }, { region }) =>
      region === previous_region
        ? unchanged('the region', region)
        : [{ type: 'RegionChanged', data: { previous_region, new_region: region } }],
    ReplatformServer: ({ data: { platform: previous_platform } }, { platform }) =>
      platform === previous_platform
        ? unchanged('the platform', platform)
        : [{ type: 'PlatformChanged', data: { previous_platform, new_platform: platform } }],
    SetServerCriticality: ({ data }, { criticality }, context) => {
      const { criticality: previous_criticality } = data;
      if (criticality === previous_criticality) return unchanged('the criticality', criticality);
      return (
        refuseToLowerUnjustified(previous_criticality, criticality, context) ?? [
          { type: 'CriticalitySet', data: { previous_criticality, new_criticality: criticality } },
        ]
      );
    },
    AssignOwningTeam: ({ data: { owning_team: previous_owning_team } }, { team }) =>
      team === previous_owning_team
        ? unchanged('the owning team', team)
        : [{ type: 'OwningTeamAssigned', data: { previous_owning_team, new_owning_team: team } }],
    AddTags: ({ data }, { tags }) => {
      const added = tagsMissing(data.tags, tags);
      return added.length === 0 ? [] : [{ type: 'TagsAdded', data: { tags: added } }];
    },
    RemoveTags: ({ data }, { tags }) => {
      const removed = tagsFound(data.tags, tags);
      return removed.length === 0 ? [] : [{ type: 'TagsRemoved', data: { tags: removed } }];
    },
    DecommissionServer: ({ data: { hostname } }, { reason }, { id, boundaries }) =>
      refuseWhileNeeded(
        `${hostname} cannot be decommissioned while something depends on it`,
        dependentsOf(id, boundaries),
      ) ?? [{ type: 'ServerDecommissioned', data: { reason } }],
    DeleteServer: ({ data: { hostname } }, { reason }, { id, boundaries }) =>
      refuseWhileNeeded(
        `${hostname} cannot be deleted while something depends on it`,
        dependentsOf(id, boundaries),
      ) ?? [{ type: 'ServerDeleted', data: { reason } }],
  },
});
