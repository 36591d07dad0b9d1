import type { State } from '../../core/aggregate.js';
import { canonical } from '../../core/canonical.js';

/** One field of an aggregate that an event changed; of an object, only the members that differ. */
export type Change = { readonly field: string; readonly from: unknown; readonly to: unknown };

type Members = Readonly<Record<string, unknown>>;

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const same = (a: unknown, b: unknown): boolean =>
  a === b || canonical(a ?? null) === canonical(b ?? null);

const isNothing = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === '' ||
  (typeof value === 'object' && Object.keys(value).length === 0);

const without = (value: Members, other: Members): Members =>
  Object.fromEntries(
    Object.entries(value).filter(
      ([key, member]) => !Object.hasOwn(other, key) || !same(member, other[key]),
    ),
  );

/** A record that grows with every event would make each change as large as the whole history. */
const narrowed = ({ field, from, to }: Change): Change =>
  isMembers(from) && isMembers(to)
    ? { field, from: without(from, to), to: without(to, from) }
    : { field, from: from ?? null, to: to ?? null };

/**
 * What an event changed: the status and every top-level field of the data. `before` is null for the
 * first event: then it is everything that has a value, whatever its default.
 */
export const changesBetween = (before: State | null, after: State): readonly Change[] => {
  const from: Members = before ? { status: before.status, ...asFields(before.data) } : {};
  const to: Members = { status: after.status, ...asFields(after.data) };
  return [...new Set([...Object.keys(from), ...Object.keys(to)])]
    .filter((field) => (before ? !same(from[field], to[field]) : !isNothing(to[field])))
    .map((field) => narrowed({ field, from: from[field], to: to[field] }));
};

/** A data field called `status` would hide the status of the aggregate. */
const asFields = (data: State['data']): Members =>
  'status' in data
    ? Object.fromEntries(
        Object.entries(data).map(([field, value]) => [
          field === 'status' ? 'data_status' : field,
          value,
        ]),
      )
    : data;
