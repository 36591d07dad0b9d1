export type Change = { readonly field: string; readonly from: unknown; readonly to: unknown };
export type Attribute = {
  readonly name: string;
  readonly value: unknown;
  /** Kept by the runtime about every thing: not what it is, but what is known about it. */
  readonly record: boolean;
  readonly change?: Change;
};

/** What every read model says of its document besides. */
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

/** The field that tells the status, under whatever name: its value is the status, always. */
export const statusField = (
  fields: readonly { readonly name: string; readonly values: readonly string[] | null }[],
  statuses: readonly string[],
): string | undefined =>
  fields.find(({ name }) => name === 'status')?.name ??
  fields.find(
    ({ values }) => values && values.length > 0 && values.every((one) => statuses.includes(one)),
  )?.name;

/** All there is to know, what changed marked; changes of what the read model does not show last. */
export const attributesOf = (
  document: Readonly<Record<string, unknown>>,
  changes: readonly Change[],
  status?: string,
): readonly Attribute[] => {
  const shown = new Map(
    changes.map((one) => [one.field === 'status' ? (status ?? 'status') : one.field, one]),
  );
  const known = Object.entries(document).map(([name, value]): Attribute => {
    const change = shown.get(name);
    shown.delete(name);
    return { name, value, record: RECORD.has(name), ...(change && { change }) };
  });
  const others = [...shown].map(([name, change]) => ({
    name,
    value: change.to,
    record: true,
    change,
  }));
  return [
    ...known.filter(({ record }) => !record),
    ...others,
    ...known.filter((one) => one.record),
  ];
};

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

/** Of two lists: what came and what went. Undefined when they are no lists. */
export const listDifference = (
  from: unknown,
  to: unknown,
): { readonly gone: readonly unknown[]; readonly come: readonly unknown[] } | undefined => {
  const before = from === null || from === undefined ? [] : from;
  const after = to === null || to === undefined ? [] : to;
  if (!Array.isArray(before) || !Array.isArray(after)) return undefined;
  if (from === to || (!Array.isArray(from) && !Array.isArray(to))) return undefined;
  const had = new Set(before.map(textOf));
  const has = new Set(after.map(textOf));
  return {
    gone: before.filter((one) => !has.has(textOf(one))),
    come: after.filter((one) => !had.has(textOf(one))),
  };
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Of two records: only the entries that differ. Undefined when they are no records. */
export const recordDifference = (from: unknown, to: unknown): readonly Change[] | undefined => {
  const [before, after] = [from ?? {}, to ?? {}];
  if (!isRecord(before) || !isRecord(after) || (!isRecord(from) && !isRecord(to))) return undefined;
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((field) =>
    JSON.stringify(before[field]) === JSON.stringify(after[field])
      ? []
      : [{ field, from: before[field], to: after[field] }],
  );
};
