import { z } from 'zod';
import { AggregateId } from '../../src/core/envelope.js';
import {
  Classification,
  Criticality,
  Description,
  EventId,
  Name,
  Reason,
  Tags,
} from '../shared.js';
import { Retention } from './retention.js';

const Renamed = z.object({ previous_name: Name, new_name: Name, reason: Reason.nullable() });

/** What can have happened to a data entity. */
export const events = {
  DataEntityCreated: z.object({
    name: Name,
    classification: Classification,
    domain: Name.nullable(),
    pii_flag: z.boolean(),
    owner: Name.nullable(),
  }),
  DataEntityRenamed: Renamed,
  DescriptionUpdated: z.object({
    previous_description: Description.nullable(),
    description: Description,
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
  PiiFlagSet: z.object({
    previous_pii_flag: z.boolean(),
    new_pii_flag: z.boolean(),
    reason: Reason,
  }),
  RetentionSet: z.object({
    previous_retention: Retention.nullable(),
    new_retention: Retention,
    reason: Reason.nullable(),
  }),
  StewardAssigned: z.object({ previous_steward: Name.nullable(), new_steward: Name }),
  DataOwnerAssigned: z.object({ previous_owner: Name.nullable(), new_owner: Name }),
  DataDomainAssigned: z.object({ previous_domain: Name.nullable(), new_domain: Name }),
  SourceSystemSet: z.object({ previous_source_system: Name.nullable(), new_source_system: Name }),
  CriticalitySet: z.object({
    previous_criticality: Criticality.nullable(),
    new_criticality: Criticality,
  }),
  LineageSourceAdded: z.object({ source_id: AggregateId }),
  LineageSourceRemoved: z.object({ source_id: AggregateId }),
  GlossaryTermAdded: z.object({ term: Name }),
  GlossaryTermRemoved: z.object({ term: Name }),
  TagsAdded: z.object({ tags: Tags }),
  TagsRemoved: z.object({ tags: Tags }),
  DataEntityDeleted: z.object({ reason: Reason }),
};
