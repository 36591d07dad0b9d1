import { type Arrow, arrows, type Chart } from '../chart.js';

/** One step an aggregate made. `number` is shown on the edge; default: its place in the list. */
export type Step = {
  readonly from: string;
  readonly event: string;
  readonly to: string;
  readonly number?: number;
};

/** How often an arrow was travelled, by all aggregates together. */
export type EdgeCount = {
  readonly from: string;
  readonly event: string;
  readonly to: string;
  readonly count: number;
};

/** All ways from one status to another: one line in the picture. */
export type Link = {
  readonly from: string;
  readonly to: string;
  readonly labels: readonly string[];
  readonly steps: readonly number[];
  /** How often they were travelled, if that is told. */
  readonly count?: number;
};
/** The same events lead from many statuses to one: lines that join before they arrive. */
type Fan = {
  readonly to: string;
  readonly labels: readonly string[];
  readonly links: readonly Link[];
};
/** Events that lead from any of some statuses to any of some: said in words, not in lines. */
export type Mesh = {
  readonly labels: readonly string[];
  readonly from: readonly string[];
  readonly to: readonly string[];
};
export type Graph = {
  readonly statuses: readonly string[];
  /** From the initial status on, each followed by the next: drawn on one line. */
  readonly path: readonly string[];
  /** Events after which the status is the same. */
  readonly stays: Readonly<Record<string, readonly string[]>>;
  readonly links: readonly Link[];
  readonly fans: readonly Fan[];
  readonly meshes: readonly Mesh[];
};

/** So many sources and targets make a mesh or a fan; fewer are readable as lines. */
const MANY = 3;

const unique = <T>(all: Iterable<T>): readonly T[] => [...new Set(all)];
const sameList = (a: readonly string[], b: readonly string[]): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

/** `LifecycleTransitioned`; the value that it branched on is named when the status is not it. */
export const labelOf = ({ event, to, when }: Arrow): string =>
  when && when.value !== to ? `${event} [${when.field} = ${when.value}]` : event;

const grouped = <T>(all: readonly T[], key: (one: T) => string): readonly (readonly T[])[] => {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(key(one), [...(groups.get(key(one)) ?? []), one]);
  return [...groups.values()];
};

const pair = ({ from, to }: { readonly from: string; readonly to: string }): string =>
  JSON.stringify([from, to]);

/** The mesh that one event makes, if it leads from every source to every target. */
const meshOf = (moves: readonly Arrow[]): Mesh | undefined => {
  const from = unique(moves.map((one) => one.from));
  const to = unique(moves.map((one) => one.to));
  const all = from.flatMap((a) => to.filter((b) => a !== b));
  const complete = all.length === new Set(moves.map(pair)).size;
  if (!complete || from.length < MANY || to.length < MANY) return undefined;
  return { labels: [moves[0]!.event], from, to };
};

/** Statuses from the first on, in the order of the chart, each reached from the one before. */
const pathOf = (
  statuses: readonly string[],
  links: readonly Link[],
  gone: (s: string) => boolean,
) => {
  const path = statuses.slice(0, 1);
  const rank = (status: string) => statuses.indexOf(status) + (gone(status) ? statuses.length : 0);
  for (let at = path[0]; at !== undefined; ) {
    const next = links
      .filter(({ from, to }) => from === at && rank(to) > rank(from))
      .map(({ to }) => to)
      .sort((a, b) => rank(a) - rank(b))[0];
    if (next !== undefined) path.push(next);
    at = next;
  }
  return path;
};

const linkOf = (
  moves: readonly Arrow[],
  travelled: readonly Step[],
  counts: readonly EdgeCount[] | undefined,
): Link => {
  const { from, to } = moves[0]!;
  const events = new Set(moves.map(({ event }) => event));
  const count = counts
    ?.filter((one) => pair(one) === pair({ from, to }) && events.has(one.event))
    .reduce((sum, one) => sum + one.count, 0);
  const steps = travelled
    .map((step, i) => ({ ...step, number: step.number ?? i + 1 }))
    .filter((step) => pair(step) === pair({ from, to }) && events.has(step.event));
  return {
    from,
    to,
    labels: unique(moves.map(labelOf)),
    steps: steps.map(({ number }) => number),
    ...(count !== undefined && { count }),
  };
};

const fansOf = (links: readonly Link[], order: (status: string) => number): readonly Fan[] =>
  grouped(links, ({ to, labels }) => JSON.stringify([to, labels]))
    .filter((same) => {
      const to = order(same[0]!.to);
      const before = same.filter(({ from }) => order(from) < to).length;
      return same.length >= MANY && (before === 0 || before === same.length);
    })
    .map((same) => ({ to: same[0]!.to, labels: same[0]!.labels, links: same }));

/**
 * What is to be drawn of a chart: statuses in order, lines, and what is better said in words.
 * A mesh never takes the only way to the next status, nor a way that was travelled.
 */
export const graphOf = (
  chart: Chart,
  travelled: readonly Step[] = [],
  counts?: readonly EdgeCount[],
): Graph => {
  const ways = [...travelled, ...(counts ?? []).filter(({ count }) => count > 0)];
  const gone = (status: string) => chart.states[status]?.kind === 'deleted';
  const names = Object.keys(chart.states).filter((one) => one !== chart.initial);
  const statuses = [chart.initial, ...names.filter((s) => !gone(s)), ...names.filter(gone)];
  const order = (status: string) => statuses.indexOf(status);
  const all = arrows(chart);
  const moves = all.filter(({ from, to }) => from !== to);
  const meshes: Mesh[] = [];
  const meshed = new Set<Arrow>();
  for (const same of grouped(moves, ({ event }) => event)) {
    const mesh = meshOf(same);
    if (!mesh) continue;
    for (const one of same) meshed.add(one);
    const known = meshes.findIndex((m) => sameList(m.from, mesh.from) && sameList(m.to, mesh.to));
    if (known < 0) meshes.push(mesh);
    else meshes[known] = { ...mesh, labels: [...meshes[known]!.labels, ...mesh.labels] };
  }
  const linked = new Set(moves.filter((one) => !meshed.has(one)).map(pair));
  const drawn = moves.filter(
    (one) =>
      !meshed.has(one) ||
      (order(one.to) === order(one.from) + 1 && !linked.has(pair(one))) ||
      ways.some((way) => pair(way) === pair(one) && way.event === one.event),
  );
  const links = grouped(drawn, pair).map((same) => linkOf(same, travelled, counts));
  const fans = fansOf(links, order);
  const fanned = new Set(fans.flatMap((fan) => fan.links));
  return {
    statuses,
    path: pathOf(statuses, links, gone),
    stays: Object.fromEntries(
      statuses.map((status) => [
        status,
        unique(all.filter(({ from, to }) => from === status && to === status).map(labelOf)),
      ]),
    ),
    links: links.filter((link) => !fanned.has(link)),
    fans,
    meshes,
  };
};
