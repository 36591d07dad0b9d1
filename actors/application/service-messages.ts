import { z } from 'zod';
import { AggregateId } from '../../src/core/envelope.js';
import { command } from '../../src/core/message.js';
import { Description, Name, Reason, Sla } from '../shared.js';

/** The id of a part of an application. It becomes a key, and this one would be lost as a key. */
export const PartId = AggregateId.refine((id) => id !== '__proto__', 'expected another id');
const CapabilityId = AggregateId.nullable();

export const serviceEvents = {
  ServiceOffered: z.object({
    service_id: PartId,
    name: Name,
    capability_id: CapabilityId,
    sla: Sla.nullable(),
    description: Description.nullable(),
  }),
  ServiceSlaChanged: z.object({ service_id: PartId, previous_sla: Sla.nullable(), new_sla: Sla }),
  ServiceCapabilityChanged: z.object({
    service_id: PartId,
    previous_capability_id: CapabilityId,
    new_capability_id: CapabilityId,
  }),
  ServiceConsumerAdded: z.object({ service_id: PartId, consumer_app_id: AggregateId }),
  ServiceConsumerRemoved: z.object({ service_id: PartId, consumer_app_id: AggregateId }),
  ServiceWithdrawn: z.object({ service_id: PartId, reason: Reason }),
};

const capability = {
  capability: { of: 'BusinessCapability', by: 'capability_id', view: z.object({}) },
} as const;

export const serviceCommands = {
  OfferService: command({
    summary: 'Offer a service to others; one that was withdrawn may be offered again.',
    data: z.object({
      service_id: PartId,
      name: Name,
      capability_id: CapabilityId.default(null),
      sla: Sla.nullable().default(null),
      description: Description.nullable().default(null),
    }),
    emits: ['ServiceOffered'],
    roles: ['architect', 'owner', 'importer'],
    aliases: ['AddService'],
    references: capability,
    boundaries: ['services'],
  }),
  ChangeServiceSla: command({
    summary: 'Promise something else of a service.',
    data: z.object({ service_id: PartId, sla: Sla }),
    emits: ['ServiceSlaChanged'],
    roles: ['architect', 'importer'],
  }),
  RealignService: command({
    summary: 'Say which business capability a service supports, or that it supports none.',
    data: z.object({ service_id: PartId, capability_id: CapabilityId }),
    emits: ['ServiceCapabilityChanged'],
    roles: ['architect', 'importer'],
    references: capability,
  }),
  AddServiceConsumer: command({
    summary: 'Record that another application uses a service.',
    data: z.object({ service_id: PartId, consumer_app_id: AggregateId }),
    emits: ['ServiceConsumerAdded'],
    roles: ['architect', 'importer'],
    boundaries: ['providers'],
  }),
  RemoveServiceConsumer: command({
    summary: 'Record that another application uses a service no more.',
    data: z.object({ service_id: PartId, consumer_app_id: AggregateId }),
    emits: ['ServiceConsumerRemoved'],
    roles: ['architect', 'importer'],
  }),
  WithdrawService: command({
    summary: 'Offer a service no more; no live interface may serve it.',
    data: z.object({ service_id: PartId, reason: Reason }),
    emits: ['ServiceWithdrawn'],
    roles: ['architect', 'importer'],
    sensitive: true,
    aliases: ['RemoveService'],
  }),
};

/** What an application does for others, as it is known inside the application. */
export const Service = z.object({
  service_id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  sla: z.string().nullable(),
  capability_id: z.string().nullable(),
  consumers: z.array(z.string()),
  status: z.enum(['offered', 'withdrawn']),
});
export type Service = z.output<typeof Service>;
