import { expect, it } from 'vitest';
import { unavailable } from './engine.js';
import { Preparing } from './preparing.js';

it('tries again whenever somebody asks, shares an attempt, and tells each reason once', async () => {
  const reasons = ['away', 'away', 'no such database', 'away'];
  const told: (string | null)[] = [];
  let attempts = 0;
  const preparing = new Preparing(
    async () => {
      attempts++;
      const reason = reasons.shift();
      if (reason) throw unavailable(reason);
    },
    (why) => told.push(why?.message ?? null),
  );
  for (const reason of [...reasons]) {
    const asked = [preparing.done(), preparing.done()];
    for (const one of asked) await expect(one).rejects.toThrow(reason);
  }
  expect(attempts).toBe(4);
  await Promise.all([preparing.done(), preparing.done()]);
  await preparing.done();
  expect(attempts).toBe(5);
  expect(told).toEqual(['away', 'no such database', null]);

  preparing.undo();
  await preparing.done();
  expect(attempts).toBe(6);
  expect(told).toHaveLength(3);
});
