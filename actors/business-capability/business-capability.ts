import { z } from 'zod';
import { defineAggregate } from '../../src/core/define-aggregate.js';
import { AggregateId } from '../../src/core/envelope.js';
import { sets, unchanged } from '../../src/core/field.js';
import { command } from '../../src/core/message.js';
import {
  Correctable,
  Criticality,
  Description,
  describing,
  EventId,
  invalid,
  Name,
  NoReason,
  normalized,
  noted,
  Reason,
  refuseTarget,
  refuseWhileNeeded,
  Tag,
  tagging,
  takenBack,
} from '../shared.js';
import { dependentsOf, users } from './dependents.js';
import { refuseParent, type Tree, tree } from './tree.js';

/** The id of the capability above; null = none. */
const ParentId = AggregateId.nullable();
/** How much the organization's success hangs on it: the same scale as criticality. */
const Importance = Criticality;

const roles = ['architect', 'importer'] as const;

/** The events that set a parent: what CorrectParentAssignment corrects. */
const PARENTAGE = [
  'CapabilityCreated',
  'ParentAssigned',
  'ParentRemoved',
  'ParentAssignmentCorrected',
] as const;

type Placed = {
  readonly name: string;
  readonly parent_id: string | null;
  readonly correctable: Correctable;
};
type Correction = {
  readonly corrects_event_id: string;
  readonly parent_id: string | null;
  readonly reason: string;
};

const correctParent = (
  { data }: { readonly data: Placed },
  { corrects_event_id, parent_id, reason }: Correction,
  context: {
    readonly id: string;
    readonly approval_id: string | null;
    readonly boundaries: { readonly tree: Tree };
  },
) => {
  const { name, parent_id: previous_parent_id, correctable } = data;
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
  boundaries: { tree, ...users },

  data: z.object({
    name: z.string().default(''),
    parent_id: z.string().nullable().default(null),
    description: z.string().nullable().default(null),
    strategic_importance: Importance.nullable().default(null),
    tags: z.array(Tag).default([]),
    correctable: Correctable.default({}),
  }),

  claims: {
    name: {
      key: ({ data: { parent_id, name } }) => `${parent_id ?? ''}/${normalized(name)}`,
      taken: 'NAME_TAKEN',
      what: 'the name among its siblings',
    },
  },

  commands: {
    CreateCapability: command({
      summary: 'Put a new capability on the map, at the top or below another.',
      data: z.object({
        name: Name,
        parent_id: ParentId.default(null),
        description: Description.nullable().default(null),
      }),
      emits: ['CapabilityCreated'],
      roles,
      critical: true,
      boundaries: ['tree'],
    }),
    AddParentToCapability: sets('parent_id', AggregateId, {
      summary: 'Put the capability below another one.',
      event: 'ParentAssigned',
      what: 'the parent',
      bare: 'first',
      roles,
      aliases: ['AddParent'],
      boundaries: ['tree'],
      cleared: {
        command: 'RemoveParentFromCapability',
        summary: 'Make the capability a top-level one.',
        event: 'ParentRemoved',
        also: { reason: Reason },
        aliases: ['RemoveParent'],
        boundaries: ['tree'],
      },
    }),
    RenameCapability: sets('name', Name, {
      summary: 'Call the capability something else.',
      event: 'CapabilityRenamed',
      also: { reason: NoReason },
      roles,
    }),
    UpdateCapabilityDescription: describing({
      summary: 'Describe the capability in other words.',
      roles,
      aliases: ['UpdateDescription'],
    }),
    SetStrategicImportance: sets('strategic_importance', Importance, {
      summary: 'Say how much the success of the organization hangs on the capability.',
      event: 'StrategicImportanceSet',
      also: { reason: NoReason },
      roles,
      cleared: takenBack(
        'ClearStrategicImportance',
        'StrategicImportanceCleared',
        'Leave open how much the success of the organization hangs on the capability.',
      ),
    }),
    AddTags: tagging(roles),
    DeleteCapability: command({
      summary: 'Take the capability off the map; nothing may depend on it.',
      data: z.object({ reason: Reason }),
      emits: ['CapabilityDeleted'],
      roles: ['admin', 'importer'],
      sensitive: true,
      critical: true,
      boundaries: ['tree', 'supporters', 'realizers', 'relations'],
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
  },

  events: {
    CapabilityCreated: z.object({
      name: Name,
      parent_id: ParentId,
      description: Description.nullable(),
    }),
    CapabilityDeleted: z.object({ reason: Reason }),
    ParentAssignmentCorrected: z.object({
      original_event_id: EventId,
      previous_parent_id: ParentId,
      corrected_parent_id: ParentId,
      reason: Reason,
      approval_id: z.string(),
    }),
  },

  chart: {
    initial: 'absent',
    states: {
      absent: { on: { CapabilityCreated: 'present' } },
      present: { on: { ParentAssignmentCorrected: {}, CapabilityDeleted: 'deleted' } },
      deleted: { kind: 'deleted' },
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

  refuses: {
    AddParentToCapability: ({ data: { name } }, { parent_id }, { id, boundaries }) =>
      refuseParent(boundaries.tree, { id, name }, parent_id),
  },

  decide: {
    CreateCapability: (_, created, { id, boundaries }) =>
      (created.parent_id === null
        ? undefined
        : refuseParent(boundaries.tree, { id, name: created.name }, created.parent_id)) ?? [
        { type: 'CapabilityCreated', data: created },
      ],
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
