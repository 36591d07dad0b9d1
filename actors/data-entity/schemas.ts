import { z } from 'zod';
import { AggregateId } from '../../src/core/envelope.js';
import { command } from '../../src/core/message.js';
import {
  Classification,
  Correctable,
  Criticality,
  Description,
  EventId,
  Name,
  Reason,
  Tag,
  Tags,
} from '../shared.js';
import { Retention } from './retention.js';

const NoReason = Reason.nullable().default(null);
const stewards = ['data_steward', 'importer'] as const;

/** What can be said of a data entity; what protects it stands in `protection`. */
const description = {
  CreateDataEntity: command({
    summary: 'Record a kind of data; personal data is at least confidential.',
    data: z.object({
      name: Name,
      classification: Classification,
      domain: Name.nullable().default(null),
      pii_flag: z.boolean().default(false),
      owner: Name.nullable().default(null),
    }),
    emits: ['DataEntityCreated'],
    roles: stewards,
    critical: true,
  }),
  RenameDataEntity: command({
    summary: 'Call the data entity something else.',
    data: z.object({ name: Name, reason: NoReason }),
    emits: ['DataEntityRenamed'],
    roles: stewards,
    sets: { name: { to: 'name' } },
  }),
  UpdateDataEntityDescription: command({
    summary: 'Describe the data entity in other words.',
    data: z.object({ description: Description }),
    emits: ['DescriptionUpdated'],
    roles: stewards,
    aliases: ['UpdateDescription'],
    sets: { description: { to: 'description' } },
  }),
  AssignSteward: command({
    summary: 'Say who looks after the data entity from day to day.',
    data: z.object({ steward: Name }),
    emits: ['StewardAssigned'],
    roles: stewards,
    sets: { steward: { to: 'steward' } },
  }),
  AssignDataOwner: command({
    summary: 'Say who answers for the data entity.',
    data: z.object({ owner: Name }),
    emits: ['DataOwnerAssigned'],
    roles: stewards,
    aliases: ['AssignOwner', 'SetOwner'],
    sets: { owner: { to: 'owner' } },
  }),
  AssignDataDomain: command({
    summary: 'Say which part of the business the data entity belongs to.',
    data: z.object({ domain: Name }),
    emits: ['DataDomainAssigned'],
    roles: stewards,
    aliases: ['AssignDomain'],
    sets: { domain: { to: 'domain' } },
  }),
  SetSourceSystem: command({
    summary: 'Say which system the data entity comes from, by name.',
    data: z.object({ source_system: Name }),
    emits: ['SourceSystemSet'],
    roles: stewards,
    sets: { source_system: { to: 'source_system' } },
  }),
  SetDataEntityCriticality: command({
    summary: 'Say how much would stand still without the data; lowering it needs a reason.',
    data: z.object({ criticality: Criticality }),
    emits: ['CriticalitySet'],
    roles: stewards,
    aliases: ['SetCriticality'],
    sets: { criticality: { to: 'criticality' } },
  }),
  AddLineageSource: command({
    summary: 'Record that the data entity is made from another one.',
    data: z.object({ source_id: AggregateId }),
    emits: ['LineageSourceAdded'],
    roles: stewards,
    sets: { lineage: { add: 'source_id' } },
    boundaries: ['lineage'],
  }),
  RemoveLineageSource: command({
    summary: 'Record that the data entity is not made from another one any more.',
    data: z.object({ source_id: AggregateId }),
    emits: ['LineageSourceRemoved'],
    roles: stewards,
    sets: { lineage: { remove: 'source_id' } },
  }),
  AddGlossaryTerm: command({
    summary: 'Record a term of the business that means the data entity.',
    data: z.object({ term: Name }),
    emits: ['GlossaryTermAdded'],
    roles: stewards,
    sets: { glossary_terms: { add: 'term' } },
  }),
  RemoveGlossaryTerm: command({
    summary: 'Record that a term does not mean the data entity.',
    data: z.object({ term: Name }),
    emits: ['GlossaryTermRemoved'],
    roles: stewards,
    sets: { glossary_terms: { remove: 'term' } },
  }),
  AddTags: command({
    summary: 'Add tags; those it has already are left out.',
    data: z.object({ tags: Tags }),
    emits: ['TagsAdded'],
    roles: stewards,
    sets: { tags: { add: 'tags' } },
  }),
  RemoveTags: command({
    summary: 'Remove tags; those it does not have are left out.',
    data: z.object({ tags: Tags }),
    emits: ['TagsRemoved'],
    roles: stewards,
    sets: { tags: { remove: 'tags' } },
  }),
};

const protection = {
  SetDataEntityClassification: command({
    summary: 'Say how far the data may go; personal data is at least confidential.',
    data: z.object({ classification: Classification, reason: Reason }),
    emits: ['DataClassificationChanged'],
    roles: ['security_officer', 'importer'],
    sensitive: true,
    critical: true,
    aliases: ['SetDataClassification', 'SetClassification'],
    sets: { classification: { to: 'classification' } },
  }),
  CorrectDataEntityClassification: command({
    summary: 'Correct an event that set the wrong classification.',
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
    aliases: ['CorrectDataClassification', 'CorrectionCommand'],
  }),
  SetPiiFlag: command({
    summary: 'Say whether the data is about natural persons.',
    data: z.object({ pii_flag: z.boolean(), reason: Reason }),
    emits: ['PiiFlagSet'],
    roles: ['security_officer', 'importer'],
    sensitive: true,
    sets: { pii_flag: { to: 'pii_flag' } },
  }),
  SetRetention: command({
    summary: 'Say how long the data is kept; shortening that needs a reason.',
    data: z.object({ retention: Retention, reason: NoReason }),
    emits: ['RetentionSet'],
    roles: stewards,
    sets: { retention: { to: 'retention' } },
  }),
  DeleteDataEntity: command({
    summary: 'Delete the data entity; nothing may be made from it, read it or write it.',
    data: z.object({ reason: Reason }),
    emits: ['DataEntityDeleted'],
    roles: ['admin', 'importer'],
    sensitive: true,
    critical: true,
    boundaries: ['lineage', 'relations'],
  }),
};

export const commands = { ...description, ...protection };

/** What is known of a data entity. */
export const data = z.object({
  name: z.string().default(''),
  description: z.string().nullable().default(null),
  domain: z.string().nullable().default(null),
  classification: Classification.default('internal'),
  pii_flag: z.boolean().default(false),
  retention: z.string().nullable().default(null),
  owner: z.string().nullable().default(null),
  steward: z.string().nullable().default(null),
  source_system: z.string().nullable().default(null),
  criticality: Criticality.nullable().default(null),
  glossary_terms: z.array(z.string()).default([]),
  lineage: z.array(z.string()).default([]),
  tags: z.array(Tag).default([]),
  correctable: Correctable.default({}),
});

export type DataEntityData = z.output<typeof data>;
