import { stableCommandId } from '../../src/core/ids.js';
import { LIST_MAX } from '../../src/core/list-field.js';
import type { ImportNote, Landscape, Standing } from '../../src/operate/importing/importer.js';
import { turns } from '../../src/operate/importing/turns.js';
import type { ElementKind, Fields, Model, ModelElement } from '../model.js';
import { KINDS, type Kind, ORDER } from './kinds.js';
import { type Settled, saidBy } from './settled.js';

/** How often what a revert deleted can be imported again. */
const GENERATIONS_MAX = 1_000;
/** How many aggregates are looked up at once. */
const LOOK_UPS_AT_ONCE = 64;
const NAMESPACE = 'import';

/** An element, the aggregate it is or lives in, and how that stands. */
export type Wanted = {
  readonly element: ModelElement;
  readonly kind: Kind;
  /** For people: `Application "Payroll"`. */
  readonly about: string;
  readonly id: string;
  readonly aggregate_type: string;
  readonly aggregate_id: string;
  readonly standing: Standing;
  /** How often it was imported, and taken back in between. */
  readonly generation: number;
  /** Its fields as they are now; null = it is not there. */
  readonly current: Fields | null;
};

export type Resolved = {
  readonly wanted: ReadonlyMap<string, Wanted>;
  /** Why an element of the model has no place in the landscape, by key. */
  readonly lost: ReadonlyMap<string, string>;
  readonly notes: readonly ImportNote[];
};

const idOf = (source: string, kind: ElementKind, key: string, generation = 1): string =>
  stableCommandId(NAMESPACE, source, kind, generation === 1 ? key : `${key}#${generation}`);

type Found =
  | { readonly id: string; readonly standing: Standing; readonly generation: number }
  | { readonly deleted: string };

/** The id that an element has now: a revert ends one, the next import begins another. */
const locate = async (
  source: string,
  { key, kind }: ModelElement,
  { landscape, settled }: { readonly landscape: Landscape; readonly settled: Settled },
): Promise<Found> => {
  const { aggregate_type } = KINDS[kind];
  for (let generation = 1; generation < GENERATIONS_MAX; generation++) {
    const id = idOf(source, kind, key, generation);
    const standing = await landscape.state(aggregate_type, id);
    if (standing.presence !== 'deleted') return { id, standing, generation };
    const by = await settled.deletedByPeople({ aggregate_type, aggregate_id: id });
    if (by) return { deleted: `it was deleted by ${saidBy(by)}` };
  }
  return { deleted: `it was imported and deleted ${GENERATIONS_MAX} times` };
};

const partIn = ({ part }: Kind, { data }: Standing, id: string): Fields | null => {
  const parts = data[part!.within] as Readonly<Record<string, Fields>> | undefined;
  return parts && Object.hasOwn(parts, id) ? parts[id]! : null;
};

const partNow = (kind: Kind, standing: Standing, id: string): Fields | null => {
  const one = partIn(kind, standing, id);
  return one && one.status !== kind.part!.gone ? one : null;
};

/** Says whether an application takes one more part: those that it once had count, too. */
const roomForParts = (): ((kind: Kind, standing: Standing, part: Of) => boolean) => {
  const rooms = new Map<string, number>();
  return (kind, standing, { id, aggregate_id }) => {
    if (partIn(kind, standing, id)) return true;
    const { within } = kind.part!;
    const address = `${aggregate_id}/${within}`;
    const known = Object.keys((standing.data[within] as object | undefined) ?? {});
    const room = rooms.get(address) ?? LIST_MAX - known.length;
    rooms.set(address, room - 1);
    return room > 0;
  };
};
type Of = { readonly id: string; readonly aggregate_id: string };

/** Find the aggregates that a model is about. */
export const resolve = async (
  { source, elements }: Pick<Model, 'source' | 'elements'>,
  reads: { readonly landscape: Landscape; readonly settled: Settled },
): Promise<Resolved> => {
  const wanted = new Map<string, Wanted>();
  const lost = new Map<string, string>();
  const notes: ImportNote[] = [];
  const lose = ({ key, kind, name, where }: ModelElement, why: string, note: string): void => {
    lost.set(key, why);
    notes.push({ where, kind: note, message: `${kind} "${name}" is not imported: ${why}` });
  };
  const add = (
    element: ModelElement,
    rest: Omit<Wanted, 'element' | 'kind' | 'about' | 'aggregate_type'>,
  ): void => {
    const kind = KINDS[element.kind];
    const { aggregate_type, noun } = kind;
    wanted.set(element.key, {
      element,
      kind,
      aggregate_type,
      about: `${noun} "${element.name}"`,
      ...rest,
    });
  };
  const turn = turns();
  const whole = async (element: ModelElement): Promise<void> => {
    await turn();
    const found = await locate(source, element, reads);
    if ('deleted' in found) lose(element, found.deleted, 'kept-deleted');
    else {
      const { id, standing, generation } = found;
      const present = standing.presence === 'present';
      const current = present ? { ...standing.data, lifecycle: standing.status } : null;
      add(element, { id, aggregate_id: id, standing, generation, current });
    }
  };
  const hasRoom = roomForParts();
  const inner = (element: ModelElement): void => {
    const { parent_key, key } = element;
    const owner = parent_key === null ? undefined : wanted.get(parent_key);
    if (owner?.element.kind === 'application') {
      const kind = KINDS[element.kind];
      const { standing, aggregate_id, generation } = owner;
      // Parts keep their ids for ever, also those of an application that was deleted or that has
      // them no more: with another application come others. Once, ids were the same under any.
      const former = [idOf(source, element.kind, key), idOf(source, element.kind, key, generation)];
      const id =
        former.find((one) => partIn(kind, standing, one)) ??
        idOf(source, element.kind, `${key}@${parent_key}`, generation);
      const current = partNow(kind, standing, id);
      const full = `${owner.about} may have ${LIST_MAX} ${kind.part!.within}`;
      if (!hasRoom(kind, standing, { id, aggregate_id })) lose(element, full, 'does-not-fit');
      else add(element, { id, aggregate_id, standing, generation, current });
    } else {
      const none = owner !== undefined || parent_key === null;
      lose(element, none ? 'no application has it' : 'its application is not imported', 'skipped');
    }
  };
  for (const kind of ORDER) {
    const some = elements.filter((element) => element.kind === kind);
    if (KINDS[kind].part)
      for (const element of some) {
        await turn();
        inner(element);
      }
    else
      for (let from = 0; from < some.length; from += LOOK_UPS_AT_ONCE)
        await Promise.all(some.slice(from, from + LOOK_UPS_AT_ONCE).map(whole));
  }
  return { wanted, lost, notes };
};
