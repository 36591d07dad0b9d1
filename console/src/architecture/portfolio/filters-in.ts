import type { Query } from '../../api/address.js';

/** The fields that applications are narrowed by, with what an architect calls them. */
export const FACETS = [
  { field: 'lifecycle', label: 'Lifecycle' },
  { field: 'criticality', label: 'Criticality' },
  { field: 'owner', label: 'Owner' },
  { field: 'data_classification', label: 'Data' },
  { field: 'in_production', label: 'Production' },
  { field: 'environments', label: 'Environment' },
  { field: 'tags', label: 'Tags' },
] as const;

export const WITHIN = 'capability_ids.within';
/** How it was called in addresses and views that somebody kept: assignments alone. */
const ASSIGNED_WITHIN = 'capability_id.within';
/** What else narrows a list of applications and may stand in the address. */
const COMMON: readonly string[] = [
  ...FACETS.map(({ field }) => field),
  WITHIN,
  'capability_ids',
  ASSIGNED_WITHIN,
  'capability_id',
  'search',
  'sunset_date',
  'sunset_date.lt',
  'sunset_date.gte',
];
/** What only the portfolio knows, and what only the roadmap does. */
export const PORTFOLIO_FILTERS: readonly string[] = [...COMMON, 'server_ids'];
export const ROADMAP_FILTERS: readonly string[] = [...COMMON, 'slips.gte', 'ended_on'];
const NARROWING: readonly string[] = [...new Set([...PORTFOLIO_FILTERS, ...ROADMAP_FILTERS])];

/** Those filters of an address that a list knows, as its query. */
export const filtersIn = (params: URLSearchParams, known: readonly string[]): Query =>
  Object.fromEntries(
    known.flatMap((name) => {
      const said = params.getAll(name);
      return said.length === 0 ? [] : [[name, said]];
    }),
  );

const SAID: Readonly<Record<string, (value: string) => string>> = {
  capability_ids: (value) => (value === 'null' ? 'without a capability' : `capability ${value}`),
  capability_id: (value) => (value === 'null' ? 'assigned to none' : `assigned to ${value}`),
  [ASSIGNED_WITHIN]: (value) => `assigned to ${value} or below`,
  sunset_date: (value) => (value === 'null' ? 'without a sunset date' : `sunset on ${value}`),
  'sunset_date.lt': (value) => `sunset before ${value}`,
  'sunset_date.gte': (value) => `sunset from ${value} on`,
  server_ids: (value) => `on server ${value}`,
  'slips.gte': (value) => (value === '1' ? 'sunset put off' : `sunset put off ${value} times`),
  ended_on: (value) => (value === 'null' ? 'not ended' : `ended on ${value}`),
};

/** Filters that no facet shows, in words. */
export const sentencesOf = (filters: Query): readonly { name: string; says: string }[] =>
  Object.entries(filters).flatMap(([name, said]) => {
    const says = SAID[name];
    return says ? [{ name, says: [said].flat().map(String).map(says).join(' or ') }] : [];
  });

/** How many values are filtered by. */
export const filtersSaid = (filters: Query): number =>
  Object.values(filters).reduce<number>((sum, said) => sum + [said].flat().length, 0);

/** What takes all filters out of the address. */
export const noFilters = (): Record<string, null> =>
  Object.fromEntries(NARROWING.map((name) => [name, null]));

/** The filters and other settings as a view that can be kept: without a moment or a place. */
export const keptOf = (params: URLSearchParams, more: readonly string[]): string => {
  const kept = new URLSearchParams();
  for (const [name, value] of params)
    if (NARROWING.includes(name) || more.includes(name)) kept.append(name, value);
  return kept.toString();
};
