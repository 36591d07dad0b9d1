import { z } from 'zod';
import { defineBoundary, type Entries } from '../../src/core/boundary.js';
import type { Refusal } from '../../src/core/refusal.js';
import { type Hierarchy, refuseAbove } from '../hierarchy.js';
import type { Dependent } from '../shared.js';

type Branch = { readonly parent_id: string | null; readonly name: string };
type Tree = Entries<Branch>;

const changed = (entries: Tree, id: string, change: Partial<Branch>) =>
  [[id, { name: '', parent_id: null, ...entries.get(id), ...change }]] as const;

/** Which organizations there are, and which is a part of which. */
export const tree = defineBoundary<Branch>()({
  of: 'Organization',
  events: {
    OrganizationCreated: z.object({ name: z.string(), parent_id: z.string().nullable() }),
    OrganizationRenamed: z.object({ new_name: z.string() }),
    ParentAssigned: z.object({ parent_id: z.string() }),
    ParentRemoved: z.object({}),
    OrganizationDeleted: z.object({}),
  },
  on: {
    OrganizationCreated: (_, { aggregate_id, data: { name, parent_id } }) => [
      [aggregate_id, { name, parent_id }],
    ],
    OrganizationRenamed: (entries, { aggregate_id, data: { new_name } }) =>
      changed(entries, aggregate_id, { name: new_name }),
    ParentAssigned: (entries, { aggregate_id, data: { parent_id } }) =>
      changed(entries, aggregate_id, { parent_id }),
    ParentRemoved: (entries, { aggregate_id }) =>
      changed(entries, aggregate_id, { parent_id: null }),
    OrganizationDeleted: (_, { aggregate_id }) => [[aggregate_id, undefined]],
  },
});

const PARENTS: Hierarchy<Branch> = {
  type: 'Organization',
  field: 'parent_id',
  itself: 'its own parent',
  plural: 'parents',
  above: ({ parent_id }) => (parent_id === null ? [] : [parent_id]),
};

/** Refuse a parent that does not exist, is the organization itself, or is a part of it. */
export const refuseParent = (
  all: Tree,
  self: { readonly id: string; readonly name: string },
  parent_id: string,
): Refusal | undefined => refuseAbove(PARENTS, all, { ...self, above: parent_id });

/** The organizations that are parts of one. */
export const partsOf = (id: string, all: Tree): readonly Dependent[] =>
  [...all]
    .filter(([, { parent_id }]) => parent_id === id)
    .map(([part, { name }]) => ({ type: 'Organization', id: part, name }));
