import { stringify } from 'csv-stringify/sync';
import type { Projection, View } from '../../core/projection.js';
import type { Lines } from './forms.js';

/** Documents as text, page by page. `begin` is what stands there even if there is no document. */
export type Writing = {
  readonly begin: string;
  readonly page: (documents: readonly View[]) => string;
};

const jsonLines: Writing = {
  begin: '',
  page: (documents) => documents.map((one) => `${JSON.stringify(one)}\n`).join(''),
};

/** Every field that a document of a projection has, whichever documents there are. */
export const fieldsOf = ({ view, initial, show }: Projection, now: string): readonly string[] => {
  const empty = show?.(initial, { now, related: () => undefined }) ?? {};
  const fields = [...Object.keys(view.shape), ...Object.keys(empty)];
  return [...new Set(fields.includes('id') ? fields : ['id', ...fields])];
};

/**
 * Text that a spreadsheet would take for a formula gets a `'` before it. Numbers are none, whatever
 * they begin with; what is more than a value is written as JSON.
 */
const csv = (fields: readonly string[]): Writing => {
  const rows = (values: readonly (readonly unknown[])[]): string =>
    stringify([...values.map((row) => [...row])], {
      escape_formulas: true,
      cast: { boolean: String, object: (value) => JSON.stringify(value) },
    });
  return {
    begin: rows([fields]),
    page: (documents) => rows(documents.map((one) => fields.map((field) => one[field]))),
  };
};

export const writingOf = (form: Lines, fields: readonly string[]): Writing =>
  form === 'csv' ? csv(fields) : jsonLines;
