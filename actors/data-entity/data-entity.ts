import { defineAggregate } from '../../src/core/aggregate.js';
import { refuse } from '../../src/core/refusal.js';
import { relatedTo, relationEnds } from '../relation-ends.js';
import {
  noted,
  refuseToLowerUnjustified,
  refuseWhileNeeded,
  tagsFound,
  tagsMissing,
  unchanged,
} from '../shared.js';
import { events } from './events.js';
import { lineage, madeFrom, refuseSource } from './lineage.js';
import {
  correctClassification,
  refuseToShortenUnjustified,
  refuseUnprotected,
} from './protection.js';
import { commands, data } from './schemas.js';

const edits = {
  DataEntityRenamed: {},
  DescriptionUpdated: {},
  DataClassificationChanged: {},
  DataClassificationCorrected: {},
  PiiFlagSet: {},
  RetentionSet: {},
  StewardAssigned: {},
  DataOwnerAssigned: {},
  DataDomainAssigned: {},
  SourceSystemSet: {},
  CriticalitySet: {},
  LineageSourceAdded: {},
  LineageSourceRemoved: {},
  GlossaryTermAdded: {},
  GlossaryTermRemoved: {},
  TagsAdded: {},
  TagsRemoved: {},
} as const;

const without = (all: readonly string[], one: string): string[] => all.filter((it) => it !== one);

/** A kind of data that the business knows by name: customers, invoices. */
export const DataEntity = defineAggregate({
  name: 'DataEntity',
  summary: 'A kind of data that the business knows by name, such as customers or invoices.',
  aliases: ['DataObject'],

  commands,
  events,
  data,
  boundaries: { lineage, relations: relationEnds },

  chart: {
    initial: 'absent',
    states: {
      absent: { on: { DataEntityCreated: 'present' } },
      present: { on: { ...edits, DataEntityDeleted: 'deleted' } },
      deleted: { kind: 'deleted' },
    },
  },

  evolve: {
    DataEntityCreated: (_, created) => created,
    DataEntityRenamed: (_, { new_name }) => ({ name: new_name }),
    DescriptionUpdated: (_, { description }) => ({ description: description || null }),
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
    PiiFlagSet: (_, { new_pii_flag }) => ({ pii_flag: new_pii_flag }),
    RetentionSet: (_, { new_retention }) => ({ retention: new_retention }),
    StewardAssigned: (_, { new_steward }) => ({ steward: new_steward }),
    DataOwnerAssigned: (_, { new_owner }) => ({ owner: new_owner }),
    DataDomainAssigned: (_, { new_domain }) => ({ domain: new_domain }),
    SourceSystemSet: (_, { new_source_system }) => ({ source_system: new_source_system }),
    CriticalitySet: (_, { new_criticality }) => ({ criticality: new_criticality }),
    LineageSourceAdded: ({ lineage }, { source_id }) => ({ lineage: [...lineage, source_id] }),
    LineageSourceRemoved: ({ lineage }, { source_id }) => ({
      lineage: without(lineage, source_id),
    }),
    GlossaryTermAdded: ({ glossary_terms }, { term }) => ({
      glossary_terms: [...glossary_terms, term],
    }),
    GlossaryTermRemoved: ({ glossary_terms }, { term }) => ({
      glossary_terms: without(glossary_terms, term),
    }),
    TagsAdded: ({ tags }, added) => ({ tags: [...tags, ...tagsMissing(tags, added.tags)] }),
    TagsRemoved: ({ tags }, removed) => ({ tags: tagsMissing(removed.tags, tags) }),
    DataEntityDeleted: null,
  },

  decide: {
    CreateDataEntity: (_, created) =>
      refuseUnprotected(created) ?? [{ type: 'DataEntityCreated', data: created }],
    RenameDataEntity: ({ data: { name: previous_name } }, { name, reason }) =>
      name === previous_name
        ? unchanged('the name', name)
        : [{ type: 'DataEntityRenamed', data: { previous_name, new_name: name, reason } }],
    UpdateDataEntityDescription: (
      { data: { description: previous_description } },
      { description },
    ) =>
      description === (previous_description ?? '')
        ? refuse('NO_CHANGE', 'the description says so already')
        : [{ type: 'DescriptionUpdated', data: { previous_description, description } }],
    SetDataEntityClassification: ({ data }, { classification, reason }) => {
      const { classification: previous_classification } = data;
      if (classification === previous_classification)
        return unchanged('the classification', classification);
      const changed = { previous_classification, new_classification: classification, reason };
      return (
        refuseUnprotected({ ...data, classification }) ?? [
          { type: 'DataClassificationChanged', data: changed },
        ]
      );
    },
    CorrectDataEntityClassification: correctClassification,
    SetPiiFlag: ({ data }, { pii_flag, reason }) => {
      const { pii_flag: previous_pii_flag } = data;
      if (pii_flag === previous_pii_flag) return unchanged('the PII flag', String(pii_flag));
      const set = { previous_pii_flag, new_pii_flag: pii_flag, reason };
      return refuseUnprotected({ ...data, pii_flag }) ?? [{ type: 'PiiFlagSet', data: set }];
    },
    SetRetention: ({ data: { retention: previous } }, { retention, reason }, context) => {
      if (retention === previous) return unchanged('the retention', retention);
      const set = { previous_retention: previous, new_retention: retention, reason };
      return (
        refuseToShortenUnjustified(previous, retention, context) ?? [
          { type: 'RetentionSet', data: set },
        ]
      );
    },
    AssignSteward: ({ data: { steward: previous_steward } }, { steward }) =>
      steward === previous_steward
        ? unchanged('the steward', steward)
        : [{ type: 'StewardAssigned', data: { previous_steward, new_steward: steward } }],
    AssignDataOwner: ({ data: { owner: previous_owner } }, { owner }) =>
      owner === previous_owner
        ? unchanged('the owner', owner)
        : [{ type: 'DataOwnerAssigned', data: { previous_owner, new_owner: owner } }],
    AssignDataDomain: ({ data: { domain: previous_domain } }, { domain }) =>
      domain === previous_domain
        ? unchanged('the domain', domain)
        : [{ type: 'DataDomainAssigned', data: { previous_domain, new_domain: domain } }],
    SetSourceSystem: ({ data }, { source_system }) => {
      const { source_system: previous_source_system } = data;
      if (source_system === previous_source_system)
        return unchanged('the source system', source_system);
      const set = { previous_source_system, new_source_system: source_system };
      return [{ type: 'SourceSystemSet', data: set }];
    },
    SetDataEntityCriticality: ({ data }, { criticality }, context) => {
      const { criticality: previous_criticality } = data;
      if (criticality === previous_criticality) return unchanged('the criticality', criticality);
      return (
        refuseToLowerUnjustified(previous_criticality, criticality, context) ?? [
          { type: 'CriticalitySet', data: { previous_criticality, new_criticality: criticality } },
        ]
      );
    },
    AddLineageSource: ({ data }, { source_id }, { id, boundaries }) =>
      (data.lineage.includes(source_id)
        ? refuse('NO_CHANGE', `"${data.name}" is made from ${source_id} already`)
        : refuseSource(boundaries.lineage, { id, name: data.name }, source_id)) ?? [
        { type: 'LineageSourceAdded', data: { source_id } },
      ],
    RemoveLineageSource: ({ data }, { source_id }) =>
      data.lineage.includes(source_id)
        ? [{ type: 'LineageSourceRemoved', data: { source_id } }]
        : refuse('NO_CHANGE', `"${data.name}" is not made from ${source_id}`),
    AddGlossaryTerm: ({ data }, { term }) =>
      data.glossary_terms.includes(term)
        ? refuse('NO_CHANGE', `"${term}" means "${data.name}" already`)
        : [{ type: 'GlossaryTermAdded', data: { term } }],
    RemoveGlossaryTerm: ({ data }, { term }) =>
      data.glossary_terms.includes(term)
        ? [{ type: 'GlossaryTermRemoved', data: { term } }]
        : refuse('NO_CHANGE', `"${term}" does not mean "${data.name}"`),
    AddTags: ({ data }, { tags }) => {
      const added = tagsMissing(data.tags, tags);
      return added.length === 0 ? [] : [{ type: 'TagsAdded', data: { tags: added } }];
    },
    RemoveTags: ({ data }, { tags }) => {
      const removed = tagsFound(data.tags, tags);
      return removed.length === 0 ? [] : [{ type: 'TagsRemoved', data: { tags: removed } }];
    },
    DeleteDataEntity: ({ data: { name } }, { reason }, { id, boundaries }) =>
      refuseWhileNeeded(`"${name}" cannot be deleted while something depends on it`, [
        ...madeFrom(id, boundaries.lineage),
        ...relatedTo(id, boundaries.relations),
      ]) ?? [{ type: 'DataEntityDeleted', data: { reason } }],
  },
});
