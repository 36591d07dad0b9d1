import { isRefusal, type Refusal } from '../core/refusal.js';
import type { Reading } from '../projector/projections.js';
import type { Condition } from '../views/port.js';
import { DOCUMENTS_PAGE, WITHIN_MAX } from './limits.js';
import type { Branch, Filters } from './list-query.js';
import { badQuery } from './query.js';
import { type Reads, type Reflected, readingOfOther } from './reflected.js';

/** Keys of all documents that name one of these as the one above them. */
const below = async (
  { store, slot }: Reading,
  parent: string,
  { keys, most }: { readonly keys: readonly string[]; readonly most: number },
): Promise<readonly string[]> => {
  const where: Condition[] = [{ column: parent, op: 'in', values: keys }];
  const found: string[] = [];
  for (;;) {
    const last = found.at(-1);
    const { documents } = await store.find(slot, {
      ...{ where, sort: [], limit: DOCUMENTS_PAGE },
      ...(last !== undefined && { after: { values: [], key: last } }),
    });
    found.push(...documents.map(({ key }) => key));
    if (documents.length < DOCUMENTS_PAGE || found.length > most) return found;
  }
};

/** These documents of a tree and all below them, level by level; one is never visited twice. */
const wholeBranch = async (
  http: Reads,
  { reading, moment }: Reflected,
  { column, ids, tree }: Branch,
): Promise<Condition | Refusal> => {
  const projection = http.projections.definitions.find(({ name }) => name === tree.projection);
  if (!projection) throw new TypeError(`there is no projection ${tree.projection}`);
  const same = projection.name === reading.projection.name;
  const from = same ? reading : await readingOfOther(http, projection, moment);
  if (isRefusal(from)) return from;
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

/** Filters as a read store takes them, with branches of trees looked up. */
export const resolved = async (
  http: Reads,
  reflected: Reflected,
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
