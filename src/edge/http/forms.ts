import { VARY_BY_WHO } from './answer.js';
import { wishesOf } from './wishes-of.js';

/** Forms in which a list can be had: a page of it, or everything as lines. */
export const FORMS = ['json', 'csv', 'jsonl'] as const;
export type Form = (typeof FORMS)[number];
export type Lines = Exclude<Form, 'json'>;

/** What the forms that are lines are called in `content-type`. */
export const LINE_TYPES: Readonly<Record<Lines, string>> = {
  csv: 'text/csv; charset=utf-8',
  jsonl: 'application/x-ndjson',
};

/** The form depends on what is accepted; a cache has to know. */
export const VARY = { vary: `Accept, Accept-Encoding, ${VARY_BY_WHO}` };

const NAMED: ReadonlyMap<string, Form> = new Map([
  ['application/json', 'json'],
  ['text/csv', 'csv'],
  ['application/x-ndjson', 'jsonl'],
  ['application/jsonl', 'jsonl'],
]);

/** Whoever takes anything gets what there has always been. */
const formNamed = (type: string): Form | undefined =>
  NAMED.get(type) ?? (type.endsWith('/*') ? 'json' : undefined);

/** What is accepted most gladly of what there is; a page where nothing is said. */
const accepted = (accept: string | undefined): Form => {
  const wishes = wishesOf(accept)
    .map(({ name, quality }) => ({ form: formNamed(name), quality }))
    .filter(({ form, quality }) => form !== undefined && quality > 0);
  const most = Math.max(...wishes.map(({ quality }) => quality));
  return wishes.find(({ quality }) => quality === most)?.form ?? 'json';
};

/** The form that is asked for by name or, without one, by `Accept`; undefined for a wrong name. */
export const formOf = (format: string | undefined, accept: string | undefined): Form | undefined =>
  format === undefined ? accepted(accept) : FORMS.find((one) => one === format);
