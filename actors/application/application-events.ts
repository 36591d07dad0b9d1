import { z } from 'zod';
import { AggregateId } from '../../src/core/envelope.js';
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

/** What can have happened to an application itself, not to its services and interfaces. */
export const applicationEvents = {
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
