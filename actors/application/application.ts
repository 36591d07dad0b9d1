import { z } from 'zod';
import { defineAggregate } from '../../src/core/define-aggregate.js';
import { AggregateId } from '../../src/core/envelope.js';
import { sets } from '../../src/core/field.js';
import { command } from '../../src/core/message.js';
import { refuse } from '../../src/core/refusal.js';
import { integratedWith } from '../integration-ends.js';
import { relatedTo } from '../relation-ends.js';
import {
  Classification,
  Correctable,
  Criticality,
  describing,
  Environment,
  Lifecycle,
  Name,
  NoReason,
  normalized,
  noted,
  Reason,
  refuseToLowerUnjustified,
  refuseWhileNeeded,
  Tag,
  tagging,
  takenBackJustified,
} from '../shared.js';
import { boundaries, consumption } from './boundaries.js';
import { correctionCommands, correctionEvents, decideCorrections } from './corrections.js';
import {
  decideDeployments,
  deploymentCommands,
  deploymentEvents,
  evolveDeployments,
} from './deployments.js';
import { evolveInterfaces, Interface, interfaceEvents } from './interface.js';
import { decideInterfaces, interfaceCommands, refusesInterfaces } from './interfaces.js';
import {
  chart,
  decideLifecycle,
  isImport,
  lifecycleCommands,
  lifecycleEvents,
  refusePastDate,
} from './lifecycle.js';
import {
  decideServices,
  evolveServices,
  refusesServices,
  Service,
  serviceCommands,
  serviceEvents,
} from './services.js';

const roles = ['architect', 'importer'] as const;
const ownerRoles = ['architect', 'owner', 'importer'] as const;
const capability = {
  capability: { of: 'BusinessCapability', by: 'capability_id', view: z.object({}) },
} as const;

/** A piece of software in the landscape, from plan to retirement. */
export const Application = defineAggregate({
  name: 'Application',
  summary: 'A piece of software in the landscape, from plan to retirement.',
  boundaries,
  ownership: { teams: ({ owner }) => [owner] },

  /** Its lifecycle is its status. */
  data: z.object({
    name: z.string().default(''),
    owner: z.string().default(''),
    description: z.string().nullable().default(null),
    tags: z.array(Tag).default([]),
    criticality: Criticality.nullable().default(null),
    data_classification: Classification.default('internal'),
    capability_id: z.string().nullable().default(null),
    deployments: z.array(z.object({ server_id: z.string(), environment: Environment })).default([]),
    sunset_date: z.string().nullable().default(null),
    services: z.record(z.string(), Service).default({}),
    interfaces: z.record(z.string(), Interface).default({}),
    correctable: Correctable.default({}),
  }),

  claims: {
    name: {
      key: ({ data: { name } }) => normalized(name),
      taken: 'NAME_TAKEN',
      what: 'the name',
    },
  },

  commands: {
    CreateApplication: command({
      summary: 'Record an application that is planned or active.',
      data: z.object({
        name: Name,
        owner: Name,
        data_classification: Classification,
        lifecycle: Lifecycle.default('planned'),
        capability_id: AggregateId.nullable().default(null),
      }),
      emits: ['ApplicationCreated'],
      roles,
      critical: true,
      references: capability,
    }),
    RenameApplication: sets('name', Name, {
      summary: 'Call the application something else.',
      event: 'ApplicationRenamed',
      also: { reason: NoReason },
      roles: ownerRoles,
    }),
    SetOwner: sets('owner', Name, {
      summary: 'Make someone else responsible for the application.',
      event: 'OwnerSet',
      also: { reason: NoReason },
      roles: ownerRoles,
    }),
    UpdateDescription: describing({
      summary: 'Describe the application in other words.',
      roles: ['owner', 'importer'],
    }),
    AddTags: tagging(['owner', 'architect', 'importer']),
    SetCriticality: sets('criticality', Criticality, {
      summary: 'Say how much would stand still without it; lowering it is sensitive.',
      event: 'CriticalitySet',
      also: { justification: Reason },
      roles,
      cleared: takenBackJustified(
        'ClearCriticality',
        'CriticalityCleared',
        'Leave open how much would stand still without it.',
      ),
    }),
    SetDataClassification: sets('data_classification', Classification, {
      summary: 'Say how far the data it holds may go.',
      event: 'DataClassificationChanged',
      as: 'classification',
      called: 'classification',
      what: 'the data classification',
      also: { reason: Reason },
      roles: ['security_officer', 'importer'],
      sensitive: true,
      critical: true,
      aliases: ['SetClassification'],
    }),
    AssignCapability: sets('capability_id', AggregateId, {
      summary: 'Say which business capability it supports.',
      event: 'CapabilityAssigned',
      bare: 'first',
      what: 'the capability',
      roles,
      aliases: ['AssignParentCapability', 'AssignToCapability'],
      references: capability,
      cleared: {
        command: 'RemoveCapability',
        summary: 'Say that it supports no business capability any more.',
        event: 'CapabilityRemoved',
        also: { reason: NoReason },
        aliases: ['RemoveFromCapability'],
      },
    }),
    ...deploymentCommands,
    ...lifecycleCommands,
    ...correctionCommands,
    DeleteApplication: command({
      summary: 'Delete the application; nothing may depend on it.',
      data: z.object({ reason: Reason }),
      emits: ['ApplicationDeleted'],
      roles: ['admin', 'importer'],
      boundaries: ['providers', 'integrations', 'relations'],
      sensitive: true,
      critical: true,
      approval: true,
    }),
    ...serviceCommands,
    ...interfaceCommands,
  },

  events: {
    ApplicationCreated: z.object({
      name: Name,
      owner: Name,
      data_classification: Classification,
      lifecycle: Lifecycle,
      capability_id: AggregateId.nullable(),
    }),
    ...deploymentEvents,
    ...lifecycleEvents,
    ...correctionEvents,
    ApplicationDeleted: z.object({ reason: Reason, approval_id: z.string() }),
    ...serviceEvents,
    ...interfaceEvents,
  },

  chart,
  evolve: {
    ApplicationCreated: ({ correctable }, { lifecycle: _, ...created }, meta) => ({
      ...created,
      correctable: noted(correctable, 'ApplicationCreated', meta),
    }),
    DataClassificationChanged: ({ correctable }, { new_classification }, meta) => ({
      data_classification: new_classification,
      correctable: noted(correctable, 'DataClassificationChanged', meta),
    }),
    DataClassificationCorrected: ({ correctable }, corrected, { event_id }) => ({
      data_classification: corrected.corrected_classification,
      correctable: noted(correctable, 'DataClassificationCorrected', {
        event_id,
        original_event_id: corrected.original_event_id,
      }),
    }),
    ...evolveDeployments,
    LifecycleTransitioned: (before, { sunset_date }, meta) => ({
      sunset_date: sunset_date ?? before.sunset_date,
      correctable: noted(before.correctable, 'LifecycleTransitioned', meta),
    }),
    ApplicationCancelled: ({ correctable }, _, meta) => ({
      correctable: noted(correctable, 'ApplicationCancelled', meta),
    }),
    ApplicationReinstated: ({ correctable }, _, meta) => ({
      sunset_date: null,
      correctable: noted(correctable, 'ApplicationReinstated', meta),
    }),
    LifecycleCorrected: (
      before,
      { corrected_lifecycle: now, original_event_id },
      { event_id },
    ) => ({
      sunset_date: now === 'planned' || now === 'active' ? null : before.sunset_date,
      correctable: noted(before.correctable, 'LifecycleCorrected', { event_id, original_event_id }),
    }),
    ...evolveServices,
    ...evolveInterfaces,
    ApplicationDeleted: null,
  },

  refuses: {
    SetCriticality: ({ data }, { criticality }, context) =>
      refuseToLowerUnjustified(data.criticality, criticality, context),
    RescheduleSunset: (_, { sunset_date }, context) => refusePastDate(sunset_date, context),
    ...refusesServices,
    ...refusesInterfaces,
  },

  decide: {
    CreateApplication: (_, created, context) => {
      const { lifecycle } = created;
      if (!isImport(context) && lifecycle !== 'planned' && lifecycle !== 'active')
        return refuse(
          'INVALID_LIFECYCLE_TRANSITION',
          `an application cannot start "${lifecycle}"; it can start "planned" or "active" (an import may record any)`,
          { details: { from: 'absent', to: lifecycle, allowed: ['planned', 'active'] } },
        );
      return [{ type: 'ApplicationCreated', data: created }];
    },
    ...decideDeployments,
    ...decideLifecycle,
    ...decideCorrections,
    DeleteApplication: ({ data }, { reason }, { id, approval_id, boundaries }) =>
      refuseWhileNeeded(`"${data.name}" cannot be deleted while something depends on it`, [
        ...consumption(id, boundaries.providers),
        ...integratedWith(id, boundaries.integrations),
        ...relatedTo(
          [id, ...Object.keys(data.services), ...Object.keys(data.interfaces)],
          boundaries.relations,
        ),
      ]) ?? [{ type: 'ApplicationDeleted', data: { reason, approval_id: approval_id! } }],
    ...decideServices,
    ...decideInterfaces,
  },
});
