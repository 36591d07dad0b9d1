import { kebabOf } from './words.js';

type Kind = { readonly type: string; readonly plural: string };

const slugOf = (text: string): string => kebabOf(text).replaceAll('_', '-');

/**
 * The kind of thing that a field names by id: `server_id`, `capability_ids`. Its schema does not
 * say, its name does: that of a type, or the end of it. `<field>_type` beside it says more.
 */
export const kindOfField = <K extends Kind>(
  kinds: readonly K[],
  name: string,
  /** The value of another field of the same object. */
  beside: (name: string) => unknown = () => undefined,
): K | undefined => {
  const base = name.replace(/_ids?$/, '');
  if (base === name) return undefined;
  const said = beside(`${base}_type`);
  const wanted = slugOf(typeof said === 'string' && said !== '' ? said : base);
  return (
    kinds.find(({ type }) => slugOf(type) === wanted) ??
    kinds.find(({ type }) => slugOf(type).endsWith(`-${wanted}`))
  );
};
