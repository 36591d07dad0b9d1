/** A view that somebody named, in this browser. */
export type KeptView = { readonly name: string; readonly query: string };

const KEPT_MAX = 50;
export const NAME_MAX = 60;

const isKept = (one: unknown): one is KeptView =>
  typeof one === 'object' &&
  one !== null &&
  'name' in one &&
  typeof one.name === 'string' &&
  'query' in one &&
  typeof one.query === 'string';

/** What was kept; nothing where it cannot be read. */
export const readKept = (text: string | null): readonly KeptView[] => {
  try {
    const all: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(all) ? all.filter(isKept) : [];
  } catch {
    return [];
  }
};

/** With one more view; the same name again replaces it, and the oldest makes room. */
export const withKept = (all: readonly KeptView[], one: KeptView): readonly KeptView[] =>
  [...all.filter(({ name }) => name !== one.name), one].slice(-KEPT_MAX);
