import type { View } from '../core/projection.js';
import { isRefusal, type Refusal } from '../core/refusal.js';
import type { DocumentReads } from '../views/port.js';
import { nowOf, type Reads, type Reflected } from './reflected.js';

/** Documents of other projections, by projection and key. */
type Others = ReadonlyMap<string, ReadonlyMap<string, View>>;

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
  { reading: { projection }, other: readingOf }: Reflected<DocumentReads>,
  documents: readonly View[],
): Promise<{ readonly others: Others } | Refusal> => {
  const others = new Map<string, ReadonlyMap<string, View>>();
  if (!projection.related) return { others };
  for (const [name, keys] of namedBy(projection.related, documents)) {
    const other = http.projections.definitions.find((one) => one.name === name);
    if (!other) continue; // for `show`, one that is not there
    const reading = await readingOf(other);
    if (isRefusal(reading)) return reading;
    others.set(name, await reading.store.documents(reading.slot, [...keys]));
  }
  return { others };
};

/** Documents as readers get them. In a record: a document may have any field. */
export const shown = async (
  http: Reads,
  reflected: Reflected<DocumentReads>,
  documents: readonly View[],
): Promise<{ readonly items: readonly View[] } | Refusal> => {
  const { show } = reflected.reading.projection;
  if (!show) return { items: documents };
  const found = await othersOf(http, reflected, documents);
  if (isRefusal(found)) return found;
  const now = nowOf(http, reflected.moment);
  const related = (name: string, key: string) => found.others.get(name)?.get(key);
  return { items: documents.map((document) => show(document, { now, related })) };
};
