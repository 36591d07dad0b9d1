import { z } from 'zod';
import { defineAggregate, type Referenced } from '../../src/core/aggregate.js';
import { type Refusal, refuse } from '../../src/core/refusal.js';
import { relatedTo, relationEnds } from '../relation-ends.js';
import { refuseWhileNeeded, tagsFound, tagsMissing, unchanged } from '../shared.js';
import { commands, data, events, type IntegrationData } from './schemas.js';

const edits = {
  ProtocolSwitched: {},
  SlaSet: {},
  FrequencySet: {},
  DataContractSet: {},
  SourceRerouted: {},
  TargetRerouted: {},
  TagsAdded: {},
  TagsRemoved: {},
} as const;

type Application = Referenced<{ readonly name: string }> | null;
type Asking = { readonly source: string };

/** Refuse an end that was retired. An import records history as it finds it. */
const refuseRetired = (field: string, app: Application, { source }: Asking): Refusal | undefined =>
  app?.status !== 'retired' || source === 'import'
    ? undefined
    : refuse('REFERENCE_RETIRED', `Application "${app.data.name}" (${app.id}) was retired`, {
        details: { field, id: app.id },
      });

const refuseItself = (source_app_id: string, target_app_id: string): Refusal | undefined =>
  source_app_id === target_app_id
    ? refuse('SELF_REFERENCE', `${source_app_id} cannot be integrated with itself`)
    : undefined;

/** The other application that an end is rerouted to, or why it cannot be. */
const rerouted = (
  previous_app_id: string,
  { app_id, reason }: { readonly app_id: string; readonly reason: string },
  refused: Refusal | undefined,
) => {
  if (app_id === previous_app_id) return unchanged('the application', app_id);
  return refused ?? { previous_app_id, new_app_id: app_id, reason };
};

const Owned = z.object({ owner: z.string() });
const ownerOf = (app: Referenced<unknown> | null | undefined): string[] =>
  app ? [Owned.parse(app.data).owner] : [];

const named = ({ source_app_id, target_app_id }: IntegrationData): string =>
  `the integration from ${source_app_id} to ${target_app_id}`;

/** A flow of data from one application to another. */
export const Integration = defineAggregate({
  name: 'Integration',
  summary: 'A flow of data from one application to another.',

  commands,
  events,
  data,
  boundaries: { relations: relationEnds },

  /** Who owns either application may change what flows between them. */
  ownership: {
    references: {
      source: { of: 'Application', by: 'source_app_id', view: Owned },
      target: { of: 'Application', by: 'target_app_id', view: Owned },
    },
    teams: (_, { source, target }) => [...ownerOf(source), ...ownerOf(target)],
  },

  chart: {
    initial: 'absent',
    states: {
      absent: { on: { IntegrationCreated: 'present' } },
      present: { on: { ...edits, IntegrationDeleted: 'deleted' } },
      deleted: { kind: 'deleted' },
    },
  },

  evolve: {
    IntegrationCreated: (_, created) => created,
    ProtocolSwitched: (_, { new_protocol }) => ({ protocol: new_protocol }),
    SlaSet: (_, { new_sla }) => ({ sla: new_sla }),
    FrequencySet: (_, { new_frequency }) => ({ frequency: new_frequency }),
    DataContractSet: (_, { new_data_contract }) => ({ data_contract: new_data_contract }),
    SourceRerouted: (_, { new_app_id }) => ({ source_app_id: new_app_id }),
    TargetRerouted: (_, { new_app_id }) => ({ target_app_id: new_app_id }),
    TagsAdded: ({ tags }, added) => ({ tags: [...tags, ...tagsMissing(tags, added.tags)] }),
    TagsRemoved: ({ tags }, removed) => ({ tags: tagsMissing(removed.tags, tags) }),
    IntegrationDeleted: null,
  },

  decide: {
    CreateIntegration: (_, created, context) =>
      refuseItself(created.source_app_id, created.target_app_id) ??
      refuseRetired('source_app_id', context.references.source, context) ??
      refuseRetired('target_app_id', context.references.target, context) ?? [
        { type: 'IntegrationCreated', data: created },
      ],
    SwitchProtocol: ({ data: { protocol: previous_protocol } }, { protocol, reason }) =>
      protocol === previous_protocol
        ? unchanged('the protocol', protocol)
        : [
            {
              type: 'ProtocolSwitched',
              data: { previous_protocol, new_protocol: protocol, reason },
            },
          ],
    SetSla: ({ data: { sla: previous_sla } }, { sla }) =>
      sla === previous_sla
        ? unchanged('the SLA', sla)
        : [{ type: 'SlaSet', data: { previous_sla, new_sla: sla } }],
    SetFrequency: ({ data: { frequency: previous_frequency } }, { frequency }) =>
      frequency === previous_frequency
        ? unchanged('the frequency', frequency)
        : [{ type: 'FrequencySet', data: { previous_frequency, new_frequency: frequency } }],
    SetDataContract: ({ data: { data_contract: previous } }, { data_contract }) => {
      if (data_contract === previous)
        return refuse('NO_CHANGE', 'the data contract says so already');
      const set = { previous_data_contract: previous, new_data_contract: data_contract };
      return [{ type: 'DataContractSet', data: set }];
    },
    RerouteSource: ({ data: { source_app_id, target_app_id } }, asked, context) => {
      const refused =
        refuseItself(asked.app_id, target_app_id) ??
        refuseRetired('app_id', context.references.app, context);
      const moved = rerouted(source_app_id, asked, refused);
      return 'refused' in moved ? moved : [{ type: 'SourceRerouted', data: moved }];
    },
    RerouteTarget: ({ data: { source_app_id, target_app_id } }, asked, context) => {
      const refused =
        refuseItself(source_app_id, asked.app_id) ??
        refuseRetired('app_id', context.references.app, context);
      const moved = rerouted(target_app_id, asked, refused);
      return 'refused' in moved ? moved : [{ type: 'TargetRerouted', data: moved }];
    },
    AddTags: ({ data }, { tags }) => {
      const added = tagsMissing(data.tags, tags);
      return added.length === 0 ? [] : [{ type: 'TagsAdded', data: { tags: added } }];
    },
    RemoveTags: ({ data }, { tags }) => {
      const removed = tagsFound(data.tags, tags);
      return removed.length === 0 ? [] : [{ type: 'TagsRemoved', data: { tags: removed } }];
    },
    DeleteIntegration: ({ data }, { reason }, { id, boundaries }) =>
      refuseWhileNeeded(
        `${named(data)} cannot be deleted while it has relations`,
        relatedTo(id, boundaries.relations),
      ) ?? [{ type: 'IntegrationDeleted', data: { reason } }],
  },
});
