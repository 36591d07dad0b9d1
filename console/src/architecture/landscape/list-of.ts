import type { List } from '../../api/use-list.js';

/** What a report answered in one piece, as a list for `Rows`. */
export const listOf = <T>(items: readonly T[]): List<T> => ({
  items,
  total: items.length,
  error: null,
  loading: false,
  hasMore: false,
  more: () => {},
  retry: () => {},
  moment: {},
});
