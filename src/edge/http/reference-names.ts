import { nameIn } from '../../core/name-in.js';
import type { Projection, View } from '../../core/projection.js';
import { type ReferenceSpec, typeOf } from '../../core/reference.js';
import { isRefusal } from '../../core/refusal.js';
import type { DocumentReads } from '../../read/views/port.js';
import { fieldsOf } from './export-lines.js';
import type { Reads, Reflected } from './reflected.js';
import { asServed } from './served.js';

/** A field that holds the id of something else, and the field that says what that is called. */
export type NamedReference = {
  readonly by: string;
  readonly as: string;
  readonly reference: ReferenceSpec;
};

/** The references that a document of a resource holds, unless it tells their names by itself. */
export const namedReferences = (
  { runtime: { registry } }: Reads,
  projection: Projection,
): readonly NamedReference[] => {
  const definition = registry.definitions.find(({ name }) => name === projection.resource);
  if (!definition) return [];
  const fields = new Set(fieldsOf(projection, new Date(0).toISOString()));
  const found = new Map<string, NamedReference>();
  for (const { references = {} } of [
    definition.ownership ?? {},
    ...Object.values(definition.commands),
  ])
    for (const reference of Object.values(references)) {
      const { by, of } = reference;
      const as = `${by.replace(/_id$/, '')}_name`;
      const isThere = fields.has(by) && (typeof of === 'string' || fields.has(of.by));
      if (isThere && !fields.has(as) && !found.has(by)) found.set(by, { by, as, reference });
    }
  return [...found.values()];
};

/** Each name stands behind the id that it is for. */
export const withNameFields = (
  fields: readonly string[],
  references: readonly NamedReference[],
): readonly string[] =>
  fields.flatMap((field) => {
    const named = references.find(({ by }) => by === field);
    return named ? [field, named.as] : [field];
  });

/** The list that tells what a reference of a document is called. */
const listOf = (
  definitions: readonly Projection[],
  reference: ReferenceSpec,
  document: View,
): Projection | undefined => {
  const type = typeOf(reference, document);
  if (type !== undefined) return definitions.find(({ resource }) => resource === type);
  // A part is no aggregate; its list is called after it.
  const said = typeof reference.of === 'string' ? undefined : document[reference.of.by];
  return typeof said === 'string'
    ? definitions.find(({ name }) => name === `${said.replaceAll('_', '-')}s`)
    : undefined;
};

type Lookup = { readonly list: Projection; readonly keys: Set<string> };

/**
 * Documents with the names of what they refer to, at the same moment; null where that is not there,
 * has no name, or cannot be read now: nobody need wait for names.
 */
export const withNames = async (
  http: Reads,
  held: Reflected<DocumentReads>,
  {
    references,
    documents,
  }: {
    readonly references: readonly NamedReference[];
    readonly documents: readonly View[];
  },
): Promise<readonly View[]> => {
  if (references.length === 0) return documents;
  const { permission } = held.reading.projection;
  // Who may read this list is told by no other one what only others may read.
  const lists = http.projections.definitions.filter((one) => one.permission === permission);
  const asked = new Map<string, Lookup>();
  const lookupOf = ({ by, reference }: NamedReference, document: View) => {
    const id = document[by];
    const list = listOf(lists, reference, document);
    return typeof id === 'string' && list ? { id, list } : undefined;
  };
  for (const document of documents)
    for (const one of references) {
      const lookup = lookupOf(one, document);
      if (!lookup) continue;
      const known = asked.get(lookup.list.name) ?? { list: lookup.list, keys: new Set() };
      asked.set(lookup.list.name, known);
      known.keys.add(lookup.id);
    }
  const names = new Map<string, string>();
  for (const { list, keys } of asked.values()) {
    const there = await held.other(list);
    if (isRefusal(there)) continue;
    for (const [key, document] of await there.store.documents(there.slot, [...keys])) {
      const name = nameIn(asServed(there, document));
      if (name !== undefined) names.set(`${list.name} ${key}`, name);
    }
  }
  return documents.map((document) => ({
    ...document,
    ...Object.fromEntries(
      references.map((one) => {
        const lookup = lookupOf(one, document);
        return [one.as, (lookup && names.get(`${lookup.list.name} ${lookup.id}`)) ?? null];
      }),
    ),
  }));
};
