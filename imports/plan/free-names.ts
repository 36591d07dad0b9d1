import type { ImportNote, Landscape } from '../importer.js';
import type { Fields } from '../model.js';
import { normalized, numbered, placeOf, scopeOf } from './names.js';
import type { Resolved, Wanted } from './resolve.js';
import type { Settled } from './settled.js';

/** Numbers that are tried where others have a name already. */
const NUMBERS_MAX = 1_000;
/** How many names are looked up at once. */
const LOOK_UPS_AT_ONCE = 64;

/** The part of its application that has a name, unless that is the element itself. */
const partNamed = ({ kind: { part }, standing, id, element }: Wanted, name: string) => {
  const { version = null } = element.fields;
  const parts = (standing.data[part!.within] ?? {}) as Readonly<Record<string, Fields>>;
  const one = Object.entries(parts).find(
    ([other, fields]) =>
      other !== id &&
      fields.status !== part!.gone &&
      normalized(String(fields.name)) === normalized(name) &&
      (fields.version ?? null) === version,
  );
  return one?.[0];
};

/**
 * The elements with names that nobody in the landscape has whom the model does not know: where
 * somebody has one, a number is added to it. Each change is noted.
 */
export const withFreeNames = async (
  resolved: Resolved,
  parents: ReadonlyMap<string, string>,
  { landscape, settled }: { readonly landscape: Landscape; readonly settled: Settled },
): Promise<Resolved> => {
  const { wanted } = resolved;
  const notes: ImportNote[] = [...resolved.notes];
  const named = new Map(wanted);
  const ours = new Map([...wanted.values()].map((one) => [one.id, one]));
  /** Whether the model calls a holder something else, and that comes about. */
  const givesAway = async (holder: string, name: string): Promise<boolean> => {
    const one = ours.get(holder);
    if (!one?.kind.set[one.kind.name]) return false;
    if (normalized(one.element.name) === normalized(name)) return false;
    return !(await settled.byPeople(one, one.kind.name));
  };
  const taken = new Set<string>();
  for (const { element } of wanted.values()) {
    const scope = scopeOf(element);
    if (scope !== null) taken.add(placeOf(scope, element.name));
  }
  const holderOf = async (one: Wanted, name: string): Promise<string | undefined> => {
    if (one.kind.part) return partNamed(one, name);
    const above = parents.get(one.element.key);
    const parent_id = above === undefined ? null : (wanted.get(above)?.id ?? null);
    const holder = await landscape.holder(one.aggregate_type, { [one.kind.name]: name, parent_id });
    return holder === one.id ? undefined : holder;
  };
  const settle = async (one: Wanted): Promise<void> => {
    const { element, kind, current, aggregate_type } = one;
    const scope = scopeOf(element);
    if (scope === null || current?.[kind.name] === element.name) return;
    const holder = await holderOf(one, element.name);
    if (holder === undefined || (await givesAway(holder, element.name))) return;
    for (let number = 2; number <= NUMBERS_MAX; number++) {
      const name = numbered(element.name, number, element.kind);
      const place = placeOf(scope, name);
      if (taken.has(place)) continue;
      taken.add(place);
      if ((await holderOf(one, name)) !== undefined) continue;
      const about = `${kind.noun} "${name}"`;
      named.set(element.key, { ...one, about, element: { ...element, name } });
      notes.push({
        where: element.where,
        kind: 'duplicate-name',
        message: `${element.kind} "${element.name}" is imported as "${name}": ${kind.part ? 'another' : aggregate_type} ${holder} of the landscape has that name`,
      });
      return;
    }
  };
  const byKey = [...wanted.values()].sort((a, b) => (a.element.key < b.element.key ? -1 : 1));
  for (let from = 0; from < byKey.length; from += LOOK_UPS_AT_ONCE)
    await Promise.all(byKey.slice(from, from + LOOK_UPS_AT_ONCE).map(settle));
  return { ...resolved, wanted: named, notes };
};
