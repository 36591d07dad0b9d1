import { KIND_ORDER, keyOf, type Named } from '../landscape/name-of.js';
import type { ImpactAnswer, Reached, Stated, Step } from './impact-answer.js';

/** An element in the picture, or many alike that one of them leads to. */
export type GraphNode =
  | {
      readonly kind: 'element';
      readonly key: string;
      readonly one: Named;
      readonly distance: number;
      /** Elements behind it that are not drawn until it is chosen. */
      readonly behind: number;
    }
  | {
      readonly kind: 'group';
      readonly key: string;
      readonly type: string;
      readonly count: number;
      readonly distance: number;
    };
/** One relation between two boxes; `forward`: from the first of them to the second. */
export type Said = {
  readonly relation_type: string;
  readonly forward: boolean;
  readonly confidence: number;
};
/** Everything that is said of two boxes; the first one is not further from the start. */
export type GraphLink = {
  readonly from: string;
  readonly to: string;
  readonly says: readonly Said[];
};
export type ImpactGraph = {
  readonly nodes: readonly GraphNode[];
  readonly links: readonly GraphLink[];
};
/** The boxes, and what each element is drawn as: by itself or in one with others. */
type Boxes = {
  readonly nodes: readonly GraphNode[];
  readonly boxOf: ReadonlyMap<string, string>;
};

/** A picture of so many boxes can be read without zooming in. */
export const READABLE = 24;
/** What is drawn how coarsely. */
type Grouping = {
  /** More than so many alike behind one element become one box … */
  readonly alike: number;
  /** … but only those behind which nothing is drawn. */
  readonly endsOnly: boolean;
  /** So many steps away from the start are drawn. */
  readonly within: number;
};

/** From drawing everything to the coarsest: more and more alike in one box, then fewer steps. */
const groupingsTo = (furthest: number): readonly Grouping[] => {
  const steps = Array.from({ length: furthest }, (_, nth) => furthest - nth);
  return [
    ...steps.flatMap((within) => [20, 8, 3].map((alike) => ({ alike, endsOnly: true, within }))),
    { alike: 20, endsOnly: false, within: 1 },
    { alike: 7, endsOnly: false, within: 1 },
  ];
};

/** Of an opened group so many are drawn. */
export const OPENED_MAX = 60;
/** Elements and groups that one picture holds. */
export const NODES_MAX = 220;

type Branch = { readonly parent: string; readonly one: Reached; readonly step: Step };

/** The elements in the order of their distance, each with what it was reached from. */
const branchesOf = (start: Named, elements: readonly Reached[]): readonly Branch[] =>
  elements.flatMap((one) => {
    const step = one.path.at(-1);
    const before = one.path.at(-2)?.to ?? start;
    return step ? [{ parent: keyOf(before), one, step }] : [];
  });

const groupKey = ({ parent, one, step }: Branch): string =>
  `group:${parent}:${step.relation_type}:${step.direction}:${one.type}`;

/** Elements by a key, in the order in which they were met. */
const gathered = (all: readonly Branch[], by: (one: Branch) => string) => {
  const found = new Map<string, Branch[]>();
  for (const one of all) {
    const known = found.get(by(one));
    if (known) known.push(one);
    else found.set(by(one), [one]);
  }
  return found;
};

export type Shown = {
  /** Groups that were opened. */
  readonly open: ReadonlySet<string>;
  /** Elements that must be seen, such as those on the way to the chosen one. */
  readonly needed: ReadonlySet<string>;
};

/** Which of those alike are drawn by themselves. */
const apart = (
  alike: readonly Branch[],
  { open, needed }: Shown,
  { grouping, isEnd }: { readonly grouping: Grouping; readonly isEnd: (one: Reached) => boolean },
) => {
  const [first] = alike;
  if (alike.length <= grouping.alike || !first) return alike;
  const most = open.has(groupKey(first)) ? OPENED_MAX : 0;
  return alike.filter(
    ({ one }, nth) => nth < most || needed.has(keyOf(one)) || (grouping.endsOnly && !isEnd(one)),
  );
};

/** How many elements there are at and behind each. */
const sizesOf = (elements: readonly Reached[]): ReadonlyMap<string, number> => {
  const sizes = new Map<string, number>();
  for (const { path } of elements)
    for (const { to } of path) sizes.set(keyOf(to), (sizes.get(keyOf(to)) ?? 0) + 1);
  return sizes;
};

/** An answer, made ready to be drawn. */
type Tree = {
  readonly start: Named;
  readonly behind: ReadonlyMap<string, readonly Branch[]>;
  readonly sizes: ReadonlyMap<string, number>;
};

const drawnWith = (tree: Tree, shown: Shown, grouping: Grouping): Boxes => {
  const { start, behind, sizes } = tree;
  const goesOn = (key: string, distance: number): boolean =>
    behind.has(key) && (distance < grouping.within || shown.open.has(key));
  const isEnd = (one: Reached): boolean => !goesOn(keyOf(one), one.distance);
  const hidden = (all: readonly Branch[]): number =>
    all.reduce((sum, { one }) => sum + (sizes.get(keyOf(one)) ?? 1), 0);
  const nodes: GraphNode[] = [];
  const boxOf = new Map<string, string>();
  const add = (one: Named, distance: number): void => {
    const key = keyOf(one);
    const next = goesOn(key, distance) ? [] : (behind.get(key) ?? []);
    const away = next.filter((branch) => !shown.needed.has(keyOf(branch.one)));
    nodes.push({ kind: 'element', key, one, distance, behind: hidden(away) });
    boxOf.set(key, key);
  };
  add(start, 0);
  for (const at of nodes) {
    if (at.kind === 'group') continue;
    const next = (behind.get(at.key) ?? []).filter(
      ({ one }) => goesOn(at.key, at.distance) || shown.needed.has(keyOf(one)),
    );
    for (const [key, alike] of [...gathered(next, groupKey)].sort(byKind)) {
      const room = Math.max(0, NODES_MAX - nodes.length);
      const single = apart(alike, shown, { grouping, isEnd }).slice(0, room);
      for (const { one } of single) add(one, one.distance);
      const count = alike.length - single.length;
      const [first] = alike;
      if (count === 0 || !first) continue;
      const { type, distance } = first.one;
      nodes.push({ kind: 'group', key, type, count, distance });
      for (const { one } of alike) if (!boxOf.has(keyOf(one))) boxOf.set(keyOf(one), key);
    }
  }
  return { nodes, boxOf };
};

/** A relation between elements, by their keys. */
type Edge = {
  readonly source: string;
  readonly target: string;
  readonly relation_type: string;
  readonly confidence: number;
};

const edgeOf = ({ source_type, source_id, target_type, target_id, ...said }: Stated): Edge => ({
  ...said,
  source: keyOf({ type: source_type, id: source_id }),
  target: keyOf({ type: target_type, id: target_id }),
});
/** A step of a way as it was stated: an answer may name more steps than edges. */
const edgeOfStep = ({ parent, one, step: { direction, ...said } }: Branch): Edge => {
  const [source, target] = direction === 'out' ? [parent, keyOf(one)] : [keyOf(one), parent];
  return { ...said, source, target };
};

/** Every relation between what is drawn: one line for two boxes, with all that is said of them. */
const linksOf = ({ nodes, boxOf }: Boxes, edges: readonly Edge[]): readonly GraphLink[] => {
  const order = new Map(nodes.map(({ key, distance }, nth) => [key, [distance, nth] as const]));
  const isBefore = (a: string, b: string): boolean => {
    const [[far, nth], [further, later]] = [order.get(a) ?? [0, 0], order.get(b) ?? [0, 0]];
    return far < further || (far === further && nth < later);
  };
  const links = new Map<string, { from: string; to: string; says: Map<string, Said> }>();
  for (const edge of edges) {
    const source = boxOf.get(edge.source);
    const target = boxOf.get(edge.target);
    if (source === undefined || target === undefined || source === target) continue;
    const forward = isBefore(source, target);
    const [from, to] = forward ? [source, target] : [target, source];
    const link = links.get(`${from} ${to}`) ?? { from, to, says: new Map() };
    links.set(`${from} ${to}`, link);
    const { relation_type, confidence } = edge;
    const said = `${relation_type} ${forward}`;
    const surest = Math.max(confidence, link.says.get(said)?.confidence ?? 0);
    link.says.set(said, { relation_type, forward, confidence: surest });
  }
  return [...links.values()].map(({ from, to, says }) => ({ from, to, says: [...says.values()] }));
};

/**
 * The picture of an answer: its elements, and every relation between those that are drawn. Where
 * there is much, those alike behind the same element are one box, and what is further away is only
 * counted, until that is opened.
 */
export const graphOf = (
  start: Named,
  { elements, edges }: Pick<ImpactAnswer, 'elements' | 'edges'>,
  shown: Shown,
): ImpactGraph => {
  const branches = branchesOf(start, elements);
  const behind = gathered(branches, ({ parent }) => parent);
  const tree = { start, behind, sizes: sizesOf(elements) };
  // Opening a box must not close others: how coarse it is follows from the answer alone.
  const closed = { open: new Set<string>(), needed: new Set<string>() };
  const groupings = groupingsTo(Math.max(1, ...elements.map(({ distance }) => distance)));
  const grouping =
    groupings.find((one) => drawnWith(tree, closed, one).nodes.length <= READABLE) ??
    groupings.at(-1);
  if (!grouping) return { nodes: [], links: [] };
  const boxes = drawnWith(tree, shown, grouping);
  const links = linksOf(boxes, [...edges.map(edgeOf), ...branches.map(edgeOfStep)]);
  return { nodes: boxes.nodes, links };
};

const rankOf = (branches: readonly Branch[]): number =>
  KIND_ORDER.indexOf(branches[0]?.one.type ?? '');
const byKind = (
  [, a]: readonly [string, readonly Branch[]],
  [, b]: readonly [string, readonly Branch[]],
): number => rankOf(a) - rankOf(b);

/** The pairs of boxes that follow each other on the way to an element, either way round. */
export const pairsOnWay = (start: Named, one: Reached | undefined): ReadonlySet<string> => {
  const keys = [...keysOnWay(start, one)];
  return new Set(
    keys.slice(1).flatMap((key, nth) => [`${keys[nth]} ${key}`, `${key} ${keys[nth]}`]),
  );
};

/** The keys on the way to an element, the element and the start among them. */
export const keysOnWay = (start: Named, one: Reached | undefined): ReadonlySet<string> =>
  new Set(one ? [keyOf(start), ...one.path.map(({ to }) => keyOf(to))] : []);
