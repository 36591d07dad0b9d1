import type { StatusHistory } from './shapes-of.js';

/** What applications are put together by; the server sorts by it. */
export const GROUPINGS = [
  { id: 'owner', label: 'Owner', field: 'owner' },
  { id: 'capability', label: 'Capability', field: 'main_capability_id' },
  { id: 'none', label: 'Nothing', field: null },
] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** What comes first within a group. */
export const ORDERS = [
  { id: 'since', label: 'Begin', sort: 'since' },
  { id: 'sunset', label: 'Sunset', sort: 'sunset_date' },
  { id: 'slipped', label: 'Most slipped', sort: '-days_slipped' },
  { id: 'name', label: 'Name', sort: 'name' },
] as const;
export type Order = (typeof ORDERS)[number];

export const groupingNamed = (text: string | undefined): Grouping =>
  GROUPINGS.find(({ id }) => id === text) ?? GROUPINGS[0];
export const orderNamed = (text: string | undefined): Order =>
  ORDERS.find(({ id }) => id === text) ?? ORDERS[0];

/** How the server sorts for both of them. */
export const sortOf = ({ field }: Grouping, { sort }: Order): string =>
  field === null ? sort : `${field},${sort}`;

export type Line =
  | { readonly kind: 'group'; readonly key: string; readonly name: string; readonly value: string }
  | { readonly kind: 'application'; readonly key: string; readonly statusHistory: StatusHistory };

const groupOf = (
  statusHistory: StatusHistory,
  { id }: Grouping,
): { value: string; name: string } | null => {
  if (id === 'owner') return { value: statusHistory.owner, name: statusHistory.owner || 'Nobody' };
  if (id === 'capability')
    return {
      value: statusHistory.main_capability_id ?? '',
      name:
        statusHistory.main_capability_name ?? statusHistory.main_capability_id ?? 'No capability',
    };
  return null;
};

/** Applications, which come sorted, with a headline where another group begins. */
export const linesOf = (lives: readonly StatusHistory[], grouping: Grouping): readonly Line[] => {
  const lines: Line[] = [];
  let before: string | undefined;
  for (const statusHistory of lives) {
    const group = groupOf(statusHistory, grouping);
    if (group && group.value !== before) {
      before = group.value;
      lines.push({ kind: 'group', key: `group ${group.value}`, ...group });
    }
    lines.push({ kind: 'application', key: statusHistory.id, statusHistory });
  }
  return lines;
};
