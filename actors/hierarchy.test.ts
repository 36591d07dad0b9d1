import { fc, test } from '@fast-check/vitest';
import { expect, it } from 'vitest';
import { type Hierarchy, refuseAbove } from './hierarchy.js';

type One = { readonly name: string; readonly above: readonly string[] };
const HIERARCHY: Hierarchy<One> = {
  type: 'Thing',
  field: 'above_id',
  itself: 'above itself',
  plural: 'things',
  above: ({ above }) => above,
};
const all = (edges: Readonly<Record<string, readonly string[]>>) =>
  new Map(Object.entries(edges).map(([id, above]) => [id, { name: id.toUpperCase(), above }]));
const refused = (edges: Parameters<typeof all>[0], id: string, above: string) =>
  refuseAbove(HIERARCHY, all(edges), { id, name: id.toUpperCase(), above });

it('spells the shortest circle that would be closed', () => {
  const edges = { a: [], b: ['a'], c: ['b'], d: ['c', 'a'] };
  expect(refused(edges, 'a', 'd')).toMatchObject({
    refused: 'CIRCULAR_REFERENCE',
    message: 'this would close a circle of things: A → D → A',
  });
  expect(refused(edges, 'a', 'c')?.message).toMatch(/A → C → B → A$/);
  expect(refused(edges, 'd', 'b')).toBeUndefined();
});

it('refuses what is not there, and the same', () => {
  expect(refused({ a: [] }, 'a', 'b')).toMatchObject({
    refused: 'REFERENCE_NOT_FOUND',
    message: 'there is no Thing b',
    details: { field: 'above_id', id: 'b' },
  });
  expect(refused({ a: [] }, 'a', 'a')).toMatchObject({
    refused: 'SELF_REFERENCE',
    message: '"A" cannot be above itself',
  });
});

it('ends in what is broken: a circle elsewhere, a parent that is gone', () => {
  expect(refused({ a: [], b: ['c'], c: ['b'], d: ['gone'] }, 'a', 'b')).toBeUndefined();
  expect(refused({ a: [], d: ['gone'] }, 'a', 'd')).toBeUndefined();
});

const IDS = ['a', 'b', 'c', 'd', 'e'];
const edge = fc.tuple(fc.constantFrom(...IDS), fc.constantFrom(...IDS));
test.prop([fc.array(edge, { maxLength: 30 })])('never lets a circle come about', (edges) => {
  const above: Record<string, string[]> = Object.fromEntries(IDS.map((id) => [id, []]));
  for (const [id, next] of edges) if (!refused(above, id, next)) above[id]!.push(next);
  // Whoever has no circle can be taken apart from the top.
  const left = new Set(IDS);
  for (let round = 0; round < IDS.length; round++)
    for (const id of left) if (above[id]!.every((one) => !left.has(one))) left.delete(id);
  expect([...left]).toEqual([]);
});
