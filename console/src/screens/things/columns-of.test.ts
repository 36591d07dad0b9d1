import { describe, expect, it } from 'vitest';
import type { View, ViewField } from '../../api/types.js';
import { columnsOf, facetsOf, nameFieldOf, viewOf } from './columns-of.js';

const field = (name: string, more: Partial<ViewField> = {}): ViewField => ({
  name,
  type: 'text',
  values: null,
  ...more,
});
const view: View = {
  name: 'sheds',
  summary: '',
  resource: 'Shed',
  sources: [],
  search: [],
  sort: 'label',
  deleted: null,
  reports: [],
  links: {},
  fields: [
    field('id'),
    field('deleted', { type: 'boolean' }),
    field('hostname'),
    field('colour', { values: ['red', 'blue'] }),
    field('tags', { type: 'list', values: ['a'] }),
    field('note'),
    field('open', { type: 'boolean' }),
  ],
};

describe('the list of a type', () => {
  it('is found by the type, and knows what its things are called', () => {
    const kind = { type: 'Shed', plural: 'sheds', summary: '' };
    expect(viewOf([{ ...view, resource: null }, view], kind)).toBe(view);
    expect(nameFieldOf(view)).toBe('hostname');
    expect(nameFieldOf({ ...view, fields: [field('colour')] })).toBeUndefined();
  });
  it('is narrowed by fields of few values', () => {
    expect(facetsOf(view).map(({ name }) => name)).toEqual(['colour', 'tags', 'open']);
  });
  it('shows neither what every thing has, nor lists', () => {
    expect(columnsOf(view).map(({ name }) => name)).toEqual(['colour', 'note', 'open']);
  });
});
