import { z } from 'zod';
import { defineBoundary, type Entries } from '../../src/core/boundary.js';
import type { Refusal } from '../../src/core/refusal.js';
import { type Hierarchy, refuseAbove } from '../hierarchy.js';
import type { Dependent } from '../shared.js';

type Made = { readonly name: string; readonly sources: readonly string[] };
type Lineage = Entries<Made>;

const NEW: Made = { name: '', sources: [] };
const without = (sources: readonly string[], id: string) => sources.filter((one) => one !== id);

/** Which data entities there are, and which is made from which. */
export const lineage = defineBoundary<Made>()({
  of: 'DataEntity',
  events: {
    DataEntityCreated: z.object({ name: z.string() }),
    DataEntityRenamed: z.object({ new_name: z.string() }),
    LineageSourceAdded: z.object({ source_id: z.string() }),
    LineageSourceRemoved: z.object({ source_id: z.string() }),
    DataEntityDeleted: z.object({}),
  },
  on: {
    DataEntityCreated: (_, { aggregate_id, data: { name } }) => [[aggregate_id, { ...NEW, name }]],
    DataEntityRenamed: (entries, { aggregate_id, data: { new_name } }) => [
      [aggregate_id, { ...(entries.get(aggregate_id) ?? NEW), name: new_name }],
    ],
    LineageSourceAdded: (entries, { aggregate_id, data: { source_id } }) => {
      const { name, sources } = entries.get(aggregate_id) ?? NEW;
      return [[aggregate_id, { name, sources: [...without(sources, source_id), source_id] }]];
    },
    LineageSourceRemoved: (entries, { aggregate_id, data: { source_id } }) => {
      const { name, sources } = entries.get(aggregate_id) ?? NEW;
      return [[aggregate_id, { name, sources: without(sources, source_id) }]];
    },
    DataEntityDeleted: (_, { aggregate_id }) => [[aggregate_id, undefined]],
  },
});

const SOURCES: Hierarchy<Made> = {
  type: 'DataEntity',
  field: 'source_id',
  itself: 'made from itself',
  plural: 'sources',
  above: ({ sources }) => sources,
};

/** Refuse a source that does not exist, is the data entity itself, or is made from it. */
export const refuseSource = (
  all: Lineage,
  self: { readonly id: string; readonly name: string },
  source_id: string,
): Refusal | undefined => refuseAbove(SOURCES, all, { ...self, above: source_id });

/** The data entities that are made from one. */
export const madeFrom = (id: string, all: Lineage): readonly Dependent[] =>
  [...all]
    .filter(([, { sources }]) => sources.includes(id))
    .map(([made, { name }]) => ({ type: 'DataEntity', id: made, name }));
