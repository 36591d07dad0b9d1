import { z } from 'zod';
import { AggregateId } from '../../src/core/envelope.js';
import { command } from '../../src/core/message.js';
import { Correctable, Description, EventId, Name, Reason } from '../shared.js';

/** The id of the capability above; null = none. */
export const ParentId = AggregateId.nullable();
const NoReason = Reason.nullable().default(null);

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
    roles: ['architect'],
    aliases: ['AddParent'],
    boundaries: ['tree'],
  }),
  RemoveParentFromCapability: command({
    summary: 'Make the capability a top-level one.',
    data: z.object({ reason: Reason }),
    emits: ['ParentRemoved'],
    roles: ['architect'],
    aliases: ['RemoveParent'],
    boundaries: ['tree'],
  }),
  RenameCapability: command({
    summary: 'Call the capability something else.',
    data: z.object({ name: Name, reason: NoReason }),
    emits: ['CapabilityRenamed'],
    roles: ['architect'],
  }),
  UpdateCapabilityDescription: command({
    summary: 'Describe the capability in other words.',
    data: z.object({ description: Description }),
    emits: ['DescriptionUpdated'],
    roles: ['architect'],
    aliases: ['UpdateDescription'],
  }),
  DeleteCapability: command({
    summary: 'Take the capability off the map; nothing may depend on it.',
    data: z.object({ reason: Reason }),
    emits: ['CapabilityDeleted'],
    roles: ['admin'],
    sensitive: true,
    critical: true,
    boundaries: ['tree', 'supporters'],
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
  correctable: Correctable.default({}),
});

export type CapabilityData = z.output<typeof data>;
