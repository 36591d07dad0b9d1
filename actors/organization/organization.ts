import { z } from 'zod';
import { defineAggregate } from '../../src/core/define-aggregate.js';
import { AggregateId } from '../../src/core/envelope.js';
import { sets } from '../../src/core/field.js';
import { adds } from '../../src/core/list-field.js';
import { personal } from '../../src/core/marks.js';
import { command } from '../../src/core/message.js';
import { relatedTo, relationEnds } from '../relation-ends.js';
import {
  DomainName,
  Email,
  Name,
  NoReason,
  normalized,
  Reason,
  refuseWhileNeeded,
} from '../shared.js';
import { partsOf, refuseParent, tree } from './tree.js';

const LISTED_MAX = 50;

const ParentId = AggregateId.nullable();
const Domains = z.array(DomainName).max(LISTED_MAX);
const Contacts = z.array(personal(Email)).max(LISTED_MAX);

const roles = ['architect', 'importer'] as const;

/** A company, a department, a team: somebody who owns and answers for things. */
export const Organization = defineAggregate({
  name: 'Organization',
  summary: 'A company, a department or a team, which owns things and answers for them.',
  boundaries: { tree, relations: relationEnds },

  data: z.object({
    name: z.string().default(''),
    parent_id: z.string().nullable().default(null),
    domains: z.array(z.string()).default([]),
    contacts: z.array(personal(z.string())).default([]),
  }),

  claims: {
    name: {
      key: ({ data: { parent_id, name } }) => `${parent_id ?? ''}/${normalized(name)}`,
      taken: 'NAME_TAKEN',
      what: 'the name among its siblings',
    },
  },

  commands: {
    CreateOrganization: command({
      summary: 'Record an organization, at the top or as a part of another.',
      data: z.object({
        name: Name,
        parent_id: ParentId.default(null),
        domains: Domains.default([]),
        contacts: Contacts.default([]),
      }),
      emits: ['OrganizationCreated'],
      roles,
      critical: true,
      boundaries: ['tree'],
    }),
    AddParentToOrganization: sets('parent_id', AggregateId, {
      summary: 'Make the organization a part of another one.',
      event: 'ParentAssigned',
      what: 'the parent',
      bare: 'first',
      roles,
      aliases: ['AddParent'],
      boundaries: ['tree'],
      cleared: {
        command: 'RemoveParentFromOrganization',
        summary: 'Make the organization a part of no other one.',
        event: 'ParentRemoved',
        also: { reason: Reason },
        aliases: ['RemoveParent'],
      },
    }),
    RenameOrganization: sets('name', Name, {
      summary: 'Call the organization something else.',
      event: 'OrganizationRenamed',
      also: { reason: NoReason },
      roles,
    }),
    AddDomain: adds('domains', DomainName, {
      summary: 'Record a DNS domain of the organization.',
      event: 'DomainAdded',
      as: 'domain',
      there: (domain, name) => `${domain} is a domain of "${name}" already`,
      missing: (domain, name) => `${domain} is no domain of "${name}"`,
      roles,
      removed: {
        command: 'RemoveDomain',
        summary: 'Record that a DNS domain belongs to the organization no more.',
        event: 'DomainRemoved',
      },
    }),
    AddContact: adds('contacts', personal(Email), {
      summary: 'Record the e-mail address at which the organization is reached.',
      event: 'ContactAdded',
      as: 'email',
      // Personal data: the address itself stands in no message.
      there: (_, name) => `"${name}" has this contact already`,
      missing: (_, name) => `"${name}" does not have this contact`,
      roles,
      removed: {
        command: 'RemoveContact',
        summary: 'Record that an e-mail address reaches the organization no more.',
        event: 'ContactRemoved',
      },
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
  },

  events: {
    OrganizationCreated: z.object({
      name: Name,
      parent_id: ParentId,
      domains: Domains,
      contacts: Contacts,
    }),
    OrganizationDeleted: z.object({ reason: Reason }),
  },

  chart: {
    initial: 'absent',
    states: {
      absent: { on: { OrganizationCreated: 'present' } },
      present: { on: { OrganizationDeleted: 'deleted' } },
      deleted: { kind: 'deleted' },
    },
  },

  evolve: { OrganizationCreated: (_, created) => created, OrganizationDeleted: null },

  refuses: {
    AddParentToOrganization: ({ data: { name } }, { parent_id }, { id, boundaries }) =>
      refuseParent(boundaries.tree, { id, name }, parent_id),
  },

  decide: {
    CreateOrganization: (_, created, { id, boundaries }) => {
      const { name, parent_id, domains, contacts } = created;
      const refused = parent_id !== null && refuseParent(boundaries.tree, { id, name }, parent_id);
      if (refused) return refused;
      const once = { domains: [...new Set(domains)], contacts: [...new Set(contacts)] };
      return [{ type: 'OrganizationCreated', data: { ...created, ...once } }];
    },
    DeleteOrganization: ({ data: { name } }, { reason }, { id, boundaries }) =>
      refuseWhileNeeded(`"${name}" cannot be deleted while it has parts or relations`, [
        ...partsOf(id, boundaries.tree),
        ...relatedTo(id, boundaries.relations),
      ]) ?? [{ type: 'OrganizationDeleted', data: { reason } }],
  },
});
