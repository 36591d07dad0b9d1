import { normal } from '../../history/filters-in.js';

/** A query that somebody gave a name, in this browser. */
export type Saved = { readonly name: string; readonly query: string };

const SAVED_MAX = 20;
export const NAME_MAX = 40;

const isSaved = (one: unknown): one is Saved =>
  typeof one === 'object' &&
  one !== null &&
  'name' in one &&
  typeof one.name === 'string' &&
  'query' in one &&
  typeof one.query === 'string';

/** What was kept; nothing where it cannot be read. */
export const readSaved = (text: string | null): readonly Saved[] => {
  try {
    const all: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(all) ? all.filter(isSaved).slice(0, SAVED_MAX) : [];
  } catch {
    return [];
  }
};

/** With one more; the same name again replaces it where it is, and the oldest makes room. */
export const withSaved = (all: readonly Saved[], one: Saved): readonly Saved[] =>
  all.some(({ name }) => name === one.name)
    ? all.map((before) => (before.name === one.name ? one : before))
    : [...all, one].slice(-SAVED_MAX);

/** Under another name, in its place; a name that is taken stays with who has it. */
export const renamed = (all: readonly Saved[], from: string, to: string): readonly Saved[] =>
  all.some(({ name }) => name === to)
    ? all
    : all.map((one) => (one.name === from ? { ...one, name: to } : one));

export const without = (all: readonly Saved[], name: string): readonly Saved[] =>
  all.filter((one) => one.name !== name);

/** The saved query that an address is. */
export const savedAs = (all: readonly Saved[], query: string): Saved | undefined =>
  all.find((one) => normal(one.query) === normal(query));
