import type { Named } from '../landscape/name-of.js';

/** One relation of a way, as it was walked: `in` = from its target to its source. */
export type Step = {
  readonly relation_type: string;
  readonly direction: 'out' | 'in';
  readonly relation_id: string | null;
  readonly confidence: number;
  readonly to: Named;
};
export type Reached = Named & {
  readonly distance: number;
  /** How sure the least sure step of the way is. */
  readonly confidence: number;
  readonly path: readonly Step[];
};
/** A relation as it was stated, whichever way it was walked. */
export type Stated = {
  readonly source_type: string;
  readonly source_id: string;
  readonly relation_type: string;
  readonly target_type: string;
  readonly target_id: string;
  readonly relation_id: string | null;
  readonly confidence: number;
};
export type ImpactAnswer = {
  readonly effective_on: string;
  readonly start: readonly Named[];
  readonly reached: number;
  readonly truncated: boolean;
  readonly more_beyond_depth: boolean;
  readonly by_type: Readonly<Record<string, number>>;
  readonly elements: readonly Reached[];
  /** All relations between the start and the elements. */
  readonly edges: readonly Stated[];
  readonly more_edges: number;
};

export const DIRECTIONS = {
  affected: 'What it affects',
  needed: 'What it needs',
  both: 'Everything around it',
} as const;
export type Direction = keyof typeof DIRECTIONS;
