import { nameField } from '../../../../src/core/name-in.js';
import type { View, ViewField } from '../../api/types.js';
import type { Kind } from '../../api/use-kinds.js';

/** Kept about every thing; the last of them is the one worth a column. */
const RECORD: ReadonlySet<string> = new Set([
  'id',
  'version',
  'created_at',
  'created_by',
  'updated_at',
  'updated_by',
  'since',
  'occurred_at',
  'deleted',
]);
const COLUMNS_MAX = 4;
const FACETS_MAX = 6;

/** The read model that lists the things of a type. */
export const viewOf = (views: readonly View[], kind: Kind): View | undefined =>
  views.find(({ resource }) => resource === kind.type);

/** The field a thing is called by. */
export const nameFieldOf = ({ fields }: View): string | undefined =>
  nameField(fields.map(({ name }) => name));

/** Fields with few values, worth counting. */
export const facetsOf = ({ fields }: View): readonly ViewField[] =>
  fields
    .filter(
      ({ name, type, values }) =>
        (values !== null || type === 'boolean' || name === 'status') && name !== 'deleted',
    )
    .slice(0, FACETS_MAX);

/** The fields that are worth a column: what tells one thing from another first. */
export const columnsOf = (view: View): readonly ViewField[] => {
  const name = nameFieldOf(view);
  const own = view.fields.filter(
    (one) => !RECORD.has(one.name) && one.name !== name && one.type !== 'list',
  );
  const told = own.filter(({ values, name: field }) => values !== null || field === 'status');
  const texts = own.filter(({ values }) => values === null);
  const wanted = new Set([...told.slice(0, COLUMNS_MAX), ...texts].slice(0, COLUMNS_MAX));
  return own.filter((one) => wanted.has(one));
};

/** A field can be sorted by when it holds one value. */
export const sortable = ({ type }: ViewField): boolean => type !== 'list';
