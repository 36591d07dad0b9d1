import { z } from 'zod';
import { defineAggregate } from '../../src/core/define-aggregate.js';
import { AggregateId } from '../../src/core/envelope.js';
import { sets } from '../../src/core/field.js';
import { adds } from '../../src/core/list-field.js';
import { command } from '../../src/core/message.js';
import { relatedTo, relationEnds } from '../relation-ends.js';
import {
  Classification,
  Correctable,
  Criticality,
  describing,
  EventId,
  Name,
  NoReason,
  noted,
  Reason,
  refuseToLowerUnjustified,
  refuseWhileNeeded,
  Tag,
  tagging,
  takenBack,
  takenBackJustified,
} from '../shared.js';
import { lineage, madeFrom, refuseSource } from './lineage.js';
import {
  correctClassification,
  Retention,
  refuseToShortenUnjustified,
  refuseUnprotected,
} from './protection.js';

const roles = ['data_steward', 'importer'] as const;
const securityRoles = ['security_officer', 'importer'] as const;

/** A kind of data that the business knows by name: customers, invoices. */
export const DataEntity = defineAggregate({
  name: 'DataEntity',
  summary: 'A kind of data that the business knows by name, such as customers or invoices.',
  aliases: ['DataObject'],
  boundaries: { lineage, relations: relationEnds },

  data: z.object({
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
  }),

  commands: {
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
      roles,
      critical: true,
    }),
    RenameDataEntity: sets('name', Name, {
      summary: 'Call the data entity something else.',
      event: 'DataEntityRenamed',
      also: { reason: NoReason },
      roles,
    }),
    UpdateDataEntityDescription: describing({
      summary: 'Describe the data entity in other words.',
      roles,
      aliases: ['UpdateDescription'],
    }),
    AssignSteward: sets('steward', Name, {
      summary: 'Say who looks after the data entity from day to day.',
      event: 'StewardAssigned',
      roles,
      cleared: takenBack(
        'RemoveSteward',
        'StewardRemoved',
        'Record that nobody looks after the data entity from day to day.',
      ),
    }),
    AssignDataOwner: sets('owner', Name, {
      summary: 'Say who answers for the data entity.',
      event: 'DataOwnerAssigned',
      roles,
      aliases: ['AssignOwner', 'SetOwner'],
      cleared: takenBack(
        'RemoveDataOwner',
        'DataOwnerRemoved',
        'Record that nobody answers for the data entity.',
      ),
    }),
    AssignDataDomain: sets('domain', Name, {
      summary: 'Say which part of the business the data entity belongs to.',
      event: 'DataDomainAssigned',
      roles,
      aliases: ['AssignDomain'],
      cleared: takenBack(
        'RemoveDataDomain',
        'DataDomainRemoved',
        'Record that the data entity belongs to no part of the business.',
      ),
    }),
    SetSourceSystem: sets('source_system', Name, {
      summary: 'Say which system the data entity comes from, by name.',
      event: 'SourceSystemSet',
      roles,
      cleared: takenBack(
        'ClearSourceSystem',
        'SourceSystemCleared',
        'Leave open which system the data entity comes from.',
      ),
    }),
    SetDataEntityCriticality: sets('criticality', Criticality, {
      summary: 'Say how much would stand still without the data; lowering it needs a reason.',
      event: 'CriticalitySet',
      roles,
      aliases: ['SetCriticality'],
      cleared: takenBackJustified(
        'ClearDataEntityCriticality',
        'CriticalityCleared',
        'Leave open how much would stand still without the data.',
      ),
    }),
    AddLineageSource: adds('lineage', AggregateId, {
      summary: 'Record that the data entity is made from another one.',
      event: 'LineageSourceAdded',
      as: 'source_id',
      there: (id, name) => `"${name}" is made from ${id} already`,
      missing: (id, name) => `"${name}" is not made from ${id}`,
      roles,
      boundaries: ['lineage'],
      removed: {
        command: 'RemoveLineageSource',
        summary: 'Record that the data entity is not made from another one any more.',
        event: 'LineageSourceRemoved',
      },
    }),
    AddGlossaryTerm: adds('glossary_terms', Name, {
      summary: 'Record a term of the business that means the data entity.',
      event: 'GlossaryTermAdded',
      as: 'term',
      there: (term, name) => `"${term}" means "${name}" already`,
      missing: (term, name) => `"${term}" does not mean "${name}"`,
      roles,
      removed: {
        command: 'RemoveGlossaryTerm',
        summary: 'Record that a term does not mean the data entity.',
        event: 'GlossaryTermRemoved',
      },
    }),
    AddTags: tagging(roles),
    SetDataEntityClassification: sets('classification', Classification, {
      summary: 'Say how far the data may go; personal data is at least confidential.',
      event: 'DataClassificationChanged',
      also: { reason: Reason },
      roles: securityRoles,
      sensitive: true,
      critical: true,
      aliases: ['SetDataClassification', 'SetClassification'],
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
    SetPiiFlag: sets('pii_flag', z.boolean(), {
      summary: 'Say whether the data is about natural persons.',
      event: 'PiiFlagSet',
      what: 'the PII flag',
      also: { reason: Reason },
      roles: securityRoles,
      sensitive: true,
    }),
    SetRetention: sets('retention', Retention, {
      summary: 'Say how long the data is kept; shortening that needs a reason.',
      event: 'RetentionSet',
      also: { reason: NoReason },
      roles,
      cleared: takenBackJustified(
        'ClearRetention',
        'RetentionCleared',
        'Leave open how long the data is kept.',
      ),
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
  },

  events: {
    DataEntityCreated: z.object({
      name: Name,
      classification: Classification,
      domain: Name.nullable(),
      pii_flag: z.boolean(),
      owner: Name.nullable(),
    }),
    DataClassificationCorrected: z.object({
      original_event_id: EventId,
      previous_classification: Classification,
      corrected_classification: Classification,
      reason: Reason,
      approval_id: z.string(),
    }),
    DataEntityDeleted: z.object({ reason: Reason }),
  },

  chart: {
    initial: 'absent',
    states: {
      absent: { on: { DataEntityCreated: 'present' } },
      present: { on: { DataClassificationCorrected: {}, DataEntityDeleted: 'deleted' } },
      deleted: { kind: 'deleted' },
    },
  },

  evolve: {
    DataEntityCreated: (_, created) => created,
    DataClassificationChanged: ({ correctable }, { new_classification }, meta) => ({
      classification: new_classification,
      correctable: noted(correctable, 'DataClassificationChanged', meta),
    }),
    DataClassificationCorrected: ({ correctable }, corrected, { event_id }) => ({
      classification: corrected.corrected_classification,
      correctable: noted(correctable, 'DataClassificationCorrected', {
        event_id,
        original_event_id: corrected.original_event_id,
      }),
    }),
    DataEntityDeleted: null,
  },

  refuses: {
    SetDataEntityClassification: ({ data }, { classification }) =>
      refuseUnprotected({ ...data, classification }),
    SetPiiFlag: ({ data }, { pii_flag }) => refuseUnprotected({ ...data, pii_flag }),
    SetRetention: ({ data }, { retention }, context) =>
      refuseToShortenUnjustified(data.retention, retention, context),
    SetDataEntityCriticality: ({ data }, { criticality }, context) =>
      refuseToLowerUnjustified(data.criticality, criticality, context),
    AddLineageSource: ({ data: { name } }, { source_id }, { id, boundaries }) =>
      refuseSource(boundaries.lineage, { id, name }, source_id),
  },

  decide: {
    CreateDataEntity: (_, created) =>
      refuseUnprotected(created) ?? [{ type: 'DataEntityCreated', data: created }],
    CorrectDataEntityClassification: correctClassification,
    DeleteDataEntity: ({ data: { name } }, { reason }, { id, boundaries }) =>
      refuseWhileNeeded(`"${name}" cannot be deleted while something depends on it`, [
        ...madeFrom(id, boundaries.lineage),
        ...relatedTo(id, boundaries.relations),
      ]) ?? [{ type: 'DataEntityDeleted', data: { reason } }],
  },
});
