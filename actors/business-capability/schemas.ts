import { z } from 'zod';
import { AggregateId } from '../../src/core/envelope.js';
import { command } from '../../src/core/message.js';
import {
  Correctable,
  Criticality,
  Description,
  EventId,
  Name,
  Reason,
  Tag,
  Tags,
} from '../shared.js';

/** The id of the capability above; null = none. */
export const ParentId = AggregateId.nullable();
const NoReason = Reason.nullable().default(null);

/** How much the organization's success hangs on it: the same scale as criticality. */
const Importance = Criticality;

export const events = {
  CapabilityCreated: z.object({
    name: Name,
    parent_id: ParentId,
    description: Description.nullable(),
  }),
  ParentAssigned: z.object({ parent_id: AggregateId, previous_parent_id: ParentId }),
  ParentRemoved: z.object({ previous_parent_id: AggregateId, reason: Reason }),
  CapabilityRenamed: z.object({
    previous_name: Name,
    new_name: Name,
    reason: Reason.nullable(),
  }),
  DescriptionUpdated: z.object({
    previous_description: Description.nullable(),
    description: Description,
  }),
  StrategicImportanceSet: z.object({
    previous_strategic_importance: Importance.nullable(),
    new_strategic_importance: Importance,
    reason: Reason.nullable(),
  }),
  TagsAdded: z.object({ tags: Tags }),
  TagsRemoved: z.object({ tags: Tags }),
  CapabilityDeleted: z.object({ reason: Reason }),
  ParentAssignmentCorrected: z.object({
    original_event_id: EventId,
    previous_parent_id: ParentId,
    corrected_parent_id: ParentId,
    reason: Reason,
    approval_id: z.string(),
  }),
};

export const commands = {
  CreateCapability: command({
    summary: 'Put a new capability on the map, at the top or below another.',
    data: z.object({
      name: Name,
      parent_id: ParentId.default(null),
      description: Description.nullable().default(null),
    }),
    emits: ['CapabilityCreated'],
    roles: ['architect', 'importer'],
    critical: true,
    boundaries: ['tree'],
  }),
  AddParentToCapability: command({
    summary: 'Put the capability below another one.',
    data: z.object({ parent_id: AggregateId }),
    emits: ['ParentAssigned'],
    roles: ['architect', 'importer'],
    sets: { parent_id: { to: 'parent_id' } },
    aliases: ['AddParent'],
    boundaries: ['tree'],
  }),
  RemoveParentFromCapability: command({
    summary: 'Make the capability a top-level one.',
    data: z.object({ reason: Reason }),
    emits: ['ParentRemoved'],
    roles: ['architect', 'importer'],
    sets: { parent_id: 'clear' },
    aliases: ['RemoveParent'],
    boundaries: ['tree'],
  }),
  RenameCapability: command({
    summary: 'Call the capability something else.',
    data: z.object({ name: Name, reason: NoReason }),
    emits: ['CapabilityRenamed'],
    roles: ['architect', 'importer'],
    sets: { name: { to: 'name' } },
  }),
  UpdateCapabilityDescription: command({
    summary: 'Describe the capability in other words.',
    data: z.object({ description: Description }),
    emits: ['DescriptionUpdated'],
    roles: ['architect', 'importer'],
    sets: { description: { to: 'description' } },
    aliases: ['UpdateDescription'],
  }),
  SetStrategicImportance: command({
    summary: 'Say how much the success of the organization hangs on the capability.',
    data: z.object({ strategic_importance: Importance, reason: NoReason }),
    emits: ['StrategicImportanceSet'],
    roles: ['architect', 'importer'],
    sets: { strategic_importance: { to: 'strategic_importance' } },
  }),
  AddTags: command({
    summary: 'Add tags; those it has already are left out.',
    data: z.object({ tags: Tags }),
    emits: ['TagsAdded'],
    roles: ['architect', 'importer'],
    sets: { tags: { add: 'tags' } },
  }),
  RemoveTags: command({
    summary: 'Remove tags; those it does not have are left out.',
    data: z.object({ tags: Tags }),
    emits: ['TagsRemoved'],
    roles: ['architect', 'importer'],
    sets: { tags: { remove: 'tags' } },
  }),
  DeleteCapability: command({
    summary: 'Take the capability off the map; nothing may depend on it.',
    data: z.object({ reason: Reason }),
    emits: ['CapabilityDeleted'],
    roles: ['admin', 'importer'],
    sensitive: true,
    critical: true,
    boundaries: ['tree', 'supporters', 'realizers', 'relations'],
  }),
  CorrectParentAssignment: command({
    summary: 'Correct an event that put the capability in the wrong place.',
    data: z.object({
      corrects_event_id: EventId,
      corrected_parent_id: ParentId.default(null),
      reason: Reason,
    }),
    emits: ['ParentAssignmentCorrected'],
    roles: ['admin'],
    sensitive: true,
    approval: true,
    boundaries: ['tree'],
  }),
  CorrectionCommand: command({
    summary: 'Correct an event, in the general form: what is corrected follows from its type.',
    data: z.object({
      corrects_event_id: EventId,
      correction_reason: Reason,
      corrected_value: z.string().nullable(),
    }),
    emits: ['ParentAssignmentCorrected'],
    roles: ['admin'],
    sensitive: true,
    approval: true,
    boundaries: ['tree'],
  }),
};

export const data = z.object({
  name: z.string().default(''),
  parent_id: z.string().nullable().default(null),
  description: z.string().nullable().default(null),
  strategic_importance: Importance.nullable().default(null),
  tags: z.array(Tag).default([]),
  correctable: Correctable.default({}),
});

export type CapabilityData = z.output<typeof data>;
