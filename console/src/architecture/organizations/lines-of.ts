import type { Counts } from '../landscape/lifecycle-bar.js';
import type { Named } from '../landscape/name-of.js';

type Owned = {
  readonly applications: Counts;
  readonly servers: Readonly<Record<string, number>>;
};

/** An organization with what it owns, and what it owns with everything below. */
export type OrganizationNode = {
  readonly id: string;
  readonly name: string;
  readonly orphan: boolean;
  readonly child_count: number;
  readonly own: Owned;
  readonly total: Owned;
  readonly applications: readonly Named[];
  readonly servers: readonly Named[];
  readonly children: readonly OrganizationNode[];
};

type Place = {
  readonly key: string;
  /** From 1, as assistive technology counts. */
  readonly level: number;
  readonly position: number;
  readonly siblings: number;
  /** The key of the row that it is below. */
  readonly parent: string | undefined;
};
/** A line of the tree: an organization, something that it owns, or how much more it owns. */
export type TreeLine = Place &
  (
    | {
        readonly kind: 'organization';
        readonly node: OrganizationNode;
        readonly open: boolean;
        readonly opens: boolean;
      }
    | { readonly kind: 'owned'; readonly one: Named }
    | { readonly kind: 'more'; readonly count: number; readonly of: OrganizationNode }
  );

/** Things that are named below one organization; the portfolio has all of them. */
export const OWNED_MAX = 25;

const opensOf = ({ children, applications, servers }: OrganizationNode): boolean =>
  children.length + applications.length + servers.length > 0;

/** Organizations at the top are open unless they were closed, the others closed unless opened. */
const isOpen = (id: string, level: number, turned: ReadonlySet<string>): boolean =>
  (level === 1) !== turned.has(id);

/** The lines of the tree as they are seen: those below what is closed are not there. */
export const linesOf = (
  nodes: readonly OrganizationNode[],
  turned: ReadonlySet<string>,
  above: { readonly level: number; readonly parent?: string } = { level: 1 },
): readonly TreeLine[] => {
  const { level, parent } = above;
  return nodes.flatMap((node, nth): readonly TreeLine[] => {
    const opens = opensOf(node);
    const open = opens && isOpen(node.id, level, turned);
    const place = { key: node.id, level, position: nth + 1, siblings: nodes.length, parent };
    const line = { ...place, kind: 'organization', node, open, opens } as const;
    return open ? [line, ...insideOf(node, turned, level + 1)] : [line];
  });
};

const insideOf = (
  node: OrganizationNode,
  turned: ReadonlySet<string>,
  level: number,
): readonly TreeLine[] => {
  const all = [...node.applications, ...node.servers];
  const owned = all.slice(0, OWNED_MAX);
  const rest = all.length - owned.length;
  const siblings = node.children.length + owned.length + (rest > 0 ? 1 : 0);
  const placeAt = (nth: number, key: string): Place => ({
    key: `${node.id} ${key}`,
    level,
    siblings,
    parent: node.id,
    position: node.children.length + nth + 1,
  });
  return [
    ...linesOf(node.children, turned, { level, parent: node.id }).map((line) =>
      line.level === level ? { ...line, siblings } : line,
    ),
    ...owned.map(
      (one, nth): TreeLine => ({
        ...placeAt(nth, `${one.type}:${one.id}`),
        kind: 'owned',
        one,
      }),
    ),
    ...(rest > 0
      ? [{ ...placeAt(owned.length, 'more'), kind: 'more', count: rest, of: node } as const]
      : []),
  ];
};

/** What a key means on a line (WAI-ARIA treegrid): another line to go to, or to turn this one. */
export const keyMeans = (
  lines: readonly TreeLine[],
  at: number,
  key: string,
): { readonly go: number } | { readonly turn: string } | undefined => {
  const line = lines[at];
  if (!line) return undefined;
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: lines.length - 1 }[key];
  if (to !== undefined) return { go: Math.min(lines.length - 1, Math.max(0, to)) };
  const closed = line.kind === 'organization' && line.opens && !line.open;
  const open = line.kind === 'organization' && line.open;
  if (key === 'ArrowRight') return closed ? { turn: line.key } : open ? { go: at + 1 } : undefined;
  if (key !== 'ArrowLeft') return undefined;
  if (open) return { turn: line.key };
  const parent = lines.findIndex((one) => one.key === line.parent);
  return parent === -1 ? undefined : { go: parent };
};
