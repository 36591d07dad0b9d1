import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { actors } from '../actors/index.js';
import { completeProjections } from '../src/read/projections/index.js';
import { projections } from './index.js';

const text = readFileSync(new URL('../docs/reference/read-models.md', import.meta.url), 'utf8');
const sections = new Map(
  text.split(/^## /m).map((section) => [section.split('\n')[0], section] as const),
);
const all = completeProjections(actors, projections);

const tablesOf = (section: string, head: string): readonly (readonly string[])[] => {
  const [, rows = ''] = section.split(new RegExp(`^\\| ${head} .*\\n\\|.*\\n`, 'm'));
  return rows
    .split(/\n(?!\|)/)[0]!
    .split('\n')
    .filter((row) => row.startsWith('|'))
    .map((row) => row.split('|').slice(1, -1));
};
const names = (cell = ''): string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

describe.each(all.map((one) => [one.name, one] as const))('%s', (name, projection) => {
  const section = sections.get(name) ?? '';

  it('has every field in the reference, and no other', () => {
    const listed = tablesOf(section, 'Field').flatMap(([cell]) => names(cell));
    expect(listed.sort()).toEqual(Object.keys(projection.view.shape).sort());
  });

  it('has every report and its parameters in the reference, and no other', () => {
    const listed = tablesOf(section, 'Report').map(([report, params]) => [
      names(report)[0],
      names(params).sort(),
    ]);
    const there = Object.entries(projection.reports).map(([report, { params }]) => [
      report,
      Object.keys(params.shape).sort(),
    ]);
    expect(listed).toEqual(there);
  });

  it('has in the reference what readers see besides', () => {
    const added = names(/^Added for readers: (.*)\.$/m.exec(section)?.[1]);
    const document = projection.initial;
    const shown = projection.show?.(document, {
      now: '2026-01-01T00:00:00Z',
      related: () => undefined,
    });
    const more = Object.keys(shown ?? {}).filter((field) => !(field in document));
    expect(added.filter((field) => !field.includes('[]')).sort()).toEqual(more.sort());
  });
});

it('has no section for what is not there', () => {
  const known = new Set(['Stamps', ...all.map(({ name }) => name)]);
  expect([...sections.keys()].slice(1).filter((name) => !known.has(name ?? ''))).toEqual([]);
});
