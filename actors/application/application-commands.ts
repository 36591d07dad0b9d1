import { z } from 'zod';
import { AggregateId } from '../../src/core/envelope.js';
import { command } from '../../src/core/message.js';
import {
  CalendarDate,
  Classification,
  Criticality,
  Description,
  Environment,
  EventId,
  Lifecycle,
  Name,
  Reason,
  Tags,
} from '../shared.js';

const CapabilityId = AggregateId.nullable();
const NoReason = Reason.nullable().default(null);

/** What an application itself can be told, not its services and interfaces. */
export const applicationCommands = {
  CreateApplication: command({
    summary: 'Record an application that is planned or active.',
    data: z.object({
      name: Name,
      owner: Name,
      data_classification: Classification,
      lifecycle: Lifecycle.default('planned'),
      capability_id: CapabilityId.default(null),
    }),
    emits: ['ApplicationCreated'],
    roles: ['architect', 'importer'],
    critical: true,
    references: {
      capability: { of: 'BusinessCapability', by: 'capability_id', view: z.object({}) },
    },
  }),
  RenameApplication: command({
    summary: 'Call the application something else.',
    data: z.object({ name: Name, reason: NoReason }),
    emits: ['ApplicationRenamed'],
    roles: ['architect', 'owner', 'importer'],
    sets: { name: { to: 'name' } },
  }),
  SetOwner: command({
    summary: 'Make someone else responsible for the application.',
    data: z.object({ owner: Name, reason: NoReason }),
    emits: ['OwnerSet'],
    roles: ['architect', 'owner', 'importer'],
    sets: { owner: { to: 'owner' } },
  }),
  UpdateDescription: command({
    summary: 'Describe the application in other words.',
    data: z.object({ description: Description }),
    emits: ['DescriptionUpdated'],
    roles: ['owner', 'importer'],
    sets: { description: { to: 'description' } },
  }),
  AddTags: command({
    summary: 'Add tags; those it has already are left out.',
    data: z.object({ tags: Tags }),
    emits: ['TagsAdded'],
    roles: ['owner', 'architect', 'importer'],
    sets: { tags: { add: 'tags' } },
  }),
  RemoveTags: command({
    summary: 'Remove tags; those it does not have are left out.',
    data: z.object({ tags: Tags }),
    emits: ['TagsRemoved'],
    roles: ['owner', 'architect', 'importer'],
    sets: { tags: { remove: 'tags' } },
  }),
  SetCriticality: command({
    summary: 'Say how much would stand still without it; lowering it is sensitive.',
    data: z.object({ criticality: Criticality, justification: Reason }),
    emits: ['CriticalitySet'],
    roles: ['architect', 'importer'],
    sets: { criticality: { to: 'criticality' } },
  }),
  SetDataClassification: command({
    summary: 'Say how far the data it holds may go.',
    data: z.object({ classification: Classification, reason: Reason }),
    emits: ['DataClassificationChanged'],
    roles: ['security_officer', 'importer'],
    sets: { data_classification: { to: 'classification' } },
    sensitive: true,
    critical: true,
    aliases: ['SetClassification'],
  }),
  CorrectDataClassification: command({
    summary: 'Correct an event that set the wrong data classification.',
    data: z.object({
      corrects_event_id: EventId,
      corrected_value: Classification,
      correction_reason: Reason,
    }),
    emits: ['DataClassificationCorrected'],
    roles: ['admin'],
    sensitive: true,
    critical: true,
    approval: true,
  }),
  AssignCapability: command({
    summary: 'Say which business capability it supports.',
    data: z.object({ capability_id: AggregateId }),
    emits: ['CapabilityAssigned'],
    roles: ['architect', 'importer'],
    sets: { capability_id: { to: 'capability_id' } },
    aliases: ['AssignParentCapability', 'AssignToCapability'],
    references: {
      capability: { of: 'BusinessCapability', by: 'capability_id', view: z.object({}) },
    },
  }),
  RemoveCapability: command({
    summary: 'Say that it supports no business capability any more.',
    data: z.object({ reason: NoReason }),
    emits: ['CapabilityRemoved'],
    roles: ['architect', 'importer'],
    sets: { capability_id: 'clear' },
    aliases: ['RemoveFromCapability'],
  }),
  AssignToServer: command({
    summary: 'Deploy it on a server; without an environment, in that of the server.',
    data: z.object({
      server_id: AggregateId,
      environment: Environment.nullable().default(null),
    }),
    emits: ['DeployedToServer'],
    roles: ['platform_ops', 'importer'],
    aliases: ['DeployToServer', 'Deploy'],
    references: {
      server: {
        of: 'Server',
        by: 'server_id',
        view: z.object({ environment: Environment }),
      },
    },
  }),
  RemoveFromServer: command({
    summary: 'Record that it does not run on a server any more.',
    data: z.object({ server_id: AggregateId, environment: Environment, reason: NoReason }),
    emits: ['UndeployedFromServer'],
    roles: ['platform_ops', 'importer'],
    aliases: ['UndeployFromServer', 'Undeploy'],
  }),
  TransitionLifecycle: command({
    summary: 'Take it one step further: planned, active, deprecated, retired.',
    data: z.object({
      target_lifecycle: Lifecycle,
      sunset_date: CalendarDate.nullable().default(null),
    }),
    emits: ['LifecycleTransitioned'],
    roles: ['architect', 'importer'],
    sets: { lifecycle: { to: 'target_lifecycle' }, sunset_date: { to: 'sunset_date' } },
  }),
  RescheduleSunset: command({
    summary: 'Set another date for the end of a deprecated application.',
    data: z.object({ sunset_date: CalendarDate, reason: Reason }),
    emits: ['SunsetRescheduled'],
    roles: ['architect', 'importer'],
    sets: { sunset_date: { to: 'sunset_date' } },
  }),
  CancelPlannedApplication: command({
    summary: 'Give up a plan before it became active.',
    data: z.object({ reason: Reason }),
    emits: ['ApplicationCancelled'],
    roles: ['architect', 'importer'],
    sensitive: true,
    aliases: ['CancelApplication'],
  }),
  ReinstateApplication: command({
    summary: 'Keep a deprecated application after all.',
    data: z.object({ reason: Reason }),
    emits: ['ApplicationReinstated'],
    roles: ['architect', 'importer'],
    sensitive: true,
    approval: true,
  }),
  CorrectLifecycle: command({
    summary: 'Correct an event that put it in the wrong lifecycle.',
    data: z.object({
      corrects_event_id: EventId,
      corrected_value: Lifecycle,
      reason: Reason,
    }),
    emits: ['LifecycleCorrected'],
    // An import tells histories in which things came back.
    roles: ['admin', 'importer'],
    sensitive: true,
    approval: true,
  }),
  CorrectionCommand: command({
    summary: 'Correct an event, in the general form: what is corrected follows from its type.',
    data: z.object({
      corrects_event_id: EventId,
      correction_reason: Reason,
      corrected_value: z.string(),
    }),
    emits: ['DataClassificationCorrected', 'LifecycleCorrected'],
    roles: ['admin'],
    sensitive: true,
    critical: true,
    approval: true,
  }),
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
};
