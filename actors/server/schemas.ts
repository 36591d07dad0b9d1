import { z } from 'zod';
import { command } from '../../src/core/message.js';
import { Criticality, Environment, Hostname, Name, Reason, Tag, Tags } from '../shared.js';

export const events = {
  ServerCreated: z.object({
    hostname: Hostname,
    environment: Environment,
    criticality: Criticality,
    region: Name.nullable(),
    platform: Name.nullable(),
  }),
  HostnameChanged: z.object({ previous_hostname: Hostname, new_hostname: Hostname }),
  EnvironmentChanged: z.object({
    previous_environment: Environment,
    new_environment: Environment,
    reason: Reason,
  }),
  RegionChanged: z.object({ previous_region: Name.nullable(), new_region: Name }),
  PlatformChanged: z.object({ previous_platform: Name.nullable(), new_platform: Name }),
  CriticalitySet: z.object({ previous_criticality: Criticality, new_criticality: Criticality }),
  OwningTeamAssigned: z.object({
    previous_owning_team: Name.nullable(),
    new_owning_team: Name,
  }),
  TagsAdded: z.object({ tags: Tags }),
  TagsRemoved: z.object({ tags: Tags }),
  ServerDecommissioned: z.object({ reason: Reason }),
  ServerDeleted: z.object({ reason: Reason }),
};

export const commands = {
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
    roles: ['platform_ops', 'importer'],
    critical: true,
  }),
  RenameHost: command({
    summary: 'Give the server another host name.',
    data: z.object({ hostname: Hostname }),
    emits: ['HostnameChanged'],
    roles: ['platform_ops', 'importer'],
    sets: { hostname: { to: 'hostname' } },
    aliases: ['RenameServer'],
  }),
  MoveToEnvironment: command({
    summary: 'Use the server in another environment; nothing may be deployed on it.',
    data: z.object({ environment: Environment, reason: Reason }),
    emits: ['EnvironmentChanged'],
    roles: ['platform_ops', 'importer'],
    sets: { environment: { to: 'environment' } },
    boundaries: ['deployments'],
  }),
  MoveToRegion: command({
    summary: 'Record that the server stands in another region.',
    data: z.object({ region: Name }),
    emits: ['RegionChanged'],
    roles: ['platform_ops', 'importer'],
    sets: { region: { to: 'region' } },
  }),
  ReplatformServer: command({
    summary: 'Record that the server runs on another platform.',
    data: z.object({ platform: Name }),
    emits: ['PlatformChanged'],
    roles: ['platform_ops', 'importer'],
    sets: { platform: { to: 'platform' } },
  }),
  SetServerCriticality: command({
    summary: 'Say how much would stand still without the server; lowering it needs a reason.',
    data: z.object({ criticality: Criticality }),
    emits: ['CriticalitySet'],
    roles: ['platform_ops', 'importer'],
    sets: { criticality: { to: 'criticality' } },
    aliases: ['SetCriticality'],
  }),
  AssignOwningTeam: command({
    summary: 'Make a team responsible for the server.',
    data: z.object({ team: Name }),
    emits: ['OwningTeamAssigned'],
    roles: ['platform_ops', 'importer'],
    sets: { owning_team: { to: 'team' } },
  }),
  AddTags: command({
    summary: 'Add tags; those it has already are left out.',
    data: z.object({ tags: Tags }),
    emits: ['TagsAdded'],
    roles: ['platform_ops', 'importer'],
    sets: { tags: { add: 'tags' } },
  }),
  RemoveTags: command({
    summary: 'Remove tags; those it does not have are left out.',
    data: z.object({ tags: Tags }),
    emits: ['TagsRemoved'],
    roles: ['platform_ops', 'importer'],
    sets: { tags: { remove: 'tags' } },
  }),
  DecommissionServer: command({
    summary: 'Take the server out of service; nothing may depend on it.',
    data: z.object({ reason: Reason }),
    emits: ['ServerDecommissioned'],
    roles: ['platform_ops', 'importer'],
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
};

/** What is known of a server. */
export const data = z.object({
  hostname: z.string().default(''),
  environment: Environment.default('dev'),
  criticality: Criticality.default('low'),
  region: z.string().nullable().default(null),
  platform: z.string().nullable().default(null),
  owning_team: z.string().nullable().default(null),
  tags: z.array(Tag).default([]),
});
