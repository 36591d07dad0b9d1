import { z } from 'zod';
import { AggregateId } from '../../src/core/envelope.js';
import { command } from '../../src/core/message.js';
import { Frequency, Protocol, Reason, Sla, Tag, Tags } from '../shared.js';

/** What the two ends agreed on: a text, or where it stands. */
const DataContract = Reason;
const NoReason = Reason.nullable().default(null);
const Rerouted = z.object({
  previous_app_id: AggregateId,
  new_app_id: AggregateId,
  reason: Reason,
});

export const events = {
  IntegrationCreated: z.object({
    source_app_id: AggregateId,
    target_app_id: AggregateId,
    protocol: Protocol,
    frequency: Frequency.nullable(),
    sla: Sla.nullable(),
  }),
  ProtocolSwitched: z.object({
    previous_protocol: Protocol,
    new_protocol: Protocol,
    reason: Reason.nullable(),
  }),
  SlaSet: z.object({ previous_sla: Sla.nullable(), new_sla: Sla }),
  FrequencySet: z.object({ previous_frequency: Frequency.nullable(), new_frequency: Frequency }),
  DataContractSet: z.object({
    previous_data_contract: DataContract.nullable(),
    new_data_contract: DataContract,
  }),
  SourceRerouted: Rerouted,
  TargetRerouted: Rerouted,
  TagsAdded: z.object({ tags: Tags }),
  TagsRemoved: z.object({ tags: Tags }),
  IntegrationDeleted: z.object({ reason: Reason }),
};

const roles = ['architect', 'owner', 'importer'] as const;
const application = <F extends string>(by: F) =>
  ({ of: 'Application', by, view: z.object({ name: z.string() }) }) as const;

export const commands = {
  CreateIntegration: command({
    summary: 'Record that data flows from one application to another.',
    data: z.object({
      source_app_id: AggregateId,
      target_app_id: AggregateId,
      protocol: Protocol,
      frequency: Frequency.nullable().default(null),
      sla: Sla.nullable().default(null),
    }),
    emits: ['IntegrationCreated'],
    roles,
    critical: true,
    references: { source: application('source_app_id'), target: application('target_app_id') },
  }),
  SwitchProtocol: command({
    summary: 'Record that the two applications talk in another way.',
    data: z.object({ protocol: Protocol, reason: NoReason }),
    emits: ['ProtocolSwitched'],
    roles,
    aliases: ['SetProtocol'],
    sets: { protocol: { to: 'protocol' } },
  }),
  SetSla: command({
    summary: 'Say what is promised of the integration.',
    data: z.object({ sla: Sla }),
    emits: ['SlaSet'],
    roles,
    sets: { sla: { to: 'sla' } },
  }),
  SetFrequency: command({
    summary: 'Say how often data flows.',
    data: z.object({ frequency: Frequency }),
    emits: ['FrequencySet'],
    roles,
    sets: { frequency: { to: 'frequency' } },
  }),
  SetDataContract: command({
    summary: 'Say what the two applications agreed on, or where that stands.',
    data: z.object({ data_contract: DataContract }),
    emits: ['DataContractSet'],
    roles,
    sets: { data_contract: { to: 'data_contract' } },
  }),
  RerouteSource: command({
    summary: 'Record that the data comes from another application.',
    data: z.object({ app_id: AggregateId, reason: Reason }),
    emits: ['SourceRerouted'],
    roles,
    sets: { source_app_id: { to: 'app_id' } },
    references: { app: application('app_id') },
  }),
  RerouteTarget: command({
    summary: 'Record that the data goes to another application.',
    data: z.object({ app_id: AggregateId, reason: Reason }),
    emits: ['TargetRerouted'],
    roles,
    sets: { target_app_id: { to: 'app_id' } },
    references: { app: application('app_id') },
  }),
  AddTags: command({
    summary: 'Add tags; those it has already are left out.',
    data: z.object({ tags: Tags }),
    emits: ['TagsAdded'],
    roles,
    sets: { tags: { add: 'tags' } },
  }),
  RemoveTags: command({
    summary: 'Remove tags; those it does not have are left out.',
    data: z.object({ tags: Tags }),
    emits: ['TagsRemoved'],
    roles,
    sets: { tags: { remove: 'tags' } },
  }),
  DeleteIntegration: command({
    summary: 'Delete the integration; no relation may lead from or to it.',
    data: z.object({ reason: Reason }),
    emits: ['IntegrationDeleted'],
    roles: ['admin', 'importer'],
    sensitive: true,
    critical: true,
    boundaries: ['relations'],
  }),
};

/** What is known of an integration. */
export const data = z.object({
  source_app_id: z.string().default(''),
  target_app_id: z.string().default(''),
  protocol: Protocol.default('rest'),
  frequency: z.string().nullable().default(null),
  sla: z.string().nullable().default(null),
  data_contract: z.string().nullable().default(null),
  tags: z.array(Tag).default([]),
});

export type IntegrationData = z.output<typeof data>;
