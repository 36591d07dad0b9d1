import { defineAggregate } from '../../src/core/aggregate.js';
import { refuse } from '../../src/core/refusal.js';
import { relatedTo, relationEnds } from '../relation-ends.js';
import { normalized, refuseWhileNeeded, unchanged } from '../shared.js';
import { commands, data, events } from './schemas.js';
import { partsOf, refuseParent, tree } from './tree.js';

/** A company, a department, a team: somebody who owns and answers for things. */
export const Organization = defineAggregate({
  name: 'Organization',
  summary: 'A company, a department or a team, which owns things and answers for them.',

  commands,
  events,
  data,
  boundaries: { tree, relations: relationEnds },

  chart: {
    initial: 'absent',
    states: {
      absent: { on: { OrganizationCreated: 'present' } },
      present: {
        on: {
          ParentAssigned: {},
          ParentRemoved: {},
          OrganizationRenamed: {},
          DomainAdded: {},
          DomainRemoved: {},
          ContactAdded: {},
          ContactRemoved: {},
          OrganizationDeleted: 'deleted',
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
    OrganizationCreated: (_, created) => created,
    ParentAssigned: (_, { parent_id }) => ({ parent_id }),
    ParentRemoved: () => ({ parent_id: null }),
    OrganizationRenamed: (_, { new_name }) => ({ name: new_name }),
    DomainAdded: ({ domains }, { domain }) => ({ domains: [...domains, domain] }),
    DomainRemoved: ({ domains }, { domain }) => ({
      domains: domains.filter((one) => one !== domain),
    }),
    ContactAdded: ({ contacts }, { email }) => ({ contacts: [...contacts, email] }),
    ContactRemoved: ({ contacts }, { email }) => ({
      contacts: contacts.filter((one) => one !== email),
    }),
    OrganizationDeleted: null,
  },

  decide: {
    CreateOrganization: (_, created, { id, boundaries }) => {
      const { name, parent_id, domains, contacts } = created;
      const refused = parent_id !== null && refuseParent(boundaries.tree, { id, name }, parent_id);
      if (refused) return refused;
      const once = { domains: [...new Set(domains)], contacts: [...new Set(contacts)] };
      return [{ type: 'OrganizationCreated', data: { ...created, ...once } }];
    },
    AddParentToOrganization: ({ data }, { parent_id }, { id, boundaries }) => {
      const { parent_id: previous_parent_id, name } = data;
      if (parent_id === previous_parent_id) return unchanged('the parent', parent_id);
      return (
        refuseParent(boundaries.tree, { id, name }, parent_id) ?? [
          { type: 'ParentAssigned', data: { parent_id, previous_parent_id } },
        ]
      );
    },
    RemoveParentFromOrganization: ({ data: { parent_id } }, { reason }) =>
      parent_id === null
        ? unchanged('the parent', null)
        : [{ type: 'ParentRemoved', data: { previous_parent_id: parent_id, reason } }],
    RenameOrganization: ({ data: { name: previous_name } }, { name, reason }) =>
      name === previous_name
        ? unchanged('the name', name)
        : [{ type: 'OrganizationRenamed', data: { previous_name, new_name: name, reason } }],
    AddDomain: ({ data }, { domain }) =>
      data.domains.includes(domain)
        ? refuse('NO_CHANGE', `${domain} is a domain of "${data.name}" already`)
        : [{ type: 'DomainAdded', data: { domain } }],
    RemoveDomain: ({ data }, { domain }) =>
      data.domains.includes(domain)
        ? [{ type: 'DomainRemoved', data: { domain } }]
        : refuse('NO_CHANGE', `${domain} is no domain of "${data.name}"`),
    // Personal data: the address itself stands in no message.
    AddContact: ({ data: { name, contacts } }, { email }) =>
      contacts.includes(email)
        ? refuse('NO_CHANGE', `"${name}" has this contact already`)
        : [{ type: 'ContactAdded', data: { email } }],
    RemoveContact: ({ data: { name, contacts } }, { email }) =>
      contacts.includes(email)
        ? [{ type: 'ContactRemoved', data: { email } }]
        : refuse('NO_CHANGE', `"${name}" does not have this contact`),
    DeleteOrganization: ({ data: { name } }, { reason }, { id, boundaries }) =>
      refuseWhileNeeded(`"${name}" cannot be deleted while it has parts or relations`, [
        ...partsOf(id, boundaries.tree),
        ...relatedTo(id, boundaries.relations),
      ]) ?? [{ type: 'OrganizationDeleted', data: { reason } }],
  },
});
