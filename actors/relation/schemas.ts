import { z } from 'zod';
import { AggregateId } from '../../src/core/envelope.js';
import { command } from '../../src/core/message.js';
import { CalendarDate, Confidence, Description, Name, Reason } from '../shared.js';
import { relationId } from './relation-id.js';

/** What a relation may begin and end at. */
export const EndType = z.enum([
  'application',
  'application_service',
  'application_interface',
  'server',
  'data_entity',
  'business_capability',
  'integration',
  'organization',
]);
export type EndType = z.output<typeof EndType>;

/** What a relation may say. Which ends each fits stands in the matrix. */
export const RelationType = z.enum([
  'depends_on',
  'communicates_with',
  'calls',
  'realizes',
  'uses',
  'exposes',
  'deployed_on',
  'stores_data_on',
  'reads',
  'writes',
  'supports',
  'serves',
  'publishes_event_to',
  'consumes_event_from',
  'owns',
  'part_of',
  'connected_to',
]);
export type RelationType = z.output<typeof RelationType>;

/** Where it was read that the relation holds. */
const Evidence = Reason;
const Day = CalendarDate.nullable();

export const events = {
  RelationCreated: z.object({
    source_id: AggregateId,
    source_type: EndType,
    target_id: AggregateId,
    target_type: EndType,
    relation_type: RelationType,
    confidence: Confidence,
    evidence_source: Evidence.nullable(),
    description: Description.nullable(),
    label: Name.nullable(),
  }),
  RelationVerified: z.object({
    previous_confidence: Confidence,
    new_confidence: Confidence,
    evidence_source: Evidence,
  }),
  EffectivePeriodSet: z.object({
    previous_from: Day,
    previous_to: Day,
    new_from: Day,
    new_to: Day,
  }),
  DescriptionUpdated: z.object({
    previous_description: Description.nullable(),
    description: Description,
  }),
  RelationDeleted: z.object({ reason: Reason }),
};

/** Services and interfaces are parts of applications: those are found by a boundary. */
const AGGREGATES = {
  application: 'Application',
  server: 'Server',
  data_entity: 'DataEntity',
  business_capability: 'BusinessCapability',
  integration: 'Integration',
  organization: 'Organization',
} as const;

export const commands = {
  CreateRelation: command({
    summary: 'Record that one thing has to do with another, and how sure that is.',
    data: z.object({
      source_id: AggregateId,
      source_type: EndType,
      target_id: AggregateId,
      target_type: EndType,
      relation_type: RelationType,
      confidence: Confidence.default(1),
      evidence_source: Evidence.nullable().default(null),
      description: Description.nullable().default(null),
      label: Name.nullable().default(null),
    }),
    emits: ['RelationCreated'],
    roles: ['architect', 'importer'],
    critical: true,
    identity: relationId,
    references: {
      source: {
        of: { by: 'source_type', is: AGGREGATES },
        by: 'source_id',
        view: z.object({}),
      },
      target: {
        of: { by: 'target_type', is: AGGREGATES },
        by: 'target_id',
        view: z.object({}),
      },
    },
    boundaries: ['parts'],
  }),
  VerifyRelation: command({
    summary: 'Record that somebody looked whether the relation holds, and how sure that is now.',
    data: z.object({ confidence: Confidence, evidence_source: Evidence }),
    emits: ['RelationVerified'],
    roles: ['architect', 'importer'],
    sets: { confidence: { to: 'confidence' }, evidence_source: { to: 'evidence_source' } },
  }),
  SetEffectivePeriod: command({
    summary: 'Say from when to when the relation holds; a day left out stays, null is open.',
    data: z.object({ effective_from: Day.optional(), effective_to: Day.optional() }),
    emits: ['EffectivePeriodSet'],
    roles: ['architect', 'importer'],
    sets: {
      effective_from: { to: 'effective_from' },
      effective_to: { to: 'effective_to' },
    },
  }),
  UpdateRelationDescription: command({
    summary: 'Describe the relation in other words.',
    data: z.object({ description: Description }),
    emits: ['DescriptionUpdated'],
    roles: ['architect', 'importer'],
    aliases: ['UpdateDescription'],
    sets: { description: { to: 'description' } },
  }),
  DeleteRelation: command({
    summary: 'Record that the one has nothing to do with the other any more.',
    data: z.object({ reason: Reason }),
    emits: ['RelationDeleted'],
    roles: ['admin', 'architect', 'importer'],
    sensitive: true,
    critical: true,
  }),
};

/** What is known of a relation. */
export const data = z.object({
  source_id: z.string().default(''),
  source_type: EndType.default('application'),
  target_id: z.string().default(''),
  target_type: EndType.default('application'),
  relation_type: RelationType.default('depends_on'),
  confidence: Confidence.default(1),
  evidence_source: z.string().nullable().default(null),
  description: z.string().nullable().default(null),
  label: z.string().nullable().default(null),
  last_verified_at: z.string().nullable().default(null),
  effective_from: z.string().nullable().default(null),
  effective_to: z.string().nullable().default(null),
});
