import { z } from 'zod';
import type { Referenced } from '../../src/core/aggregate.js';
import { defineAggregate } from '../../src/core/define-aggregate.js';
import { AggregateId } from '../../src/core/envelope.js';
import { sets } from '../../src/core/field.js';
import { command } from '../../src/core/message.js';
import { type Refusal, refuse } from '../../src/core/refusal.js';
import { relatedTo, relationEnds } from '../relation-ends.js';
import {
  Frequency,
  NoReason,
  Protocol,
  Reason,
  refuseWhileNeeded,
  Sla,
  Tag,
  tagging,
  takenBack,
} from '../shared.js';

/** What the two ends agreed on: a text, or where it stands. */
const DataContract = Reason;

const roles = ['architect', 'owner', 'importer'] as const;
const application = <F extends string>(by: F) =>
  ({ of: 'Application', by, view: z.object({ name: z.string() }) }) as const;

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

const Owned = z.object({ owner: z.string() });
const ownerOf = (app: Referenced<unknown> | null | undefined): string[] =>
  app ? [Owned.parse(app.data).owner] : [];

/** A flow of data from one application to another. */
export const Integration = defineAggregate({
  name: 'Integration',
  summary: 'A flow of data from one application to another.',
  boundaries: { relations: relationEnds },

  /** Who owns either application may change what flows between them. */
  ownership: {
    references: {
      source: { of: 'Application', by: 'source_app_id', view: Owned },
      target: { of: 'Application', by: 'target_app_id', view: Owned },
    },
    teams: (_, { source, target }) => [...ownerOf(source), ...ownerOf(target)],
  },

  data: z.object({
    source_app_id: z.string().default(''),
    target_app_id: z.string().default(''),
    protocol: Protocol.default('rest'),
    frequency: z.string().nullable().default(null),
    sla: z.string().nullable().default(null),
    data_contract: z.string().nullable().default(null),
    tags: z.array(Tag).default([]),
  }),

  commands: {
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
    SwitchProtocol: sets('protocol', Protocol, {
      summary: 'Record that the two applications talk in another way.',
      event: 'ProtocolSwitched',
      also: { reason: NoReason },
      roles,
      aliases: ['SetProtocol'],
    }),
    SetSla: sets('sla', Sla, {
      summary: 'Say what is promised of the integration.',
      event: 'SlaSet',
      what: 'the SLA',
      roles,
      cleared: takenBack('ClearSla', 'SlaCleared', 'Promise nothing of the integration any more.'),
    }),
    SetFrequency: sets('frequency', Frequency, {
      summary: 'Say how often data flows.',
      event: 'FrequencySet',
      roles,
      cleared: takenBack('ClearFrequency', 'FrequencyCleared', 'Leave open how often data flows.'),
    }),
    SetDataContract: sets('data_contract', DataContract, {
      summary: 'Say what the two applications agreed on, or where that stands.',
      event: 'DataContractSet',
      isText: true,
      roles,
      cleared: takenBack(
        'EndDataContract',
        'DataContractEnded',
        'Record that the two applications have agreed on nothing any more.',
      ),
    }),
    RerouteSource: sets('source_app_id', AggregateId, {
      summary: 'Record that the data comes from another application.',
      event: 'SourceRerouted',
      as: 'app_id',
      called: 'app_id',
      what: 'the application',
      also: { reason: Reason },
      roles,
      references: { app: application('app_id') },
    }),
    RerouteTarget: sets('target_app_id', AggregateId, {
      summary: 'Record that the data goes to another application.',
      event: 'TargetRerouted',
      as: 'app_id',
      called: 'app_id',
      what: 'the application',
      also: { reason: Reason },
      roles,
      references: { app: application('app_id') },
    }),
    AddTags: tagging(roles),
    DeleteIntegration: command({
      summary: 'Delete the integration; no relation may lead from or to it.',
      data: z.object({ reason: Reason }),
      emits: ['IntegrationDeleted'],
      roles: ['admin', 'importer'],
      sensitive: true,
      critical: true,
      boundaries: ['relations'],
    }),
  },

  events: {
    IntegrationCreated: z.object({
      source_app_id: AggregateId,
      target_app_id: AggregateId,
      protocol: Protocol,
      frequency: Frequency.nullable(),
      sla: Sla.nullable(),
    }),
    IntegrationDeleted: z.object({ reason: Reason }),
  },

  chart: {
    initial: 'absent',
    states: {
      absent: { on: { IntegrationCreated: 'present' } },
      present: { on: { IntegrationDeleted: 'deleted' } },
      deleted: { kind: 'deleted' },
    },
  },

  evolve: { IntegrationCreated: (_, created) => created, IntegrationDeleted: null },

  refuses: {
    RerouteSource: ({ data: { target_app_id } }, { app_id }, context) =>
      refuseItself(app_id, target_app_id) ??
      refuseRetired('app_id', context.references.app, context),
    RerouteTarget: ({ data: { source_app_id } }, { app_id }, context) =>
      refuseItself(source_app_id, app_id) ??
      refuseRetired('app_id', context.references.app, context),
  },

  decide: {
    CreateIntegration: (_, created, context) =>
      refuseItself(created.source_app_id, created.target_app_id) ??
      refuseRetired('source_app_id', context.references.source, context) ??
      refuseRetired('target_app_id', context.references.target, context) ?? [
        { type: 'IntegrationCreated', data: created },
      ],
    DeleteIntegration: ({ data: { source_app_id, target_app_id } }, { reason }, told) =>
      refuseWhileNeeded(
        `the integration from ${source_app_id} to ${target_app_id} cannot be deleted while it has relations`,
        relatedTo(told.id, told.boundaries.relations),
      ) ?? [{ type: 'IntegrationDeleted', data: { reason } }],
  },
});
