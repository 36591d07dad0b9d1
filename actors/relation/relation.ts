import { defineAggregate, type Referenced } from '../../src/core/aggregate.js';
import { type Refusal, refuse } from '../../src/core/refusal.js';
import { invalid } from '../shared.js';
import { refuseUnrelatable } from './matrix.js';
import { type Parts, partOf, parts } from './parts.js';
import { commands, data, events } from './schemas.js';

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

const UNSAID = data.parse({});

/** A statement that one thing has to do with another. */
export const Relation = defineAggregate({
  name: 'Relation',
  summary: 'A statement that one thing has to do with another, with how sure that is.',
  aliases: ['Relationship'],

  commands,
  events,
  data,
  boundaries: { parts },

  chart: {
    initial: 'absent',
    states: {
      absent: { on: { RelationCreated: 'present' } },
      present: {
        on: {
          RelationVerified: {},
          EffectivePeriodSet: {},
          DescriptionUpdated: {},
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
    DescriptionUpdated: (_, { description }) => ({ description: description || null }),
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
    UpdateRelationDescription: (
      { data: { description: previous_description } },
      { description },
    ) =>
      description === (previous_description ?? '')
        ? refuse('NO_CHANGE', 'the description says so already')
        : [{ type: 'DescriptionUpdated', data: { previous_description, description } }],
    DeleteRelation: (_, { reason }) => [{ type: 'RelationDeleted', data: { reason } }],
  },
});
