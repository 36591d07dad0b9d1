import { LIST_MAX } from '../../src/core/list-field.js';
import type { ImportNote } from '../../src/operate/importing/importer.js';
import { cut } from '../cut.js';

/** Of what does not fit so many are named, with so many characters. */
const NAMED_MAX = 5;
const NAME_CHARS_MAX = 60;

/** What a list of an aggregate still takes of what is to be added, and what to say of the rest. */
export const fitting = <T>(
  added: readonly T[],
  {
    there,
    list,
    nameOf,
    where,
  }: {
    readonly there: number;
    /** For people: `tags of Application "Payroll"`. */
    readonly list: string;
    readonly nameOf: (one: T) => string;
    readonly where: string;
  },
): { readonly fit: readonly T[]; readonly note?: ImportNote } => {
  const fit = added.slice(0, Math.max(0, LIST_MAX - there));
  const over = added.slice(fit.length);
  if (over.length === 0) return { fit };
  const named = over.slice(0, NAMED_MAX).map((one) => `"${cut(nameOf(one), NAME_CHARS_MAX)}"`);
  const more = over.length > NAMED_MAX ? ` and ${over.length - NAMED_MAX} more` : '';
  const message = `${list}: ${named.join(', ')}${more} ${over.length > 1 ? 'are' : 'is'} not imported: there may be ${LIST_MAX}`;
  return { fit, note: { where, kind: 'does-not-fit', message } };
};
