import { isNotNow } from '../../../src/client/stele-problem.js';
import { nameIn } from '../../../src/core/name-in.js';
import { address, type Query } from '../api/address.js';
import { wordsOf } from '../forms/words-of.js';
import { type Referent, referentOf, referentOfField, wholeIn } from './referent.js';

/** An id, and the type of what it names as far as the one who names it says so. */
export type Reference = { readonly type?: string | undefined; readonly id: string };
/** What an id names. */
export type Named = {
  readonly type: string;
  readonly id: string;
  readonly name: string;
  /** Where it is looked at. */
  readonly href: string;
};
type Document = Readonly<Record<string, unknown>> & { readonly id: string };
type Found = { readonly referent: Referent; readonly document: Document };

/** Ids in one question: the address of a request is bounded. */
const IDS_MAX = 100;
/** Things without a name are called by those they connect, and these by their own names only. */
const DEPTH_MAX = 1;

export type Names = {
  readonly referents: readonly Referent[];
  /** Ask the server for one page of a list. */
  readonly page: (
    path: string,
  ) => Promise<{ readonly items: readonly Readonly<Record<string, unknown>>[] }>;
};

const chunked = <T>(all: readonly T[], most: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / most) }, (_, nth) =>
    all.slice(nth * most, (nth + 1) * most),
  );
const distinct = (all: readonly string[]): readonly string[] => [...new Set(all)];

/** A list that refuses a question names nothing; what may pass by itself is for all to wait for. */
const noneIfRefused = (error: unknown): Awaited<ReturnType<Names['page']>> => {
  if (isNotNow(error)) throw error;
  return { items: [] };
};

/** The documents of a list whose field holds one of these. */
const having = async (
  { page }: Names,
  path: string,
  { field, ids, query }: { field: string; ids: readonly string[]; query: Query },
) => {
  const pages = await Promise.all(
    chunked(distinct(ids), IDS_MAX).map((some) =>
      page(address(path, { ...query, [field]: some, limit: some.length })).catch(noneIfRefused),
    ),
  );
  return pages.flatMap(({ items }) => items);
};

const documentsOf = async (names: Names, referent: Referent, ids: readonly string[]) => {
  if (!referent.keyed) return [];
  const query = referent.deleted ? { include_deleted: true } : {};
  const found = await having(names, `/${referent.plural}`, { field: 'id', ids, query });
  return found.map((document) => ({ referent, document: document as Document }));
};

/** What the types of ids are of which nobody said it. */
const typesOf = async (names: Names, ids: readonly string[]) => {
  const query = { include_deleted: true };
  const path = '/views/lifecycles';
  const found =
    ids.length === 0 ? [] : await having(names, path, { field: 'aggregate_id', ids, query });
  return new Map(found.map((one) => [String(one.aggregate_id), String(one.aggregate_type)]));
};

/** What a reference is called; undefined when it names nothing that is known. */
export type NameOf = (one: Reference) => Named | undefined;

const keyOf = ({ type = '', id }: Reference): string => `${type} ${id}`;

/** The documents that references mean. */
const foundFor = async (
  names: Names,
  asked: readonly Reference[],
): Promise<ReadonlyMap<string, Found>> => {
  const { referents } = names;
  const said = ({ type }: Reference) => (type ? referentOf(referents, type) : undefined);
  const types = await typesOf(
    names,
    asked.filter((one) => !said(one)).map(({ id }) => id),
  );
  const parts = referents.filter(({ whole }) => whole);
  const of = (one: Reference): readonly Referent[] => {
    const known = said(one) ?? referentOf(referents, types.get(one.id) ?? '');
    return known ? [known] : parts;
  };
  const documents = await Promise.all(
    referents.map((referent) => {
      const ids = asked.filter((one) => of(one).includes(referent)).map(({ id }) => id);
      return ids.length === 0 ? [] : documentsOf(names, referent, ids);
    }),
  );
  const all = documents.flat();
  return new Map(
    asked.flatMap((one) => {
      const found = all.find(
        ({ referent, document }) => document.id === one.id && of(one).includes(referent),
      );
      return found ? [[keyOf(one), found] as const] : [];
    }),
  );
};

/** What a thing connects: the fields that name one other each. */
const connectedBy = (referents: readonly Referent[], document: Document): readonly Reference[] =>
  Object.entries(document).flatMap(([field, id]) => {
    if (!field.endsWith('_id') || typeof id !== 'string') return [];
    const type = document[field.replace(/_id$/, '_type')];
    const known = referentOfField(referents, field, (name) => document[name]);
    return [{ id, type: known?.type ?? (typeof type === 'string' ? type : undefined) }];
  });

/** `depends on`: how a thing that connects others says so, in the field called like its type. */
const verbIn = ({ type }: Referent, document: Document): string | undefined => {
  const verb = document[`${type.toLowerCase()}_type`];
  return typeof verb === 'string' ? wordsOf(verb).toLowerCase() : undefined;
};

/** `CRM depends on Billing`, of a thing that has no name; what is between names is an arrow else. */
const calledByEnds = (
  { referent, document }: Found,
  ends: readonly (Named | undefined)[],
): string | undefined => {
  const [from, to] = ends;
  if (!from || !to) return undefined;
  return `${from.name} ${verbIn(referent, document) ?? '→'} ${to.name}`;
};

/** Its own page, or that of what it is a part of. */
export const hrefOf = (referents: readonly Referent[], { referent, document }: Found): string => {
  const whole = referentOf(referents, referent.whole ?? '');
  const to = whole ? wholeIn(referent, document) : document.id;
  return `/things/${(whole ?? referent).plural}/${encodeURIComponent(to ?? document.id)}`;
};

/** What references are called: asked for a list at a time, whatever there are. */
export const findNames = async (
  names: Names,
  asked: readonly Reference[],
  depth = 0,
): Promise<NameOf> => {
  const found = await foundFor(names, asked);
  const nameless = [...found.values()].filter(({ document }) => !nameIn(document));
  const endsOf = ({ document }: Found) => connectedBy(names.referents, document).slice(0, 2);
  const ends =
    depth < DEPTH_MAX && nameless.length > 0
      ? await findNames(names, nameless.flatMap(endsOf), depth + 1)
      : () => undefined;
  const named = (one: Found): Named => {
    const { referent, document } = one;
    const { id } = document;
    const name = nameIn(document) ?? calledByEnds(one, endsOf(one).map(ends)) ?? id;
    return { type: referent.type, id, name, href: hrefOf(names.referents, one) };
  };
  return (reference) => {
    const one = found.get(keyOf(reference));
    return one && named(one);
  };
};
