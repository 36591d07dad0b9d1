import { z } from 'zod';
import type { Relation } from '../actors/relation/relation.js';
import type { AnyEventOf } from '../src/core/projection.js';

type RelationEvent = AnyEventOf<typeof Relation>;

/** An end of a relation as the document at its other end keeps it, and for how long it holds. */
export const Stated = z.object({
  relation_id: z.string(),
  source_type: z.enum(['application', 'application_service']),
  source_id: z.string(),
  effective_from: z.string().nullable(),
  effective_to: z.string().nullable(),
});
export type Stated = z.output<typeof Stated>;

/** The relations by which an application or its service supports a capability. */
export const SUPPORTING: readonly string[] = ['supports', 'realizes'];

/** What a relation says of the document that it leads to; null = nothing, or no more. */
export const statedOf = (
  { aggregate_id, after }: RelationEvent,
  target: { readonly type: string; readonly id: string },
  relation_types: readonly string[],
): Stated | null => {
  const { source_id, relation_type, target_type, target_id } = after.data;
  const source_type = Stated.shape.source_type.safeParse(after.data.source_type).data;
  if (after.status !== 'present' || source_type === undefined) return null;
  if (target_type !== target.type || target_id !== target.id) return null;
  if (!relation_types.includes(relation_type)) return null;
  const { effective_from, effective_to } = after.data;
  return { relation_id: aggregate_id, source_type, source_id, effective_from, effective_to };
};

/** The targets of one type that a relation leads to, or led to before. */
export const targetsOf = ({ before, after }: RelationEvent, type: string): string[] =>
  [before.data, after.data]
    .filter(({ target_type }) => target_type === type)
    .map(({ target_id }) => target_id);

/** Whether a period takes in a day; both of its ends do. */
export const holdsOn = (
  {
    effective_from,
    effective_to,
  }: { readonly effective_from: string | null; readonly effective_to: string | null },
  day: string,
): boolean =>
  (effective_from === null || effective_from <= day) &&
  (effective_to === null || day <= effective_to);
