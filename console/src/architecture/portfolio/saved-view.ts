/** A view that somebody named, in this browser. */
export type SavedView = { readonly name: string; readonly query: string };

const KEPT_MAX = 50;
export const NAME_MAX = 60;

const isKept = (one: unknown): one is SavedView =>
  typeof one === 'object' &&
  one !== null &&
  'name' in one &&
  typeof one.name === 'string' &&
  'query' in one &&
  typeof one.query === 'string';

/** What was kept; nothing where it cannot be read. */
export const readSavedViews = (text: string | null): readonly SavedView[] => {
  try {
    const all: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(all) ? all.filter(isKept) : [];
  } catch {
    return [];
  }
};

/** With one more view; the same name again replaces it, and the oldest makes room. */
export const addSavedView = (all: readonly SavedView[], one: SavedView): readonly SavedView[] =>
  [...all.filter(({ name }) => name !== one.name), one].slice(-KEPT_MAX);
