import type {
  Chain,
  Comparing,
  ImportNote,
  Landscape,
  Phase,
  Plan,
  PlannedCommand,
  Touched,
} from '../../src/operate/importing/importer.js';
import { turns } from '../../src/operate/importing/turns.js';
import { depths, Forest } from '../forest.js';
import type { ElementKind, Fields, Model, ModelElement } from '../model.js';
import { differences, type Making } from './differences.js';
import { withFreeNames } from './free-names.js';
import { KINDS, ORDER } from './kinds.js';
import { withFittingNames } from './names.js';
import { PlanSize } from './plan-size.js';
import { connect, type Edge, factsOf, meaningOf, relationChains } from './relations.js';
import { inFreeOrder, renames } from './renaming.js';
import { type Resolved, resolve, type Wanted } from './resolve.js';
import { settledIn } from './settled.js';
import { checked } from './values.js';

/** Chains sent at the same time; of a tree, whose places are given away one by one, fewer. */
const AT_ONCE = 64;
const IN_A_TREE = 8;
const TREES: ReadonlySet<ElementKind> = new Set(['organization', 'business_capability']);

/** Fields that name another element by its key, and what they become. */
const REFERENCES: Readonly<Record<string, string>> = {
  capability_key: 'capability_id',
  source_app_key: 'source_app_id',
  target_app_key: 'target_app_id',
};

/** The parent where it is a tree; a circle is cut where it closes. */
const parentsOf = (
  elements: readonly ModelElement[],
  notes: ImportNote[],
): ReadonlyMap<string, string> => {
  const byKey = new Map(elements.map((element) => [element.key, element]));
  const parents = new Map<string, string>();
  const forest = new Forest();
  for (const { key, kind, name, parent_key, where } of elements) {
    if (!TREES.has(kind) || parent_key === null) continue;
    const no = (why: string): void =>
      void notes.push({
        where,
        kind: 'skipped',
        message: `${kind} "${name}" is not put below ${parent_key}: ${why}`,
      });
    if (byKey.get(parent_key)?.kind !== kind) no(`there is no ${kind} of that key`);
    else if (forest.put(key, parent_key)) parents.set(key, parent_key);
    else no('it would close a circle');
  }
  return parents;
};

/** The elements level by level: what is above, or outside, comes first. */
const inLevels = (
  elements: readonly ModelElement[],
  parents: ReadonlyMap<string, string>,
): readonly (readonly ModelElement[])[] => {
  const levels: ModelElement[][] = [];
  const depthOf = depths((key) => parents.get(key));
  for (const element of elements) {
    // An application comes before what is inside it.
    const level =
      depthOf(element.key) + (KINDS[element.kind].part ? ORDER.indexOf(element.kind) : 0);
    while (levels.length <= level) levels.push([]);
    levels[level]!.push(element);
  }
  return levels;
};

type Said = { readonly values: Fields; readonly needs: readonly string[] };

/** What a model says of an element, with ids for keys, and what must be there for it. */
const saidOf = (
  { element, kind }: Wanted,
  { wanted, lost }: Resolved,
  parent: string | undefined,
  making: Making,
): Said => {
  const { fields, description, where, name } = element;
  const note = (what: string): void =>
    making.note({ where, kind: 'not-imported', message: `${kind.noun} "${name}": ${what}` });
  const { values, wrong } = checked({ ...fields, description });
  for (const why of wrong) note(`${why}; left out`);
  const said: Record<string, unknown> = {};
  const needs: string[] = [];
  for (const [field, value] of Object.entries(values)) {
    const reference = REFERENCES[field];
    const target = reference === undefined ? undefined : wanted.get(String(value));
    if (reference === undefined) said[field] = value;
    else if (target) {
      said[reference] = target.id;
      needs.push(target.id);
    } else
      note(
        `${reference} is left out: ${lost.get(String(value)) ?? `there is no ${String(value)}`}`,
      );
  }
  if (TREES.has(element.kind)) {
    const above = parent === undefined ? undefined : wanted.get(parent);
    said.parent_id = above?.id ?? null;
    if (above) needs.push(above.id);
  }
  // A date for the end can only be given to what is deprecated by then.
  const { sunset_date, ...rest } = said;
  return { values: sunset_date === undefined ? rest : { ...rest, sunset_date }, needs };
};

const goneFrom = async (
  earlier: readonly Touched[],
  {
    there,
    landscape,
    making,
  }: {
    readonly there: ReadonlySet<string>;
    readonly landscape: Landscape;
    readonly making: Making;
  },
): Promise<void> => {
  const turn = turns();
  for (const { aggregate_type, aggregate_id } of earlier) {
    await turn();
    if (there.has(aggregate_id)) continue;
    const { presence, data } = await landscape.state(aggregate_type, aggregate_id);
    if (presence !== 'present') continue;
    const name = data.name ?? data.hostname ?? data.relation_type ?? aggregate_id;
    making.note({
      where: `${aggregate_type} ${aggregate_id}`,
      kind: 'no-longer-there',
      message: `${aggregate_type} "${String(name)}" came with an earlier import and is not in this one; it is kept`,
    });
  }
};

const addTo = <T>(lists: Map<string, T[]>, key: string, more: readonly T[]): void => {
  const known = lists.get(key) ?? [];
  for (const one of more) known.push(one);
  lists.set(key, known);
};

const phase = (name: string, atOnce: number, chains: readonly Chain[]): readonly Phase[] =>
  chains.length > 0 ? [{ name, atOnce, chains }] : [];

/**
 * The commands that make the landscape say what a model says: only the differences.
 * @throws ImportError when they are too many
 */
export const compareModel = async (
  model: Model,
  landscape: Landscape,
  { because, earlier }: Comparing,
): Promise<Plan> => {
  const fitting = await withFittingNames(model.elements);
  const notes: ImportNote[] = [...fitting.notes];
  const settled = settledIn(landscape);
  const making: Making = { settled, because, note: (note) => void notes.push(note) };
  const { source } = model;
  const parents = parentsOf(fitting.elements, notes);
  const resolved = await withFreeNames(
    await resolve({ source, elements: fitting.elements }, { landscape, settled }),
    parents,
    { landscape, settled },
  );
  const connected = await connect(model.relations, resolved);
  notes.push(...resolved.notes, ...connected.notes);
  const edgesOf = new Map<string, Edge[]>();
  const own: Edge[] = [];
  for (const edge of connected.edges) {
    const meaning = meaningOf(edge);
    if (meaning === 'relation') own.push(edge);
    else if (meaning !== 'said') addTo(edgesOf, edge.source.aggregate_id, [edge]);
  }
  const size = new PlanSize(source);
  const chains = new Map<string, PlannedCommand[]>();
  const add = (aggregate_id: string, commands: readonly PlannedCommand[]): void => {
    size.add(commands);
    addTo(chains, aggregate_id, commands);
  };
  const turn = turns();
  const levels = inLevels(fitting.elements, parents);
  for (const element of levels.flat()) {
    await turn();
    const wanted = resolved.wanted.get(element.key);
    if (!wanted) continue;
    const { values, needs } = saidOf(wanted, resolved, parents.get(element.key), making);
    const commands = await differences(wanted, values, { needs, making });
    add(wanted.aggregate_id, commands);
  }
  const all = [...resolved.wanted.values()];
  for (const wanted of all.filter(({ element: { kind } }) => kind === 'application')) {
    await turn();
    add(wanted.aggregate_id, await factsOf(wanted, edgesOf.get(wanted.aggregate_id) ?? [], making));
  }
  const related = await relationChains(own, { landscape, making, size });
  await goneFrom(earlier, {
    landscape,
    making,
    there: new Set([...chains.keys(), ...related.ids]),
  });
  const named = await inFreeOrder([...chains.values()].flat().filter(renames), landscape);
  const rest = (some: readonly ModelElement[]): readonly Chain[] =>
    some
      .map(({ key }) => chains.get(resolved.wanted.get(key)?.aggregate_id ?? '') ?? [])
      .map((chain) => chain.filter((command) => !renames(command)))
      .filter(({ length }) => length > 0);
  const phases = ORDER.filter((kind) => !KINDS[kind].part).flatMap((kind) => {
    const some = levels.map((level) => level.filter((element) => element.kind === kind));
    return TREES.has(kind)
      ? some.flatMap((level) => phase(kind, IN_A_TREE, rest(level)))
      : phase(kind, AT_ONCE, rest(some.flat()));
  });
  return {
    phases: [
      ...phase('names', 1, named.length > 0 ? [named] : []),
      ...phases,
      ...phase('relation', AT_ONCE, related.chains),
    ],
    notes,
  };
};
