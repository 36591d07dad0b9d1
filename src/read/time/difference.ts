import type { Aggregate, State } from '../../core/aggregate.js';
import { canonical } from '../../core/canonical.js';
import { markedPaths } from '../../core/marks.js';

/** A field that is not the same at two moments; undefined states have no fields. */
export type FieldDifference = {
  readonly field: string;
  readonly from: unknown;
  readonly to: unknown;
};

/** The fields of a state; secrets are not told. A data field `status` is told as `data_status`. */
const fieldsOf = (definition: Aggregate, state: State): Map<string, unknown> => {
  const fields = new Map<string, unknown>([['status', state.status]]);
  for (const [name, value] of Object.entries(state.data)) {
    const schema = definition.data.shape[name];
    if (schema && markedPaths(schema, ['secret']).length > 0) continue;
    fields.set(name === 'status' ? 'data_status' : name, value);
  }
  return fields;
};

/** What is different between two states of one aggregate; null = it did not exist. */
export const differenceOf = (
  definition: Aggregate,
  from: State | null,
  to: State | null,
): readonly FieldDifference[] => {
  const before = from ? fieldsOf(definition, from) : new Map<string, unknown>();
  const after = to ? fieldsOf(definition, to) : new Map<string, unknown>();
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((field) => ({
      field,
      from: before.get(field) ?? null,
      to: after.get(field) ?? null,
    }))
    .filter(({ from: a, to: b }) => canonical(a) !== canonical(b));
};
