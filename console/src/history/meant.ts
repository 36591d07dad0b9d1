import { isId } from '../names/pieces-of.js';

type Named = { readonly id: string; readonly name: string };
/** The id that a text means, or why it means none. */
export type Meant = { readonly id: string } | { readonly says: string };

export const isCalled = ({ name }: Pick<Named, 'name'>, text: string): boolean =>
  name.toLowerCase() === text.toLowerCase();

/**
 * What was typed and not chosen: the only one that is called so, the only one that was found, or an
 * id. A name is never taken for an id: nothing ever happened to that.
 */
export const meantBy = (
  text: string,
  { found, isKnownId }: { readonly found: readonly Named[]; readonly isKnownId: boolean },
): Meant => {
  const exact = found.filter((one) => isCalled(one, text));
  const [only, ...more] = exact.length > 0 ? exact : found;
  if (only && more.length === 0) return { id: only.id };
  if (isKnownId || isId(text)) return { id: text };
  if (!only) return { says: 'Nothing is called so, and it is no id' };
  return { says: 'Several things are found by this: choose one' };
};
