import { canonical } from '../src/core/canonical.js';

/** A part of a document that comes from one application. */
export type Contribution = { readonly application_id: string; readonly environment?: string };
/** A part of a document that comes from one relation. */
export type RelationContribution = { readonly relation_id: string };

/** Others' parts and its own, in an order that does not depend on who came first. */
const replaced = <T>(
  before: readonly T[],
  own: readonly T[],
  { isOwn, place }: { readonly isOwn: (one: T) => boolean; readonly place: (one: T) => string },
): T[] => {
  const others = before.filter((one) => !isOwn(one));
  const after = [...others, ...own].sort((a, b) => (place(a) < place(b) ? -1 : 1));
  return canonical(after) === canonical(before) ? (before as T[]) : after;
};

/**
 * A list with what one application adds to it replaced. When nothing is different it is the same
 * list again: then there is nothing to write.
 */
export const contributed = <T extends Contribution>(
  before: readonly T[],
  application_id: string,
  own: readonly T[],
): T[] =>
  replaced(before, own, {
    isOwn: (one) => one.application_id === application_id,
    place: (one) => `${one.application_id} ${one.environment ?? ''}`,
  });

/** The same for a list in which each part comes from a relation: `own` is null when it has none. */
export const related = <T extends RelationContribution>(
  before: readonly T[],
  relation_id: string,
  own: T | null,
): T[] =>
  replaced(before, own === null ? [] : [own], {
    isOwn: (one) => one.relation_id === relation_id,
    place: (one) => one.relation_id,
  });

/** Texts in a fixed order, each once. */
export const sortedOnce = <T extends string>(texts: readonly T[]): T[] =>
  [...new Set(texts)].sort();
