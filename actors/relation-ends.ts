import { z } from 'zod';
import { defineBoundary, type Entries } from '../src/core/boundary.js';
import type { Dependent } from './shared.js';

const Ends = z.object({
  source_id: z.string(),
  source_type: z.string(),
  target_id: z.string(),
  target_type: z.string(),
  relation_type: z.string(),
});
type Ends = z.output<typeof Ends>;

/** Which relations there are, and what each leads from and to, by relation. */
export const relationEnds = defineBoundary<Ends>()({
  of: 'Relation',
  events: { RelationCreated: Ends, RelationDeleted: z.object({}) },
  on: {
    RelationCreated: (_, { aggregate_id, data }) => [[aggregate_id, data]],
    RelationDeleted: (_, { aggregate_id }) => [[aggregate_id, undefined]],
  },
});

/** The relations there are. */
export type Relations = Entries<Ends>;

/** The relations that begin or end at something, or at a part of it. */
export const relatedTo = (
  id: string | readonly string[],
  entries: Relations,
): readonly Dependent[] => {
  const ids = new Set([id].flat());
  const found: Dependent[] = [];
  for (const [relation, ends] of entries) {
    const { source_id, source_type, target_id, target_type, relation_type } = ends;
    if (ids.has(source_id))
      found.push({
        type: 'Relation',
        id: relation,
        name: `${relation_type} ${target_type} ${target_id}`,
      });
    else if (ids.has(target_id))
      found.push({
        type: 'Relation',
        id: relation,
        name: `${source_type} ${source_id} ${relation_type}`,
      });
  }
  return found;
};
