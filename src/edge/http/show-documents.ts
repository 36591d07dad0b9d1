import type { View } from '../../core/projection.js';
import { isRefusal, type Refusal } from '../../core/refusal.js';
import type { Reading } from '../../read/projector/projections.js';
import type { Document, DocumentReads } from '../../read/views/port.js';
import { nowOf, type Reads, type Reflected } from './reflected.js';
import { asServed, onServed } from './served.js';

/** Documents of other projections, by projection and key, and what they were read from. */
type Others = {
  readonly documents: ReadonlyMap<string, ReadonlyMap<string, View>>;
  readonly from: readonly Reading<DocumentReads>[];
};

const namedBy = (
  related: (view: View) => readonly { readonly projection: string; readonly key: string }[],
  documents: readonly View[],
): ReadonlyMap<string, ReadonlySet<string>> => {
  const named = new Map<string, Set<string>>();
  for (const document of documents)
    for (const { projection, key } of related(document)) {
      const keys = named.get(projection) ?? new Set();
      named.set(projection, keys.add(key));
    }
  return named;
};

/** What the documents of a page name, read at once per projection, at the same moment. */
const othersOf = async (
  http: Reads,
  { reading, other: readingOf }: Reflected<DocumentReads>,
  documents: readonly View[],
): Promise<Others | Refusal> => {
  const others = new Map<string, ReadonlyMap<string, View>>();
  const from: Reading<DocumentReads>[] = [];
  const { related } = reading.projection;
  if (!related) return { documents: others, from };
  const wanted = onServed([reading], () =>
    namedBy(
      related,
      documents.map((document) => asServed(reading, document)),
    ),
  );
  if (isRefusal(wanted)) return wanted;
  for (const [name, keys] of wanted.made) {
    const other = http.projections.definitions.find((one) => one.name === name);
    if (!other) continue; // for `show`, one that is not there
    const there = await readingOf(other);
    if (isRefusal(there)) return there;
    from.push(there);
    const found = await there.store.documents(there.slot, [...keys]);
    const served = [...found].map(([key, document]) => [key, asServed(there, document)] as const);
    others.set(name, new Map(served));
  }
  return { documents: others, from };
};

/** A document says which it is, also where its projection does not: `id` is its key then. */
export const named = (
  found: readonly Document[],
  items: readonly View[] = found.map(({ document }) => document),
): readonly View[] =>
  items.map((one, index) => ('id' in one ? one : { id: found[index]!.key, ...one }));

/** Documents as readers get them. In a record: a document may have any field. */
export const showDocuments = async (
  http: Reads,
  reflected: Reflected<DocumentReads>,
  found: readonly Document[],
): Promise<{ readonly items: readonly View[] } | Refusal> => {
  const { show } = reflected.reading.projection;
  if (!show) return { items: named(found) };
  const documents = found.map(({ document }) => document);
  const others = await othersOf(http, reflected, documents);
  if (isRefusal(others)) return others;
  const now = nowOf(http, reflected.moment);
  const related = (name: string, key: string) => others.documents.get(name)?.get(key);
  const told = onServed([reflected.reading, ...others.from], () =>
    documents.map((document) => show(asServed(reflected.reading, document), { now, related })),
  );
  return isRefusal(told) ? told : { items: named(found, told.made) };
};
