import { expect, it } from 'vitest';
import type { ModelRelation } from '../model.js';
import { connect } from './relations.js';
import type { Resolved } from './resolve.js';

it('many relations are connected while others get their turn', async () => {
  const relations: readonly ModelRelation[] = Array.from({ length: 60_000 }, (_, n) => ({
    ...{ key: `r${n}`, source_key: `a${n}`, target_key: `b${n}`, type: 'uses', where: `line ${n}` },
    fields: {},
  }));
  let turns = 0;
  let over = false;
  const take = (): void => {
    turns++;
    if (!over) setImmediate(take);
  };
  setImmediate(take);
  const resolved = { wanted: new Map(), lost: new Map(), notes: [] } as unknown as Resolved;
  const { edges, notes } = await connect(relations, resolved);
  over = true;
  expect(turns).toBeGreaterThan(3);
  expect([edges.length, notes.length]).toEqual([0, relations.length]);
});
