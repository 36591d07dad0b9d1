import { z } from 'zod';
import { AggregateId } from '../../src/core/envelope.js';
import { personal } from '../../src/core/marks.js';
import { command } from '../../src/core/message.js';
import { DomainName, Email, Name, Reason } from '../shared.js';

const LISTED_MAX = 50;

const ParentId = AggregateId.nullable();
const Domains = z.array(DomainName).max(LISTED_MAX);
const Contacts = z.array(personal(Email)).max(LISTED_MAX);

export const events = {
  OrganizationCreated: z.object({
    name: Name,
    parent_id: ParentId,
    domains: Domains,
    contacts: Contacts,
  }),
  ParentAssigned: z.object({ parent_id: AggregateId, previous_parent_id: ParentId }),
  ParentRemoved: z.object({ previous_parent_id: AggregateId, reason: Reason }),
  OrganizationRenamed: z.object({
    previous_name: Name,
    new_name: Name,
    reason: Reason.nullable(),
  }),
  DomainAdded: z.object({ domain: DomainName }),
  DomainRemoved: z.object({ domain: DomainName }),
  ContactAdded: z.object({ email: personal(Email) }),
  ContactRemoved: z.object({ email: personal(Email) }),
  OrganizationDeleted: z.object({ reason: Reason }),
};

export const commands = {
  CreateOrganization: command({
    summary: 'Record an organization, at the top or as a part of another.',
    data: z.object({
      name: Name,
      parent_id: ParentId.default(null),
      domains: Domains.default([]),
      contacts: Contacts.default([]),
    }),
    emits: ['OrganizationCreated'],
    roles: ['architect', 'importer'],
    critical: true,
    boundaries: ['tree'],
  }),
  AddParentToOrganization: command({
    summary: 'Make the organization a part of another one.',
    data: z.object({ parent_id: AggregateId }),
    emits: ['ParentAssigned'],
    roles: ['architect', 'importer'],
    aliases: ['AddParent'],
    sets: { parent_id: { to: 'parent_id' } },
    boundaries: ['tree'],
  }),
  RemoveParentFromOrganization: command({
    summary: 'Make the organization a part of no other one.',
    data: z.object({ reason: Reason }),
    emits: ['ParentRemoved'],
    roles: ['architect', 'importer'],
    aliases: ['RemoveParent'],
    sets: { parent_id: 'clear' },
  }),
  RenameOrganization: command({
    summary: 'Call the organization something else.',
    data: z.object({ name: Name, reason: Reason.nullable().default(null) }),
    emits: ['OrganizationRenamed'],
    roles: ['architect', 'importer'],
    sets: { name: { to: 'name' } },
  }),
  AddDomain: command({
    summary: 'Record a DNS domain of the organization.',
    data: z.object({ domain: DomainName }),
    emits: ['DomainAdded'],
    roles: ['architect', 'importer'],
    sets: { domains: { add: 'domain' } },
  }),
  RemoveDomain: command({
    summary: 'Record that a DNS domain belongs to the organization no more.',
    data: z.object({ domain: DomainName }),
    emits: ['DomainRemoved'],
    roles: ['architect', 'importer'],
    sets: { domains: { remove: 'domain' } },
  }),
  AddContact: command({
    summary: 'Record the e-mail address at which the organization is reached.',
    data: z.object({ email: personal(Email) }),
    emits: ['ContactAdded'],
    roles: ['architect', 'importer'],
    sets: { contacts: { add: 'email' } },
  }),
  RemoveContact: command({
    summary: 'Record that an e-mail address reaches the organization no more.',
    data: z.object({ email: personal(Email) }),
    emits: ['ContactRemoved'],
    roles: ['architect', 'importer'],
    sets: { contacts: { remove: 'email' } },
  }),
  DeleteOrganization: command({
    summary: 'Delete the organization; it may have no parts and own nothing.',
    data: z.object({ reason: Reason }),
    emits: ['OrganizationDeleted'],
    roles: ['admin', 'importer'],
    sensitive: true,
    critical: true,
    boundaries: ['tree', 'relations'],
  }),
};

/** What is known of an organization. */
export const data = z.object({
  name: z.string().default(''),
  parent_id: z.string().nullable().default(null),
  domains: z.array(z.string()).default([]),
  contacts: z.array(personal(z.string())).default([]),
});
