import { expect, it } from 'vitest';
import { turnsDuring } from '../../test/support/turns-during.js';
import { turnsBy } from './turns-by.js';

const MANY = 20;

it('of many that share a turn and wait, one at a time goes on', async () => {
  const { turns: others } = await turnsDuring(async () => {
    const turn = turnsBy(() => performance.now());
    await Promise.all(Array.from({ length: MANY }, turn));
  });
  expect(others).toBeGreaterThanOrEqual(MANY - 1);
});
