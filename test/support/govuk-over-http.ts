import type { Portfolio, Row } from './govuk-oracle.js';
import { AS_ADMIN } from './stele.js';

/** As many of a list as an answer holds at most. */
export const PAGE = 200;

export type Item = {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly lifecycle: string;
  readonly capability_id: string | null;
  readonly capability_name?: string | null;
  readonly deployments: readonly { readonly server_id: string; readonly hostname?: string }[];
};
export type Change = {
  readonly change: 'added' | 'removed' | 'changed';
  readonly document: Item;
  readonly fields?: readonly { readonly field: string; readonly from: unknown }[];
};
type Paged<T> = { readonly items: readonly T[]; readonly next_cursor: string | null };

/** Packing would only cost: who asks and who answers stand on one machine. */
const UNPACKED = { ...AS_ADMIN, 'accept-encoding': 'identity' };

/** A page after another, through the cursors that the answers name. */
export const all = async <T>(url: string): Promise<T[]> => {
  const items: T[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const next = cursor === '' ? url : `${url}&cursor=${encodeURIComponent(cursor)}`;
    const response = await fetch(next, { headers: UNPACKED });
    const page = (await response.json()) as Paged<T>;
    if (!response.ok) throw new Error(`${next}: ${JSON.stringify(page)}`);
    items.push(...page.items);
    cursor = page.next_cursor;
  }
  return items;
};

/** What ids stand for, for ever: nothing in this history is renamed. */
const names = { capability: new Map<string, string>(), server: new Map<string, string>() };

/** Learns what ids stand for from the lists of a moment, which tell of everything until then. */
export const learnNames = async (url: string, at: string): Promise<void> => {
  const asked = `effective_at=${at}&limit=${PAGE}`;
  type Capability = { readonly id: string; readonly name: string };
  type Server = { readonly id: string; readonly hostname: string };
  for (const { id, name } of await all<Capability>(`${url}/business-capabilities?${asked}`))
    names.capability.set(id, name);
  for (const { id, hostname } of await all<Server>(`${url}/servers?${asked}`))
    names.server.set(id, hostname);
};

const rowOf = ({ owner, lifecycle, capability_id, deployments }: Item): Row => ({
  owner: owner === 'unassigned' ? null : owner,
  type: capability_id === null ? null : (names.capability.get(capability_id) ?? capability_id),
  hosting: deployments.map(({ server_id }) => names.server.get(server_id) ?? server_id),
  retired: lifecycle === 'retired',
});
const rowsOf = (items: readonly Item[]): Portfolio =>
  new Map(items.map((item) => [item.name, rowOf(item)]));

/** What a list says, by the names that stand in it. */
export const shown = (items: readonly Item[]): Portfolio => {
  for (const { capability_id, capability_name, deployments } of items) {
    if (capability_id !== null && capability_name)
      names.capability.set(capability_id, capability_name);
    for (const { server_id, hostname } of deployments)
      if (hostname) names.server.set(server_id, hostname);
  }
  return rowsOf(items);
};

const before = ({ document, fields = [] }: Change): Item => ({
  ...document,
  ...Object.fromEntries(fields.map(({ field, from }) => [field, from])),
});

/** What a difference says of the rows it names: those that were, and those that are. */
export const sides = (changes: readonly Change[]): { from: Portfolio; to: Portfolio } => ({
  from: rowsOf(changes.filter(({ change }) => change !== 'added').map(before)),
  to: rowsOf(changes.filter(({ change }) => change !== 'removed').map(({ document }) => document)),
});
