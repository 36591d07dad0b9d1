import { defineAggregate } from '../../src/core/aggregate.js';
import { refuse } from '../../src/core/refusal.js';
import {
  invalid,
  normalized,
  noted,
  refuseTarget,
  refuseWhileNeeded,
  tagsFound,
  tagsMissing,
  unchanged,
} from '../shared.js';
import { dependentsOf, users } from './dependents.js';
import { type CapabilityData, commands, data, events, ParentId } from './schemas.js';
import { refuseParent, type Tree, tree } from './tree.js';

/** The events that set a parent: what CorrectParentAssignment corrects. */
const PARENTAGE = [
  'CapabilityCreated',
  'ParentAssigned',
  'ParentRemoved',
  'ParentAssignmentCorrected',
] as const;

type Correction = {
  readonly corrects_event_id: string;
  readonly parent_id: string | null;
  readonly reason: string;
};

const correctParent = (
  self: { readonly data: CapabilityData },
  { corrects_event_id, parent_id, reason }: Correction,
  context: {
    readonly id: string;
    readonly approval_id: string | null;
    readonly boundaries: { readonly tree: Tree };
  },
) => {
  const { name, parent_id: previous_parent_id, correctable } = self.data;
  const refused =
    refuseTarget(correctable, corrects_event_id, PARENTAGE) ??
    (parent_id === previous_parent_id ? unchanged('the parent', parent_id) : undefined) ??
    (parent_id === null
      ? undefined
      : refuseParent(context.boundaries.tree, { id: context.id, name }, parent_id));
  if (refused) return refused;
  const corrected = {
    original_event_id: corrects_event_id,
    previous_parent_id,
    corrected_parent_id: parent_id,
    reason,
    approval_id: context.approval_id!,
  };
  return [{ type: 'ParentAssignmentCorrected' as const, data: corrected }];
};

/** What the organization must be able to do, in a tree of any depth. */
export const BusinessCapability = defineAggregate({
  name: 'BusinessCapability',
  summary: 'What the organization must be able to do, whoever does it and with whatever.',
  aliases: ['Capability'],

  commands,
  events,
  data,
  boundaries: { tree, ...users },

  chart: {
    initial: 'absent',
    states: {
      absent: { on: { CapabilityCreated: 'present' } },
      present: {
        on: {
          ParentAssigned: {},
          ParentRemoved: {},
          CapabilityRenamed: {},
          DescriptionUpdated: {},
          StrategicImportanceSet: {},
          TagsAdded: {},
          TagsRemoved: {},
          ParentAssignmentCorrected: {},
          CapabilityDeleted: 'deleted',
        },
      },
      deleted: { kind: 'deleted' },
    },
  },

  claims: {
    name: {
      key: ({ data: { parent_id, name } }) => `${parent_id ?? ''}/${normalized(name)}`,
      taken: 'NAME_TAKEN',
      what: 'the name among its siblings',
    },
  },

  evolve: {
    CapabilityCreated: ({ correctable }, created, meta) => ({
      ...created,
      correctable: noted(correctable, 'CapabilityCreated', meta),
    }),
    ParentAssigned: ({ correctable }, { parent_id }, meta) => ({
      parent_id,
      correctable: noted(correctable, 'ParentAssigned', meta),
    }),
    ParentRemoved: ({ correctable }, _, meta) => ({
      parent_id: null,
      correctable: noted(correctable, 'ParentRemoved', meta),
    }),
    CapabilityRenamed: (_, { new_name }) => ({ name: new_name }),
    DescriptionUpdated: (_, { description }) => ({ description: description || null }),
    StrategicImportanceSet: (_, { new_strategic_importance }) => ({
      strategic_importance: new_strategic_importance,
    }),
    TagsAdded: ({ tags }, added) => ({ tags: [...tags, ...tagsMissing(tags, added.tags)] }),
    TagsRemoved: ({ tags }, removed) => ({ tags: tagsMissing(removed.tags, tags) }),
    ParentAssignmentCorrected: (
      { correctable },
      { corrected_parent_id, original_event_id },
      { event_id },
    ) => ({
      parent_id: corrected_parent_id,
      correctable: noted(correctable, 'ParentAssignmentCorrected', { event_id, original_event_id }),
    }),
    CapabilityDeleted: null,
  },

  decide: {
    CreateCapability: (_, created, { id, boundaries }) =>
      (created.parent_id === null
        ? undefined
        : refuseParent(boundaries.tree, { id, name: created.name }, created.parent_id)) ?? [
        { type: 'CapabilityCreated', data: created },
      ],
    AddParentToCapability: ({ data }, { parent_id }, { id, boundaries }) => {
      const { parent_id: previous_parent_id, name } = data;
      if (parent_id === previous_parent_id) return unchanged('the parent', parent_id);
      return (
        refuseParent(boundaries.tree, { id, name }, parent_id) ?? [
          { type: 'ParentAssigned', data: { parent_id, previous_parent_id } },
        ]
      );
    },
    RemoveParentFromCapability: ({ data: { parent_id } }, { reason }) =>
      parent_id === null
        ? unchanged('the parent', null)
        : [{ type: 'ParentRemoved', data: { previous_parent_id: parent_id, reason } }],
    RenameCapability: ({ data }, { name, reason }) =>
      name === data.name
        ? unchanged('the name', name)
        : [
            {
              type: 'CapabilityRenamed',
              data: { previous_name: data.name, new_name: name, reason },
            },
          ],
    UpdateCapabilityDescription: ({ data }, { description }) =>
      description === (data.description ?? '')
        ? refuse('NO_CHANGE', 'the description says so already')
        : [
            {
              type: 'DescriptionUpdated',
              data: { previous_description: data.description, description },
            },
          ],
    SetStrategicImportance: ({ data }, { strategic_importance, reason }) => {
      const { strategic_importance: previous_strategic_importance } = data;
      if (strategic_importance === previous_strategic_importance)
        return unchanged('the strategic importance', strategic_importance);
      const new_strategic_importance = strategic_importance;
      const set = { previous_strategic_importance, new_strategic_importance, reason };
      return [{ type: 'StrategicImportanceSet', data: set }];
    },
    AddTags: ({ data }, { tags }) => {
      const added = tagsMissing(data.tags, tags);
      return added.length === 0 ? [] : [{ type: 'TagsAdded', data: { tags: added } }];
    },
    RemoveTags: ({ data }, { tags }) => {
      const removed = tagsFound(data.tags, tags);
      return removed.length === 0 ? [] : [{ type: 'TagsRemoved', data: { tags: removed } }];
    },
    DeleteCapability: ({ data }, { reason }, { id, boundaries }) =>
      refuseWhileNeeded(
        `"${data.name}" cannot be deleted while something depends on it`,
        dependentsOf(id, boundaries),
      ) ?? [{ type: 'CapabilityDeleted', data: { reason } }],
    CorrectParentAssignment: (self, { corrects_event_id, corrected_parent_id, reason }, context) =>
      correctParent(self, { corrects_event_id, parent_id: corrected_parent_id, reason }, context),
    CorrectionCommand: (
      self,
      { corrects_event_id, corrected_value, correction_reason },
      context,
    ) => {
      const parent = ParentId.safeParse(corrected_value);
      if (!parent.success)
        return invalid('corrected_value', 'expected the id of the right parent, or null');
      const correction = { corrects_event_id, parent_id: parent.data, reason: correction_reason };
      return correctParent(self, correction, context);
    },
  },
});
