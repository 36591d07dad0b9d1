import { z } from 'zod';
import { EndType, RelationType } from '../../actors/relation/matrix.js';
import { Classification, Criticality, Environment } from '../../actors/shared.js';
import { stampFields } from '../../src/read/projections/stamps.js';

/** What an element can be: everything that a relation may begin or end at. */
export const ElementType = EndType;
export type ElementType = z.output<typeof ElementType>;

/** What an edge can say: every relation, where data flows to, and what it is made from. */
export const EdgeType = z.enum([...RelationType.options, 'flows_to', 'derived_from']);
export type EdgeType = z.output<typeof EdgeType>;

const Perhaps = z.string().nullable();

/** A thing in the landscape, as far as reports need it. */
export const Element = z.object({
  type: ElementType,
  id: z.string(),
  name: z.string(),
  status: z.string(),
  /** The application that it is a part of. */
  application_id: Perhaps,
  owner: Perhaps,
  criticality: Criticality.nullable(),
  classification: Classification.nullable(),
  environment: Environment.nullable(),
  sunset_date: Perhaps,
  /** The interface that replaces it. */
  replacement_id: Perhaps,
});
export type Element = z.output<typeof Element>;

/** That one element has to do with another. */
export const Edge = z.object({
  source_type: ElementType,
  source_id: z.string(),
  relation_type: EdgeType,
  target_type: ElementType,
  target_id: z.string(),
  /** null: it follows from what an element says of itself. */
  relation_id: Perhaps,
  confidence: z.number(),
  effective_from: Perhaps,
  effective_to: Perhaps,
  /** When somebody last looked: its verification or else its creation. */
  known_at: Perhaps,
});
export type Edge = z.output<typeof Edge>;

export const view = z.object({
  ...stampFields,
  type: z.enum([...ElementType.options, 'relation']).default('relation'),
  name: z.string().default(''),
  elements: z.array(Element).default([]),
  edges: z.array(Edge).default([]),
  element_ids: z.array(z.string()).default([]),
  deleted: z.boolean().default(false),
});
/** What one aggregate says of the landscape. */
export type LandscapeDocument = z.output<typeof view>;
