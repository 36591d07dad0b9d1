import { defineAggregate } from '../../src/core/aggregate.js';
import { refuse } from '../../src/core/refusal.js';
import { integratedWith } from '../integration-ends.js';
import { relatedTo } from '../relation-ends.js';
import {
  invalid,
  Lifecycle,
  normalized,
  noted,
  refuseToLowerUnjustified,
  refuseWhileNeeded,
  tagsFound,
  tagsMissing,
  unchanged,
} from '../shared.js';
import { boundaries, consumption } from './boundaries.js';
import { chart } from './chart.js';
import { correctByType, correctClassification, correctLifecycle } from './corrections.js';
import { decideDeployments } from './deployments.js';
import { decideInterfaces, evolveInterfaces } from './interfaces.js';
import { partIds } from './parts.js';
import { isImport, refusePastDate, refuseWhileInUse } from './rules.js';
import { commands, data, events } from './schemas.js';
import { decideServices, evolveServices } from './services.js';

/** A piece of software in the landscape, from plan to retirement. */
export const Application = defineAggregate({
  name: 'Application',
  summary: 'A piece of software in the landscape, from plan to retirement.',

  commands,
  events,
  data,
  chart,
  boundaries,
  ownership: { teams: ({ owner }) => [owner] },

  claims: {
    name: {
      key: ({ data: { name } }) => normalized(name),
      taken: 'NAME_TAKEN',
      what: 'the name',
    },
  },

  evolve: {
    ApplicationCreated: ({ correctable }, { lifecycle: _, ...created }, meta) => ({
      ...created,
      correctable: noted(correctable, 'ApplicationCreated', meta),
    }),
    ApplicationRenamed: (_, { new_name }) => ({ name: new_name }),
    OwnerSet: (_, { new_owner }) => ({ owner: new_owner }),
    DescriptionUpdated: (_, { description }) => ({ description: description || null }),
    TagsAdded: ({ tags }, added) => ({ tags: [...tags, ...tagsMissing(tags, added.tags)] }),
    TagsRemoved: ({ tags }, removed) => ({ tags: tagsMissing(removed.tags, tags) }),
    CriticalitySet: (_, { new_criticality }) => ({ criticality: new_criticality }),
    DataClassificationChanged: ({ correctable }, { new_classification }, meta) => ({
      data_classification: new_classification,
      correctable: noted(correctable, 'DataClassificationChanged', meta),
    }),
    DataClassificationCorrected: ({ correctable }, corrected, { event_id }) => ({
      data_classification: corrected.corrected_classification,
      correctable: noted(correctable, 'DataClassificationCorrected', {
        event_id,
        original_event_id: corrected.original_event_id,
      }),
    }),
    CapabilityAssigned: (_, { capability_id }) => ({ capability_id }),
    CapabilityRemoved: () => ({ capability_id: null }),
    DeployedToServer: ({ deployments }, { server_id, environment }) => ({
      deployments: [...deployments, { server_id, environment }],
    }),
    UndeployedFromServer: ({ deployments }, { server_id, environment }) => ({
      deployments: deployments.filter(
        (one) => one.server_id !== server_id || one.environment !== environment,
      ),
    }),
    LifecycleTransitioned: (before, { sunset_date }, meta) => ({
      sunset_date: sunset_date ?? before.sunset_date,
      correctable: noted(before.correctable, 'LifecycleTransitioned', meta),
    }),
    SunsetRescheduled: (_, { new_sunset_date }) => ({ sunset_date: new_sunset_date }),
    ApplicationCancelled: ({ correctable }, _, meta) => ({
      correctable: noted(correctable, 'ApplicationCancelled', meta),
    }),
    ApplicationReinstated: ({ correctable }, _, meta) => ({
      sunset_date: null,
      correctable: noted(correctable, 'ApplicationReinstated', meta),
    }),
    LifecycleCorrected: (
      before,
      { corrected_lifecycle: now, original_event_id },
      { event_id },
    ) => ({
      sunset_date: now === 'planned' || now === 'active' ? null : before.sunset_date,
      correctable: noted(before.correctable, 'LifecycleCorrected', { event_id, original_event_id }),
    }),
    ...evolveServices,
    ...evolveInterfaces,
    ApplicationDeleted: null,
  },

  decide: {
    CreateApplication: (_, created, context) => {
      const { lifecycle } = created;
      if (!isImport(context) && lifecycle !== 'planned' && lifecycle !== 'active')
        return refuse(
          'INVALID_LIFECYCLE_TRANSITION',
          `an application cannot start "${lifecycle}"; it can start "planned" or "active" (an import may record any)`,
          { details: { from: 'absent', to: lifecycle, allowed: ['planned', 'active'] } },
        );
      return [{ type: 'ApplicationCreated', data: created }];
    },
    RenameApplication: ({ data: { name: previous_name } }, { name, reason }) =>
      name === previous_name
        ? unchanged('the name', name)
        : [{ type: 'ApplicationRenamed', data: { previous_name, new_name: name, reason } }],
    SetOwner: ({ data: { owner: previous_owner } }, { owner, reason }) =>
      owner === previous_owner
        ? unchanged('the owner', owner)
        : [{ type: 'OwnerSet', data: { previous_owner, new_owner: owner, reason } }],
    UpdateDescription: ({ data: { description: previous_description } }, { description }) =>
      description === (previous_description ?? '')
        ? refuse('NO_CHANGE', 'the description says so already')
        : [{ type: 'DescriptionUpdated', data: { previous_description, description } }],
    AddTags: ({ data }, { tags }) => {
      const added = tagsMissing(data.tags, tags);
      return added.length === 0 ? [] : [{ type: 'TagsAdded', data: { tags: added } }];
    },
    RemoveTags: ({ data }, { tags }) => {
      const removed = tagsFound(data.tags, tags);
      return removed.length === 0 ? [] : [{ type: 'TagsRemoved', data: { tags: removed } }];
    },
    SetCriticality: ({ data }, { criticality, justification }, context) => {
      const { criticality: previous_criticality } = data;
      if (criticality === previous_criticality) return unchanged('the criticality', criticality);
      const set = { previous_criticality, new_criticality: criticality, justification };
      return (
        refuseToLowerUnjustified(previous_criticality, criticality, context) ?? [
          { type: 'CriticalitySet', data: set },
        ]
      );
    },
    SetDataClassification: ({ data }, { classification, reason }) => {
      const { data_classification: previous_classification } = data;
      if (classification === previous_classification)
        return unchanged('the data classification', classification);
      const changed = { previous_classification, new_classification: classification, reason };
      return [{ type: 'DataClassificationChanged', data: changed }];
    },
    CorrectDataClassification: (self, { correction_reason: reason, ...correction }, context) =>
      correctClassification(self, { ...correction, reason }, context),
    AssignCapability: ({ data: { capability_id: previous_capability_id } }, { capability_id }) =>
      capability_id === previous_capability_id
        ? unchanged('the capability', capability_id)
        : [{ type: 'CapabilityAssigned', data: { capability_id, previous_capability_id } }],
    RemoveCapability: ({ data: { capability_id } }, { reason }) =>
      capability_id === null
        ? unchanged('the capability', null)
        : [{ type: 'CapabilityRemoved', data: { previous_capability_id: capability_id, reason } }],
    ...decideDeployments,
    TransitionLifecycle: (self, { target_lifecycle, sunset_date }, context) => {
      if (target_lifecycle === self.status) return unchanged('the lifecycle', target_lifecycle);
      if (sunset_date !== null && target_lifecycle !== 'deprecated')
        return invalid('sunset_date', 'can only be given with target_lifecycle "deprecated"');
      const past = sunset_date !== null && refusePastDate(sunset_date, context);
      if (past) return past;
      const last = self.status === 'deprecated' && target_lifecycle === 'retired';
      const used = last && refuseWhileInUse(self, context);
      if (used) return used;
      const from_lifecycle = Lifecycle.parse(self.status);
      const transition = { from_lifecycle, to_lifecycle: target_lifecycle, sunset_date };
      return [{ type: 'LifecycleTransitioned', data: transition }];
    },
    RescheduleSunset: ({ data }, { sunset_date, reason }, context) => {
      const { sunset_date: previous_sunset_date } = data;
      if (sunset_date === previous_sunset_date) return unchanged('the sunset date', sunset_date);
      const rescheduled = { previous_sunset_date, new_sunset_date: sunset_date, reason };
      return (
        refusePastDate(sunset_date, context) ?? [{ type: 'SunsetRescheduled', data: rescheduled }]
      );
    },
    CancelPlannedApplication: (self, { reason }, context) =>
      refuseWhileInUse(self, context) ?? [{ type: 'ApplicationCancelled', data: { reason } }],
    ReinstateApplication: ({ data: { sunset_date } }, { reason }) => [
      { type: 'ApplicationReinstated', data: { previous_sunset_date: sunset_date, reason } },
    ],
    CorrectLifecycle: correctLifecycle,
    CorrectionCommand: (self, { correction_reason: reason, ...correction }, context) =>
      correctByType(self, { ...correction, reason }, context),
    DeleteApplication: ({ data }, { reason }, { id, approval_id, boundaries }) =>
      refuseWhileNeeded(`"${data.name}" cannot be deleted while something depends on it`, [
        ...consumption(id, boundaries.providers),
        ...integratedWith(id, boundaries.integrations),
        ...relatedTo([id, ...partIds(data)], boundaries.relations),
      ]) ?? [{ type: 'ApplicationDeleted', data: { reason, approval_id: approval_id! } }],
    ...decideServices,
    ...decideInterfaces,
  },
});
