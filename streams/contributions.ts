import { canonical } from '../src/core/canonical.js';

/** A part of a document that comes from one application. */
export type Contribution = { readonly application_id: string; readonly environment?: string };

const place = ({ application_id, environment = '' }: Contribution): string =>
  `${application_id} ${environment}`;

/**
 * A list with what one application adds to it replaced. Its order does not depend on who came
 * first, and when nothing is different it is the same list again: then there is nothing to write.
 */
export const contributed = <T extends Contribution>(
  before: readonly T[],
  application_id: string,
  own: readonly T[],
): T[] => {
  const others = before.filter((one) => one.application_id !== application_id);
  const after = [...others, ...own].sort((a, b) => (place(a) < place(b) ? -1 : 1));
  return canonical(after) === canonical(before) ? (before as T[]) : after;
};

/** Texts in a fixed order, each once. */
export const sortedOnce = <T extends string>(texts: readonly T[]): T[] =>
  [...new Set(texts)].sort();
