import type { Query } from '../api/address.js';

/** What stands in the address beside filters. */
const OWN: ReadonlySet<string> = new Set(['sort', 'clock', 'open', 'tab', 'report']);

/** The filters of an address as the server takes them; `only`: those that a list has. */
export const filtersIn = (params: URLSearchParams, only?: ReadonlySet<string>): Query => {
  const names = [...new Set(params.keys())].filter(
    (name) => !OWN.has(name) && (only?.has(name.split('.')[0] ?? '') ?? true),
  );
  return Object.fromEntries(names.map((name) => [name, params.getAll(name)]));
};

/** One filter that is set, for a person to read and take away. */
type Chip = { readonly name: string; readonly value: string };

export const chipsOf = (query: Query): readonly Chip[] =>
  Object.entries(query).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => ({ name, value: String(one) })),
  );

/** The same filters whatever order they were set in: to recognize a saved query. */
export const normal = (text: string): string => {
  const params = new URLSearchParams(text);
  params.delete('open');
  params.sort();
  return params.toString();
};
