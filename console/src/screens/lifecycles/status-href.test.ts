import { describe, expect, it } from 'vitest';
import type { View } from '../../api/types.js';
import { statusFilter, statusHref } from './status-href.js';

type Field = View['fields'][number];
const field = (name: string, values: readonly string[] | null = null): Field => ({
  name,
  type: 'text',
  values,
});
const view = (...fields: readonly Field[]): View => ({
  name: 'doors',
  summary: '',
  resource: 'Door',
  sources: ['door'],
  fields,
  search: [],
  sort: 'id',
  deleted: 'deleted',
  reports: [],
  links: {},
});
const present = ['open', 'shut'];

describe('statusFilter', () => {
  it('takes the field called status', () => {
    const listed = { view: view(field('colour', present), field('status')), plural: 'd', present };
    expect(statusFilter(listed, 'open')).toEqual([['status', 'open']]);
  });

  it('takes a field that can have every status', () => {
    const fields = [field('colour', ['red', 'open']), field('life', ['open', 'shut', 'gone'])];
    const listed = { view: view(...fields), plural: 'doors', present };
    expect(statusFilter(listed, 'shut')).toEqual([['life', 'shut']]);
  });

  it('knows none where no field tells', () => {
    const listed = { view: view(field('life', ['open'])), plural: 'doors', present };
    expect(statusFilter(listed, 'open')).toBeUndefined();
    expect(statusHref(listed, 'open')).toBeUndefined();
    expect(statusHref({ ...listed, view: undefined }, 'open')).toBeUndefined();
  });

  it('needs no filter where there is one status only', () => {
    const listed = { view: view(), plural: 'doors', present: ['open'] };
    expect(statusFilter(listed, 'open')).toEqual([]);
    expect(statusHref(listed, 'open')).toBe('/things/doors');
  });

  it('finds what was deleted by the field that says so', () => {
    const listed = { view: view(field('status')), plural: 'doors', present };
    expect(statusFilter(listed, 'deleted')).toEqual([['deleted', 'true']]);
  });
});

it('keeps the moment', () => {
  const listed = { view: view(field('status')), plural: 'doors', present };
  expect(statusHref(listed, 'open', { as_of: '2019-05-01' })).toBe(
    '/things/doors?status=open&as_of=2019-05-01',
  );
});
