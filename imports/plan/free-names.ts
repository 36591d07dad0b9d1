import type { ImportNote, Landscape } from '../../src/operate/importing/importer.js';
import { turns } from '../../src/operate/importing/turns.js';
import type { Fields } from '../model.js';
import { scopeOf } from './names.js';
import { NumberedNames } from './numbered-names.js';
import { normalized, placeOf } from './place-of.js';
import type { Resolved, Wanted } from './resolve.js';
import type { Settled } from './settled.js';

/** The highest number that is tried where others have a name already. */
const NUMBERS_MAX = 1_000;
/** How many names are looked up at once. */
const LOOK_UPS_AT_ONCE = 64;

const nameKey = (name: string, version: unknown): string =>
  JSON.stringify([normalized(name), version ?? null]);

/** Who has a name among the parts of an application; each of them is looked at once. */
class PartNames {
  readonly #known = new Map<string, ReadonlyMap<string, readonly string[]>>();

  /** The part of its application that has a name, unless that is the element itself. */
  holder(one: Wanted, name: string): string | undefined {
    const key = nameKey(name, one.element.fields.version);
    return this.#of(one)
      .get(key)
      ?.find((other) => other !== one.id);
  }

  #of({ kind, standing, aggregate_id }: Wanted): ReadonlyMap<string, readonly string[]> {
    const { within, gone } = kind.part!;
    const address = `${aggregate_id}/${within}`;
    const known = this.#known.get(address);
    if (known) return known;
    const names = new Map<string, string[]>();
    const parts = (standing.data[within] ?? {}) as Readonly<Record<string, Fields>>;
    for (const [id, fields] of Object.entries(parts)) {
      if (fields.status === gone) continue;
      const key = nameKey(String(fields.name), fields.version);
      const holders = names.get(key);
      if (holders) holders.push(id);
      else names.set(key, [id]);
    }
    this.#known.set(address, names);
    return names;
  }
}

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
  const [partNames, numbers, turn] = [new PartNames(), new NumberedNames(), turns()];
  const holderOf = async (one: Wanted, name: string): Promise<string | undefined> => {
    if (one.kind.part) return partNames.holder(one, name);
    const above = parents.get(one.element.key);
    const parent_id = above === undefined ? null : (wanted.get(above)?.id ?? null);
    const holder = await landscape.holder(one.aggregate_type, { [one.kind.name]: name, parent_id });
    return holder === one.id ? undefined : holder;
  };
  const settle = async (one: Wanted): Promise<void> => {
    await turn();
    const { element, kind, current, aggregate_type } = one;
    const scope = scopeOf(element);
    if (scope === null || current?.[kind.name] === element.name) return;
    const holder = await holderOf(one, element.name);
    if (holder === undefined || (await givesAway(holder, element.name))) return;
    for (const { number, name } of numbers.of(element, scope)) {
      if (number > NUMBERS_MAX) return;
      await turn();
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
