import type { View } from '../../api/types.js';

/** What of a lifecycle decides where the aggregates of a status are listed. */
export type Listed = {
  readonly view: View | undefined;
  readonly plural: string | undefined;
  /** The statuses in which an aggregate is there: neither before its beginning nor deleted. */
  readonly present: readonly string[];
};

const STATUS = 'status';

/** The field of a list that holds the status: by its name, else by the values it may have. */
const statusField = ({ fields }: View, present: readonly string[]): string | undefined =>
  (
    fields.find(({ name }) => name === STATUS) ??
    fields.find(({ values }) => values && present.every((one) => values.includes(one)))
  )?.name;

/** The filter that leaves only those in a status, or undefined where the list has no such field. */
export const statusFilter = (
  { view, present }: Listed,
  status: string,
): readonly (readonly [string, string])[] | undefined => {
  if (!view) return undefined;
  if (!present.includes(status)) return view.deleted ? [[view.deleted, 'true']] : undefined;
  if (present.length === 1) return [];
  const field = statusField(view, present);
  return field === undefined ? undefined : [[field, status]];
};

/** The list of those in a status at a moment; undefined where none can be told. */
export const statusHref = (
  listed: Listed,
  status: string,
  moment: Readonly<Record<string, string>> = {},
): string | undefined => {
  const filter = statusFilter(listed, status);
  if (filter === undefined || listed.plural === undefined) return undefined;
  const query = new URLSearchParams([...filter.map(([a, b]) => [a, b]), ...Object.entries(moment)]);
  const text = query.toString();
  return `/things/${listed.plural}${text === '' ? '' : `?${text}`}`;
};
