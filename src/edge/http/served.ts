import type { Projection, View } from '../../core/projection.js';
import { type Refusal, refuse } from '../../core/refusal.js';
import type { Reading } from '../../read/projector/projections.js';
import type { DocumentReads, ViewQuery } from '../../read/views/port.js';

/**
 * Documents that are served until a changed definition has made its own, here or on another node:
 * they have the columns and the shape of the version that made them.
 */
type Served = Pick<Reading<DocumentReads>, 'projection' | 'slot'>;

/** What a question needs of the documents that are served. */
type Needs = Partial<Pick<ViewQuery, 'where' | 'sort'>> & {
  readonly columns?: readonly string[];
  readonly search?: string | null;
};

const notReady = (
  { projection: { name, version }, slot }: Served,
  { what, fields }: { readonly what: string; readonly fields: readonly string[] },
): Refusal =>
  refuse(
    'PROJECTION_NOT_READY',
    `${name}: the documents that are served are of version ${slot.version}, which has no ${what} as version ${version} has: ask again when they are built`,
    { details: { fields, version, served: slot.version } },
  );

/** Whether the definition that this program has made the documents that are served. */
const isOwn = ({ projection, slot }: Served): boolean => slot.hash === projection.hash;

const hasColumn = ({ projection, slot }: Served, name: string): boolean => {
  const type = projection.columns.find((one) => one.name === name)?.type;
  return slot.columns.some((one) => one.name === name && one.type === type);
};

/** Why a question cannot be answered from the documents that are served; undefined when it can. */
export const notServed = (
  served: Served,
  { where = [], sort = [], columns = [], search }: Needs,
): Refusal | undefined => {
  if (isOwn(served)) return undefined;
  const asked = [...where, ...sort].map(({ column }) => column);
  const absent = [...asked, ...columns].filter((name) => !hasColumn(served, name));
  const unsearched = search
    ? served.projection.search.filter((field) => !served.slot.search.includes(field))
    : [];
  const fields = [...new Set([...absent, ...unsearched])];
  return fields.length === 0
    ? undefined
    : notReady(served, { what: `${fields.join(', ')} to filter, sort or search by`, fields });
};

/** The order of a list that nobody asked for, as far as the documents that are served have it. */
export const sortServed = ({ projection, slot }: Served): Projection['sort'] => {
  const keys = projection.sort?.split(',') ?? [];
  const there = keys.filter((key) =>
    hasColumn({ projection, slot }, key.trim().replace(/^[-+]/, '')),
  );
  return there.length === 0 ? null : there.join(',');
};

/**
 * Why a report cannot be made of the documents that are served: it is written for those of its own
 * definition, and would count a field that others do not have as nothing. undefined when it can.
 */
export const notReported = (served: Served): Refusal | undefined =>
  isOwn(served) ? undefined : notReady(served, { what: 'fields', fields: [] });

/** Why two sets of documents cannot be compared: made by different definitions, all differ. */
export const notComparable = (one: Served, other: Served): Refusal | undefined => {
  if (one.slot.hash === other.slot.hash) return undefined;
  return notReady(isOwn(one) ? other : one, { what: 'fields', fields: [] });
};

/** A document as it is served. Nobody takes a field for empty that its version does not have. */
export const asServed = (served: Served, document: View): View => {
  if (isOwn(served)) return document;
  const { shape } = served.projection.view;
  const isMissing = (field: string | symbol): boolean =>
    typeof field === 'string' &&
    Object.hasOwn(shape, field) &&
    !Object.hasOwn(document, field) &&
    shape[field]!.def.type !== 'optional';
  return new Proxy(document, {
    get: (target, field) => {
      if (isMissing(field)) throw new TypeError(`there is no ${String(field)}`);
      return Reflect.get(target, field);
    },
  });
};

/** Do what is written for documents of these versions. Of others they may not be fit for it. */
export const onServed = <T>(
  all: readonly Served[],
  work: () => T,
): { readonly made: T } | Refusal => {
  try {
    return { made: work() };
  } catch (error) {
    const other = all.find((one) => !isOwn(one));
    if (!other) throw error;
    return notReady(other, { what: 'fields', fields: [] });
  }
};
