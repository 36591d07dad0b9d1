import { nameField } from '../../../src/core/name-in.js';
import type { View } from '../api/types.js';
import type { Kind } from '../api/use-kinds.js';
import { kebabOf } from '../forms/words-of.js';

/** Something that others name by its id, and the list that tells what it is called. */
export type Referent = {
  /** `Application`; of a part what one document of its list is: `ApplicationService`. */
  readonly type: string;
  readonly plural: string;
  /** The list also tells what was deleted. */
  readonly deleted: boolean;
  /** The list is filtered by id: not every projection that somebody wrote is. */
  readonly keyed: boolean;
  readonly searched: boolean;
  /** The field that it is called by. */
  readonly named: string | undefined;
  /** Of a part: the type that it is a part of. */
  readonly whole?: string;
};

const OWN_PATH = /^\/([a-z-]+)\/\{id\}$/;
const slugOf = (text: string): string => kebabOf(text).replaceAll('_', '-');
const pascalOf = (slug: string): string =>
  slug.replaceAll(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());

const listed = ({ deleted, search, fields }: View) => ({
  deleted: deleted !== null,
  keyed: fields.some(({ name }) => name === 'id'),
  searched: search.length > 0,
  named: nameField(fields.map(({ name }) => name)),
});

/** Lists of parts have a path of their own and are made from one type, whose id they hold. */
const partOf = (kinds: readonly Kind[], view: View): Referent | undefined => {
  const plural = OWN_PATH.exec(view.links.document ?? '')?.[1];
  const fields = new Set(view.fields.map(({ name }) => name));
  const whole = kinds.find(({ type }) => fields.has(`${slugOf(type).replaceAll('-', '_')}_id`));
  if (view.resource !== null || !plural || !whole || !fields.has('id')) return undefined;
  return {
    type: pascalOf(view.name.replace(/s$/, '')),
    plural,
    whole: whole.type,
    ...listed(view),
  };
};

/** All that can be named by an id: every type, and the parts that have a list. */
export const referentsOf = (
  kinds: readonly Kind[],
  views: readonly View[],
): readonly Referent[] => [
  ...kinds.flatMap(({ type, plural }): readonly Referent[] => {
    const view = views.find(({ resource }) => resource === type);
    if (!view) return [];
    return [{ type, plural, ...listed(view) }];
  }),
  ...views.flatMap((view) => partOf(kinds, view) ?? []),
];

/** The id of the whole that a part belongs to. */
export const wholeIn = (
  { whole }: Referent,
  document: Readonly<Record<string, unknown>>,
): string | undefined => {
  const id = whole && document[`${slugOf(whole).replaceAll('-', '_')}_id`];
  return typeof id === 'string' ? id : undefined;
};

/** By its type, however that is written: `BusinessCapability`, `business_capability`. */
export const referentOf = <R extends Pick<Referent, 'type'>>(
  referents: readonly R[],
  type: string,
): R | undefined => referents.find((one) => slugOf(one.type) === slugOf(type));

/** `replacement-interface`, `interface`: a name, and its ends. */
const endsOf = (slug: string): readonly string[] => {
  const words = slug.split('-');
  return words.map((_, nth) => words.slice(nth).join('-'));
};

/**
 * What a field names by id: `server_id`, `capability_ids`, `replacement_interface_id`. Its schema
 * does not say, its name does: that of a type, or the end of one. `<field>_type` beside it says more.
 */
export const referentOfField = <R extends Pick<Referent, 'type'>>(
  referents: readonly R[],
  name: string,
  /** The value of another field of the same object. */
  beside: (name: string) => unknown = () => undefined,
): R | undefined => {
  const base = name.replace(/_ids?$/, '');
  if (base === name) return undefined;
  const said = beside(`${base}_type`);
  if (typeof said === 'string' && said !== '') return ending(referents, slugOf(said));
  return endsOf(slugOf(base))
    .map((end) => ending(referents, end))
    .find(Boolean);
};

const ending = <R extends Pick<Referent, 'type'>>(
  referents: readonly R[],
  wanted: string,
): R | undefined =>
  referentOf(referents, wanted) ??
  referents.find(({ type }) => slugOf(type).endsWith(`-${wanted}`));
