import type { Projection } from '../../core/projection.js';
import { isRefusal, type Refusal } from '../../core/refusal.js';
import type { Reading } from '../../read/projector/projections.js';
import type { Condition, DocumentReads } from '../../read/views/port.js';
import { DOCUMENTS_PAGE, WITHIN_MAX } from './limits.js';
import type { Branch, Filters } from './list-query.js';
import { badQuery } from './query.js';
import type { Reads, Reflected } from './reflected.js';
import { notServed } from './served.js';

/** Keys of all documents that name one of these as the one above them. */
const below = async (
  { store, slot }: Reading<DocumentReads>,
  parent: string,
  { keys, most }: { readonly keys: readonly string[]; readonly most: number },
): Promise<readonly string[]> => {
  const where: Condition[] = [{ column: parent, op: 'in', values: keys }];
  const found: string[] = [];
  for (;;) {
    const last = found.at(-1);
    const documents = await store.page(slot, {
      where,
      sort: [],
      limit: DOCUMENTS_PAGE,
      ...(last !== undefined && { after: { values: [], key: last } }),
    });
    found.push(...documents.map(({ key }) => key));
    if (documents.length < DOCUMENTS_PAGE || found.length > most) return found;
  }
};

/** The projection whose documents are the tree. */
const treeOf = (http: Reads, { tree }: Branch): Projection => {
  const projection = http.projections.definitions.find(({ name }) => name === tree.projection);
  if (projection) return projection;
  throw new TypeError(`there is no projection ${tree.projection}`);
};

/** The projections that filters look into besides the one they are about. */
export const treesOf = (http: Reads, { branches }: Pick<Filters, 'branches'>): Projection[] =>
  branches.map((branch) => treeOf(http, branch));

/** These documents of a tree and all below them, level by level; one is never visited twice. */
const wholeBranch = async (
  http: Reads,
  { reading, other }: Reflected<DocumentReads>,
  branch: Branch,
): Promise<Condition | Refusal> => {
  const { column, ids, tree } = branch;
  const projection = treeOf(http, branch);
  const same = projection.name === reading.projection.name;
  const from = same ? reading : await other(projection);
  if (isRefusal(from)) return from;
  const not =
    notServed(reading, { columns: [column] }) ?? notServed(from, { columns: [tree.parent] });
  if (not) return not;
  const seen = new Set(ids);
  for (let level: readonly string[] = ids; level.length > 0; ) {
    const most = WITHIN_MAX - seen.size;
    const next = await below(from, tree.parent, { keys: level, most });
    level = [...new Set(next)].filter((key) => !seen.has(key));
    for (const key of level) seen.add(key);
    if (seen.size > WITHIN_MAX)
      return badQuery(
        `${column}.within`,
        `more than ${WITHIN_MAX} documents are below: ask for a smaller branch`,
        'RANGE',
      );
  }
  return { column, op: 'in', values: [...seen] };
};

/**
 * Filters as a read store takes them, with branches of trees looked up: a level at a time, so in
 * documents that are held.
 */
export const resolveBranches = async (
  http: Reads,
  reflected: Reflected<DocumentReads>,
  { where, branches, search }: Filters,
): Promise<{ readonly where: readonly Condition[]; readonly search?: string } | Refusal> => {
  const conditions = [...where];
  for (const branch of branches) {
    const condition = await wholeBranch(http, reflected, branch);
    if (isRefusal(condition)) return condition;
    conditions.push(condition);
  }
  return { where: conditions, ...(search !== null && { search }) };
};
