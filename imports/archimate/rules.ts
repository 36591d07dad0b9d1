import type { ElementKind } from '../model.js';

/** What a relationship between two kinds is read as. */
export type Reading =
  /** The target is below or within the source; a second one is read as `second`, or left out. */
  | { readonly as: 'parent'; readonly second?: string }
  /** The target belongs to the application that has the source, unless it has one of its own. */
  | { readonly as: 'part_of_part' }
  | { readonly as: 'relation'; readonly type: string; readonly reversed?: true }
  /** Reads, writes or both. */
  | { readonly as: 'access' }
  /** The target relies on the application that has the source. */
  | { readonly as: 'relies_on_owner' }
  /** An interface serves a service, which has to be of the same application. */
  | { readonly as: 'within_application'; readonly type: string };

type Rule = {
  readonly links: readonly string[];
  readonly from: readonly ElementKind[];
  readonly to: readonly ElementKind[];
  readonly reading: Reading;
};

const WHOLE = ['Composition', 'Aggregation'];
const relation = (type: string): Reading => ({ as: 'relation', type });
const reversed = (type: string): Reading => ({ as: 'relation', type, reversed: true });

const RULES: readonly Rule[] = [
  {
    links: WHOLE,
    from: ['business_capability'],
    to: ['business_capability'],
    reading: { as: 'parent' },
  },
  { links: WHOLE, from: ['organization'], to: ['organization'], reading: { as: 'parent' } },
  {
    links: [...WHOLE, 'Realization', 'Assignment'],
    from: ['application'],
    to: ['service'],
    reading: { as: 'parent', second: 'realizes' },
  },
  {
    links: [...WHOLE, 'Realization', 'Assignment'],
    from: ['application'],
    to: ['interface'],
    reading: { as: 'parent' },
  },
  { links: WHOLE, from: ['service'], to: ['service'], reading: { as: 'part_of_part' } },
  { links: WHOLE, from: ['interface'], to: ['interface'], reading: { as: 'part_of_part' } },
  {
    links: ['Assignment', 'Realization', 'Serving'],
    from: ['interface'],
    to: ['service'],
    reading: { as: 'within_application', type: 'serves' },
  },
  {
    links: ['Serving'],
    from: ['application'],
    to: ['application'],
    reading: reversed('depends_on'),
  },
  { links: ['Serving'], from: ['service'], to: ['application'], reading: reversed('uses') },
  {
    links: ['Serving'],
    from: ['interface'],
    to: ['application'],
    reading: { as: 'relies_on_owner' },
  },
  {
    links: ['Flow'],
    from: ['application'],
    to: ['application'],
    reading: relation('communicates_with'),
  },
  { links: ['Access'], from: ['application'], to: ['data_entity'], reading: { as: 'access' } },
  {
    links: ['Serving', 'Realization', 'Assignment'],
    from: ['application', 'service'],
    to: ['business_capability'],
    reading: relation('supports'),
  },
  {
    links: ['Serving', 'Realization', 'Assignment'],
    from: ['server'],
    to: ['application'],
    reading: reversed('deployed_on'),
  },
  {
    links: ['Assignment'],
    from: ['application'],
    to: ['server'],
    reading: relation('deployed_on'),
  },
  {
    links: [...WHOLE, 'Assignment'],
    from: ['organization'],
    to: ['application', 'server'],
    reading: relation('owns'),
  },
  {
    links: ['Association'],
    from: ['server'],
    to: ['server'],
    reading: relation('connected_to'),
  },
];

const READINGS: ReadonlyMap<string, Reading> = new Map(
  RULES.flatMap(({ links, from, to, reading }) =>
    links.flatMap((link) =>
      from.flatMap((source) =>
        to.map((target) => [`${link} ${source} ${target}`, reading] as const),
      ),
    ),
  ),
);

/** What a relationship of that type is between these kinds; undefined = nothing. */
export const readingOf = (
  link: string,
  source: ElementKind,
  target: ElementKind,
): Reading | undefined => READINGS.get(`${link} ${source} ${target}`);
