import { expect, it } from 'vitest';
import { turnsDuring } from '../../test/support/turns-during.js';
import type { ModelRelation } from '../model.js';
import { connect } from './relations.js';
import type { Resolved } from './resolve.js';

it('many relations are connected while others get their turn', async () => {
  const relations: readonly ModelRelation[] = Array.from({ length: 1_000 }, (_, n) => ({
    key: `r${n}`,
    source_key: `a${n}`,
    target_key: `b${n}`,
    type: 'uses',
    where: `line ${n}`,
    fields: {},
  }));
  const resolved = { wanted: new Map(), lost: new Map(), notes: [] } as unknown as Resolved;
  const { turns, made } = await turnsDuring(() => connect(relations, resolved));
  const { edges, notes } = made;
  expect(turns).toBeGreaterThan(30);
  expect([edges.length, notes.length]).toEqual([0, relations.length]);
});
