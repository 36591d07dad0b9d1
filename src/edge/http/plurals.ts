import type { Aggregate } from '../../core/aggregate.js';
import { kebab, pluralOf } from '../../core/ids.js';
import type { Projection } from '../../core/projection.js';
import type { Registry } from '../../core/registry.js';

/** Paths that are not of an aggregate. */
const TAKEN = [
  'commands',
  'events',
  'machines',
  'schemas',
  'healthz',
  'readyz',
  'metrics',
  'views',
  'projections',
  'docs',
  'streams',
  'buckets',
  'actors',
  'cluster',
  'doctor',
  'catalogue',
];

/** A path segment and the definition it stands for. */
export type Plural = { readonly plural: string; readonly definition: Aggregate };

/**
 * Every plural of every definition, its own first.
 * @throws TypeError when a path would mean two things.
 */
export const pluralsOf = ({ definitions }: Pick<Registry, 'definitions'>): readonly Plural[] => {
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

/**
 * Refuse projections whose list would stand where something else stands: below a word of the
 * runtime, below the plural of an aggregate, or where another projection has its list.
 * @throws TypeError when a path would mean two things.
 */
export const checkPaths = (
  projections: readonly Pick<Projection, 'name' | 'path'>[],
  plurals: readonly Plural[],
): void => {
  const meanings = new Map<string, string>([
    ...TAKEN.map((path) => [path, 'the runtime itself'] as const),
    ...plurals.map(({ plural, definition }) => [plural, definition.name] as const),
  ]);
  const lists = new Map<string, string>();
  for (const { name, path } of projections) {
    const [first = ''] = path.split('/');
    const other = path === `views/${name}` ? undefined : meanings.get(first);
    const same = other ?? lists.get(path);
    if (same) throw new TypeError(`/${path} is a path of ${name} and of ${same}`);
    lists.set(path, name);
  }
};
