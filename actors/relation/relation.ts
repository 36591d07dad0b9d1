import { z } from 'zod';
import type { Referenced } from '../../src/core/aggregate.js';
import { defineAggregate } from '../../src/core/define-aggregate.js';
import { AggregateId } from '../../src/core/envelope.js';
import { clears, sets } from '../../src/core/field.js';
import { command } from '../../src/core/message.js';
import { type Refusal, refuse } from '../../src/core/refusal.js';
import {
  CalendarDate,
  Confidence,
  Description,
  describing,
  invalid,
  Name,
  NoReason,
  Reason,
  takenBack,
} from '../shared.js';
import { EndType, RelationType, refuseUnrelatable } from './matrix.js';
import { type Parts, partOf, parts } from './parts.js';
import { relationId } from './relation-id.js';

/** Where it was read that the relation holds. */
const Evidence = Reason;
const Day = CalendarDate.nullable();

/** Statuses of what nothing new should rely on. */
const GONE = ['retired', 'decommissioned', 'withdrawn'];

type End = {
  readonly field: string;
  readonly type: string;
  readonly id: string;
  readonly found: Referenced<unknown> | null;
};
type Asking = { readonly source: string; readonly boundaries: { readonly parts: Parts } };

/** Refuse an end that is not there; or retired, unless an import records how it was. */
const refuseEnd = (end: End, { source, boundaries }: Asking): Refusal | undefined => {
  const { field, type, id } = end;
  const status = end.found?.status ?? partOf(boundaries.parts, type, id)?.status;
  const details = { field, id };
  if (status === undefined)
    return refuse('REFERENCE_NOT_FOUND', `there is no ${type} ${id}`, { details });
  return GONE.includes(status) && source !== 'import'
    ? refuse('REFERENCE_RETIRED', `${type} ${id} is ${status}`, { details })
    : undefined;
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
const end = <F extends string, T extends string>(by: F, type: T) =>
  ({ of: { by: type, is: AGGREGATES }, by, view: z.object({}) }) as const;
const ends = {
  source: end('source_id', 'source_type'),
  target: end('target_id', 'target_type'),
} as const;

const roles = ['architect', 'importer'] as const;

/** What is known of a relation. */
const data = z.object({
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
const UNSAID = data.parse({});

/** A statement that one thing has to do with another. */
export const Relation = defineAggregate({
  name: 'Relation',
  summary: 'A statement that one thing has to do with another, with how sure that is.',
  aliases: ['Relationship'],

  data,
  boundaries: { parts },

  commands: {
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
      roles,
      critical: true,
      identity: relationId,
      references: ends,
      boundaries: ['parts'],
    }),
    VerifyRelation: command({
      summary: 'Record that somebody looked whether the relation holds, and how sure that is now.',
      data: z.object({ confidence: Confidence, evidence_source: Evidence }),
      emits: ['RelationVerified'],
      roles,
      sets: { confidence: { to: 'confidence' }, evidence_source: { to: 'evidence_source' } },
    }),
    SetEffectivePeriod: command({
      summary: 'Say from when to when the relation holds; a day left out stays, null is open.',
      data: z.object({ effective_from: Day.optional(), effective_to: Day.optional() }),
      emits: ['EffectivePeriodSet'],
      roles,
      sets: {
        effective_from: { to: 'effective_from' },
        effective_to: { to: 'effective_to' },
      },
    }),
    WithdrawRelationEvidence: clears('evidence_source', Evidence, {
      summary: 'Record that nothing is known any more that shows that the relation holds.',
      event: 'RelationEvidenceWithdrawn',
      also: { reason: NoReason },
      what: 'the evidence',
      roles,
    }),
    LabelRelation: sets('label', Name, {
      summary: 'Say in a word or two what stands at the arrow.',
      event: 'RelationLabelled',
      roles,
      cleared: takenBack(
        'RemoveRelationLabel',
        'RelationLabelRemoved',
        'Leave the arrow without a word.',
      ),
    }),
    UpdateRelationDescription: describing({
      summary: 'Describe the relation in other words.',
      roles,
      aliases: ['UpdateDescription'],
    }),
    DeleteRelation: command({
      summary: 'Record that the one has nothing to do with the other any more.',
      data: z.object({ reason: Reason }),
      emits: ['RelationDeleted'],
      roles: ['admin', 'architect', 'importer'],
      sensitive: true,
      critical: true,
    }),
  },

  events: {
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
    RelationDeleted: z.object({ reason: Reason }),
  },

  chart: {
    initial: 'absent',
    states: {
      absent: { on: { RelationCreated: 'present' } },
      present: {
        on: {
          RelationVerified: {},
          EffectivePeriodSet: {},
          RelationDeleted: 'deleted',
        },
      },
      // Its id follows from its ends: it could never be stated again otherwise.
      deleted: { kind: 'deleted', on: { RelationCreated: 'present' } },
    },
  },

  evolve: {
    RelationCreated: (_, created) => ({ ...UNSAID, ...created }),
    RelationVerified: (_, { new_confidence, evidence_source }, { event_timestamp }) => ({
      confidence: new_confidence,
      evidence_source,
      last_verified_at: event_timestamp,
    }),
    EffectivePeriodSet: (_, { new_from, new_to }) => ({
      effective_from: new_from,
      effective_to: new_to,
    }),
    RelationDeleted: null,
  },

  decide: {
    CreateRelation: (_, created, context) => {
      const { source_id, source_type, target_id, target_type } = created;
      const { source, target } = context.references;
      const itself = source_id === target_id && source_type === target_type;
      const from = { field: 'source_id', type: source_type, id: source_id, found: source };
      const to = { field: 'target_id', type: target_type, id: target_id, found: target };
      return (
        refuseUnrelatable(created) ??
        (itself
          ? refuse('SELF_REFERENCE', `${source_type} ${source_id} cannot be related to itself`)
          : undefined) ??
        refuseEnd(from, context) ??
        refuseEnd(to, context) ?? [{ type: 'RelationCreated', data: created }]
      );
    },
    VerifyRelation: ({ data }, { confidence, evidence_source }, { now }) => {
      const { confidence: previous_confidence } = data;
      const same = confidence === previous_confidence && evidence_source === data.evidence_source;
      if (same && data.last_verified_at === now)
        return refuse('NO_CHANGE', 'this was recorded at this very moment already');
      const verified = { previous_confidence, new_confidence: confidence, evidence_source };
      return [{ type: 'RelationVerified', data: verified }];
    },
    SetEffectivePeriod: ({ data }, asked) => {
      const { effective_from: previous_from, effective_to: previous_to } = data;
      const { effective_from: new_from = previous_from, effective_to: new_to = previous_to } =
        asked;
      if (new_from !== null && new_to !== null && new_from > new_to)
        return invalid('effective_to', `${new_to} is before ${new_from}, when the period begins`);
      if (new_from === previous_from && new_to === previous_to)
        return refuse('NO_CHANGE', 'the effective period is so already');
      const set = { previous_from, previous_to, new_from, new_to };
      return [{ type: 'EffectivePeriodSet', data: set }];
    },
    DeleteRelation: (_, { reason }) => [{ type: 'RelationDeleted', data: { reason } }],
  },
});
