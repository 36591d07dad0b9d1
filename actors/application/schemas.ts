import { z } from 'zod';
import { AggregateId } from '../../src/core/envelope.js';
import { command } from '../../src/core/message.js';
import {
  CalendarDate,
  Classification,
  Correctable,
  Criticality,
  Description,
  Environment,
  EventId,
  Lifecycle,
  Name,
  Reason,
  Tag,
  Tags,
} from '../shared.js';

const CapabilityId = AggregateId.nullable();
const NoReason = Reason.nullable().default(null);

export const events = {
  ApplicationCreated: z.object({
    name: Name,
    owner: Name,
    data_classification: Classification,
    lifecycle: Lifecycle,
    capability_id: CapabilityId,
  }),
  ApplicationRenamed: z.object({
    previous_name: Name,
    new_name: Name,
    reason: Reason.nullable(),
  }),
  OwnerSet: z.object({ previous_owner: Name, new_owner: Name, reason: Reason.nullable() }),
  DescriptionUpdated: z.object({
    previous_description: Description.nullable(),
    description: Description,
  }),
  TagsAdded: z.object({ tags: Tags }),
  TagsRemoved: z.object({ tags: Tags }),
  CriticalitySet: z.object({
    previous_criticality: Criticality.nullable(),
    new_criticality: Criticality,
    justification: Reason,
  }),
  DataClassificationChanged: z.object({
    previous_classification: Classification,
    new_classification: Classification,
    reason: Reason,
  }),
  DataClassificationCorrected: z.object({
    original_event_id: EventId,
    previous_classification: Classification,
    corrected_classification: Classification,
    reason: Reason,
    approval_id: z.string(),
  }),
  CapabilityAssigned: z.object({
    capability_id: AggregateId,
    previous_capability_id: CapabilityId,
  }),
  CapabilityRemoved: z.object({
    previous_capability_id: AggregateId,
    reason: Reason.nullable(),
  }),
  DeployedToServer: z.object({
    server_id: AggregateId,
    environment: Environment,
    previous_server_ids: z.array(AggregateId),
  }),
  UndeployedFromServer: z.object({
    server_id: AggregateId,
    environment: Environment,
    remaining_server_ids: z.array(AggregateId),
    reason: Reason.nullable(),
  }),
  LifecycleTransitioned: z.object({
    from_lifecycle: Lifecycle,
    to_lifecycle: Lifecycle,
    sunset_date: CalendarDate.nullable(),
  }),
  SunsetRescheduled: z.object({
    previous_sunset_date: CalendarDate.nullable(),
    new_sunset_date: CalendarDate,
    reason: Reason,
  }),
  ApplicationCancelled: z.object({ reason: Reason }),
  ApplicationReinstated: z.object({
    previous_sunset_date: CalendarDate.nullable(),
    reason: Reason,
  }),
  LifecycleCorrected: z.object({
    original_event_id: EventId,
    previous_lifecycle: Lifecycle,
    corrected_lifecycle: Lifecycle,
    reason: Reason,
    approval_id: z.string(),
  }),
  ApplicationDeleted: z.object({ reason: Reason, approval_id: z.string() }),
};

export const commands = {
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
    roles: ['architect', 'owner'],
  }),
  SetOwner: command({
    summary: 'Make someone else responsible for the application.',
    data: z.object({ owner: Name, reason: NoReason }),
    emits: ['OwnerSet'],
    roles: ['architect', 'owner'],
  }),
  UpdateDescription: command({
    summary: 'Describe the application in other words.',
    data: z.object({ description: Description }),
    emits: ['DescriptionUpdated'],
    roles: ['owner'],
  }),
  AddTags: command({
    summary: 'Add tags; those it has already are left out.',
    data: z.object({ tags: Tags }),
    emits: ['TagsAdded'],
    roles: ['owner', 'architect'],
  }),
  RemoveTags: command({
    summary: 'Remove tags; those it does not have are left out.',
    data: z.object({ tags: Tags }),
    emits: ['TagsRemoved'],
    roles: ['owner', 'architect'],
  }),
  SetCriticality: command({
    summary: 'Say how much would stand still without it; lowering it is sensitive.',
    data: z.object({ criticality: Criticality, justification: Reason }),
    emits: ['CriticalitySet'],
    roles: ['architect'],
  }),
  SetDataClassification: command({
    summary: 'Say how far the data it holds may go.',
    data: z.object({ classification: Classification, reason: Reason }),
    emits: ['DataClassificationChanged'],
    roles: ['security_officer'],
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
    aliases: ['RemoveFromCapability'],
  }),
  AssignToServer: command({
    summary: 'Deploy it on a server; without an environment, in that of the server.',
    data: z.object({
      server_id: AggregateId,
      environment: Environment.nullable().default(null),
    }),
    emits: ['DeployedToServer'],
    roles: ['platform_ops'],
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
    roles: ['platform_ops'],
    aliases: ['UndeployFromServer', 'Undeploy'],
  }),
  TransitionLifecycle: command({
    summary: 'Take it one step further: planned, active, deprecated, retired.',
    data: z.object({
      target_lifecycle: Lifecycle,
      sunset_date: CalendarDate.nullable().default(null),
    }),
    emits: ['LifecycleTransitioned'],
    roles: ['architect'],
  }),
  RescheduleSunset: command({
    summary: 'Set another date for the end of a deprecated application.',
    data: z.object({ sunset_date: CalendarDate, reason: Reason }),
    emits: ['SunsetRescheduled'],
    roles: ['architect'],
  }),
  CancelPlannedApplication: command({
    summary: 'Give up a plan before it became active.',
    data: z.object({ reason: Reason }),
    emits: ['ApplicationCancelled'],
    roles: ['architect'],
    sensitive: true,
    aliases: ['CancelApplication'],
  }),
  ReinstateApplication: command({
    summary: 'Keep a deprecated application after all.',
    data: z.object({ reason: Reason }),
    emits: ['ApplicationReinstated'],
    roles: ['architect'],
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
    roles: ['admin'],
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
    summary: 'Delete the application.',
    data: z.object({ reason: Reason }),
    emits: ['ApplicationDeleted'],
    roles: ['admin'],
    sensitive: true,
    critical: true,
    approval: true,
  }),
};

/** What is known of an application. Its lifecycle is its status. */
export const data = z.object({
  name: z.string().default(''),
  owner: z.string().default(''),
  description: z.string().nullable().default(null),
  tags: z.array(Tag).default([]),
  criticality: Criticality.nullable().default(null),
  data_classification: Classification.default('internal'),
  capability_id: z.string().nullable().default(null),
  deployments: z.array(z.object({ server_id: z.string(), environment: Environment })).default([]),
  sunset_date: z.string().nullable().default(null),
  correctable: Correctable.default({}),
});

export type ApplicationData = z.output<typeof data>;
