import type {
  Chain,
  Happened,
  ImportNote,
  Phase,
  PlannedCommand,
  Standing,
  Touched,
  Undo,
} from '../../src/operate/importing/importer.js';
import { type Turn, turns } from '../../src/operate/importing/turns.js';
import { depths } from '../forest.js';
import { above } from './above.js';
import { INVERSES, keysOf } from './inverses.js';
import { inFreeOrder, isOnTheWay, renames } from './renaming.js';
import { saidBy } from './settled.js';

/** What goes side by side; of a tree, whose places are given back one by one, less. */
const AT_ONCE = 64;
const IN_A_TREE = 8;
/** How many aggregates are looked up at once. */
const LOOK_UPS_AT_ONCE = 64;
/** What leads somewhere goes before where it leads to. */
const DELETED_IN_ORDER: readonly (readonly [aggregate_type: string, atOnce: number])[] = [
  ['Relation', AT_ONCE],
  ['Integration', AT_ONCE],
  ['Application', AT_ONCE],
  ['DataEntity', AT_ONCE],
  ['Server', AT_ONCE],
  ['BusinessCapability', IN_A_TREE],
  ['Organization', IN_A_TREE],
];

type Of = Parameters<Undo>[2];
type Deletion = {
  readonly touched: Touched;
  readonly standing: Standing;
  readonly command: PlannedCommand;
};

const nameOf = ({ aggregate_type, aggregate_id }: Touched, { data }: Standing): string => {
  const name = data.name ?? data.hostname;
  return `${aggregate_type} ${name === undefined || name === '' ? aggregate_id : `"${String(name)}"`}`;
};

const inverseOf = ({ aggregate_type, event_type }: Happened) =>
  INVERSES[aggregate_type]?.[event_type];

/** Anybody may write under the id of an import; as one, those alone who may import. */
const isBy = ({ source, correlation_id }: Happened, id: string): boolean =>
  source === 'import' && correlation_id === id;

const newNameIn = ({ data }: Happened): unknown => data.new_name ?? data.new_hostname;

/** The keys on which the import had the last word, with the first event of its last run on each. */
const lastWords = async (
  events: readonly Happened[],
  { import_id, revert_id }: Of,
  turn: Turn,
): Promise<{
  readonly ours: ReadonlyMap<Happened, readonly string[]>;
  readonly others: ReadonlyMap<string, Happened>;
}> => {
  const first = new Map<string, Happened>();
  const settled = new Map<string, Happened>();
  for (const event of events.toReversed()) {
    await turn();
    for (const key of keysOf(event)) {
      if (settled.has(key)) continue;
      // A revert that was interrupted left it with a name that is none.
      if (isBy(event, revert_id) && isOnTheWay(newNameIn(event))) continue;
      if (isBy(event, import_id)) first.set(key, event);
      else settled.set(key, event);
    }
  }
  const overruled = new Map<string, Happened>();
  for (const event of events) {
    await turn();
    if (isBy(event, import_id))
      for (const key of keysOf(event)) {
        const by = settled.get(key);
        if (by && !first.has(key)) overruled.set(key, by);
      }
  }
  // Of a part that others said something of since, nothing is taken back.
  const inside = new Map<string, Happened>();
  for (const [key, by] of settled) {
    await turn();
    for (const part of above(key)) if (first.has(part) && !inside.has(part)) inside.set(part, by);
  }
  const ours = new Map<Happened, string[]>();
  for (const [key, event] of first) {
    const by = inside.get(key);
    const known = ours.get(event);
    if (by) overruled.set(key, by);
    else if (known) known.push(key);
    else ours.set(event, [key]);
  }
  return { ours, others: overruled };
};

/** What takes back a change, and where that stands among all of its type. */
type ChangeBack = { readonly sequence: number; readonly chain: Chain };

/**
 * Newest first, also over several aggregates of one type: what was put into another's place in a
 * tree leaves it before that one comes back.
 */
const newestFirst = (changes: readonly ChangeBack[]): readonly Chain[] => {
  const byType = new Map<string, ChangeBack[]>();
  for (const one of changes) {
    const { aggregate_type } = one.chain[0]!;
    const known = byType.get(aggregate_type);
    if (known) known.push(one);
    else byType.set(aggregate_type, [one]);
  }
  return [...byType.values()].flatMap((some) =>
    some.sort((a, b) => b.sequence - a.sequence).map(({ chain }) => chain),
  );
};

/** What takes back the changes of something that was there before. */
const changesBack = async (
  touched: Touched,
  events: readonly Happened[],
  {
    of,
    about,
    note,
    turn,
  }: {
    readonly of: Of;
    readonly about: string;
    readonly note: (kind: string, message: string) => void;
    readonly turn: Turn;
  },
): Promise<readonly ChangeBack[]> => {
  const { ours, others } = await lastWords(events, of, turn);
  for (const [key, by] of others)
    if (!isBy(by, of.revert_id))
      note('kept', `${key} of ${about} is kept: changed since by ${saidBy(by)}`);
  return [...ours].flatMap(([event, keys]): ChangeBack[] => {
    const back = inverseOf(event)?.back({
      data: event.data,
      event_id: event.event_id,
      keys,
      because: of.because,
    });
    if (back === undefined || 'cannot' in back) {
      note(
        'not-undone',
        `${event.event_type} of ${about} stays: ${back?.cannot ?? 'no command takes it back'}`,
      );
      return [];
    }
    const chain = [back].flat().map(
      ({ command_type, data }, index): PlannedCommand => ({
        ...touched,
        command_type,
        data,
        about,
        key: `${event.event_id}/${index}`,
      }),
    );
    return chain.length > 0 ? [{ sequence: event.sequence, chain }] : [];
  });
};

/** Level by level, what is below before what is above. */
const deepestFirst = (deletions: readonly Deletion[]): readonly (readonly Deletion[])[] => {
  const byId = new Map(deletions.map((one) => [one.touched.aggregate_id, one]));
  const levels: Deletion[][] = [];
  const depthOf = depths((id) => {
    const above = String(byId.get(id)?.standing.data.parent_id);
    return byId.has(above) ? above : undefined;
  });
  for (const one of deletions) {
    const level = depthOf(one.touched.aggregate_id);
    while (levels.length <= level) levels.push([]);
    levels[level]!.push(one);
  }
  return levels.reverse();
};

/**
 * Take an import back: what it created and nobody touched since is deleted, what it changed gets
 * its value of before. What others changed since is kept, and noted with who and when.
 */
export const undo: Undo = async (landscape, touched, of) => {
  const notes: ImportNote[] = [];
  const found: ChangeBack[] = [];
  const deletions: Deletion[] = [];
  const turn = turns();
  const look = async (one: Touched): Promise<void> => {
    await turn();
    const { aggregate_type, aggregate_id } = one;
    const standing = await landscape.state(aggregate_type, aggregate_id);
    if (standing.presence !== 'present') return;
    const events = await landscape.events(aggregate_type, aggregate_id);
    const about = nameOf(one, standing);
    const note = (kind: string, message: string): void =>
      void notes.push({ where: `${aggregate_type} ${aggregate_id}`, kind, message });
    const first = events[0]!;
    const begun = inverseOf(first);
    if (!isBy(first, of.import_id) || !begun?.begins) {
      for (const back of await changesBack(one, events, { of, about, note, turn }))
        found.push(back);
      return;
    }
    const since = events.findLast(
      (event) => !isBy(event, of.import_id) && !isBy(event, of.revert_id),
    );
    if (since) {
      note('kept', `${about} is kept: it was changed since by ${saidBy(since)}`);
      return;
    }
    const back = begun.back({
      data: first.data,
      event_id: first.event_id,
      keys: [],
      because: of.because,
    });
    if ('command_type' in back)
      deletions.push({
        touched: one,
        standing,
        command: { ...one, ...back, about, key: first.event_id },
      });
  };
  for (let from = 0; from < touched.length; from += LOOK_UPS_AT_ONCE)
    await Promise.all(touched.slice(from, from + LOOK_UPS_AT_ONCE).map(look));
  const changes = newestFirst(found);
  const phases: Phase[] = [];
  const add = (name: string, atOnce: number, chains: readonly Chain[]): void => {
    const some = chains.filter(({ length }) => length > 0);
    if (some.length > 0) phases.push({ name, atOnce, chains: some });
  };
  add(
    'changes',
    1,
    changes.map((chain) => chain.filter((command) => !renames(command))),
  );
  for (const [type, atOnce] of DELETED_IN_ORDER)
    for (const level of deepestFirst(
      deletions.filter((one) => one.touched.aggregate_type === type),
    ))
      add(
        `delete ${type}`,
        atOnce,
        level.map(({ command }) => [command]),
      );
  // Last: a name may still be that of something which is deleted.
  add('names', 1, [await inFreeOrder(changes.flat().filter(renames), landscape)]);
  return { phases, notes };
};
