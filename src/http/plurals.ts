import { type Aggregate, pluralOf } from '../core/aggregate.js';
import { kebab } from '../core/ids.js';
import type { Registry } from '../core/registry.js';

/** Paths that are not of an aggregate. */
const TAKEN = ['commands', 'events', 'machines', 'schemas', 'healthz', 'readyz'];

/** A path segment and the definition it stands for. */
export type Plural = { readonly plural: string; readonly definition: Aggregate };

/**
 * Every plural of every definition, its own first.
 * @throws TypeError when a path would mean two things.
 */
export const pluralsOf = ({ definitions }: Registry): readonly Plural[] => {
  const meanings = new Map(TAKEN.map((path) => [path, 'the runtime itself']));
  return definitions.flatMap((definition) => {
    const plurals = [definition.plural, ...definition.aliases.map((one) => pluralOf(kebab(one)))];
    return [...new Set(plurals)].map((plural) => {
      const other = meanings.get(plural);
      if (other) throw new TypeError(`/${plural} is a path of ${definition.name} and of ${other}`);
      meanings.set(plural, definition.name);
      return { plural, definition };
    });
  });
};
