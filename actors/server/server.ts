import { z } from 'zod';
import { defineAggregate } from '../../src/core/define-aggregate.js';
import { sets } from '../../src/core/field.js';
import { command } from '../../src/core/message.js';
import { relationEnds } from '../relation-ends.js';
import {
  Criticality,
  Environment,
  Hostname,
  Name,
  normalized,
  Reason,
  refuseToLowerUnjustified,
  refuseWhileNeeded,
  Tag,
  tagging,
  takenBack,
} from '../shared.js';
import { dependentsOf, deployments, runningOn } from './deployments.js';

const roles = ['platform_ops', 'importer'] as const;

/** A machine, real or virtual, that applications run on. */
export const Server = defineAggregate({
  name: 'Server',
  summary: 'A machine, real or virtual, or a platform, that applications run on.',
  aliases: ['Node'],
  boundaries: { deployments, relations: relationEnds },

  data: z.object({
    hostname: z.string().default(''),
    environment: Environment.default('dev'),
    criticality: Criticality.default('low'),
    region: z.string().nullable().default(null),
    platform: z.string().nullable().default(null),
    owning_team: z.string().nullable().default(null),
    tags: z.array(Tag).default([]),
  }),

  claims: {
    hostname: {
      key: ({ data: { hostname } }) => normalized(hostname),
      taken: 'NAME_TAKEN',
      what: 'the host name',
    },
  },

  commands: {
    CreateServer: command({
      summary: 'Record a server that is in service.',
      data: z.object({
        hostname: Hostname,
        environment: Environment,
        criticality: Criticality,
        region: Name.nullable().default(null),
        platform: Name.nullable().default(null),
      }),
      emits: ['ServerCreated'],
      roles,
      critical: true,
    }),
    RenameHost: sets('hostname', Hostname, {
      summary: 'Give the server another host name.',
      event: 'HostnameChanged',
      what: 'the host name',
      roles,
      aliases: ['RenameServer'],
    }),
    MoveToEnvironment: sets('environment', Environment, {
      summary: 'Use the server in another environment; nothing may be deployed on it.',
      event: 'EnvironmentChanged',
      also: { reason: Reason },
      roles,
      boundaries: ['deployments'],
    }),
    MoveToRegion: sets('region', Name, {
      summary: 'Record that the server stands in another region.',
      event: 'RegionChanged',
      cleared: takenBack(
        'ClearRegion',
        'RegionCleared',
        'Say that no region of the server is known.',
      ),
      roles,
    }),
    ReplatformServer: sets('platform', Name, {
      summary: 'Record that the server runs on another platform.',
      event: 'PlatformChanged',
      cleared: takenBack(
        'ClearPlatform',
        'PlatformCleared',
        'Say that no platform of the server is known.',
      ),
      roles,
    }),
    SetServerCriticality: sets('criticality', Criticality, {
      summary: 'Say how much would stand still without the server; lowering it needs a reason.',
      event: 'CriticalitySet',
      roles,
      aliases: ['SetCriticality'],
    }),
    AssignOwningTeam: sets('owning_team', Name, {
      summary: 'Make a team responsible for the server.',
      event: 'OwningTeamAssigned',
      cleared: takenBack(
        'RemoveOwningTeam',
        'OwningTeamRemoved',
        'Say that no team is responsible for the server.',
      ),
      as: 'team',
      roles,
    }),
    AddTags: tagging(roles),
    DecommissionServer: command({
      summary: 'Take the server out of service; nothing may depend on it.',
      data: z.object({ reason: Reason }),
      emits: ['ServerDecommissioned'],
      roles,
      sensitive: true,
      boundaries: ['deployments', 'relations'],
    }),
    DeleteServer: command({
      summary: 'Delete the server; nothing may depend on it.',
      data: z.object({ reason: Reason }),
      emits: ['ServerDeleted'],
      roles: ['admin', 'importer'],
      sensitive: true,
      critical: true,
      boundaries: ['deployments', 'relations'],
    }),
  },

  events: {
    ServerCreated: z.object({
      hostname: Hostname,
      environment: Environment,
      criticality: Criticality,
      region: Name.nullable(),
      platform: Name.nullable(),
    }),
    ServerDecommissioned: z.object({ reason: Reason }),
    ServerDeleted: z.object({ reason: Reason }),
  },

  editable: ['in_service'],
  chart: {
    initial: 'absent',
    states: {
      absent: { on: { ServerCreated: 'in_service' } },
      in_service: { on: { ServerDecommissioned: 'decommissioned', ServerDeleted: 'deleted' } },
      decommissioned: { on: { ServerDeleted: 'deleted' } },
      deleted: { kind: 'deleted' },
    },
  },

  evolve: {
    ServerCreated: (_, created) => created,
    ServerDecommissioned: null,
    ServerDeleted: null,
  },

  refuses: {
    MoveToEnvironment: ({ data: { hostname } }, { environment }, { id, boundaries }) =>
      refuseWhileNeeded(
        `${hostname} cannot be moved to "${environment}" while applications are deployed on it`,
        runningOn(id, boundaries.deployments),
      ),
    SetServerCriticality: ({ data }, { criticality }, context) =>
      refuseToLowerUnjustified(data.criticality, criticality, context),
  },

  decide: {
    CreateServer: (_, created) => [{ type: 'ServerCreated', data: created }],
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
