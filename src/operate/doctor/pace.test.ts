import { expect, it } from 'vitest';
import { each } from './examination.js';
import { paceUntil } from './pace.js';

const busyFor = (ms: number): void => {
  const end = performance.now() + ms;
  while (performance.now() < end);
};

it('lets others run between two steps of long work', async () => {
  let others = 0;
  const timer = setInterval(() => others++, 1);
  const pace = paceUntil(new AbortController().signal);
  expect(pace()).toBeUndefined();
  for (let step = 0; step < 10; step++) {
    busyFor(4);
    await pace();
  }
  clearInterval(timer);
  expect(others).toBeGreaterThan(3);
});

it('gives up the work at once when it is told to, also in the middle of a rest', async () => {
  const ending = new AbortController();
  const pace = paceUntil(ending.signal);
  let done = 0;
  const work = each(
    Array.from({ length: 10_000 }),
    async () => {
      busyFor(1);
      if (++done === 50) ending.abort(new Error('enough'));
    },
    pace,
  );
  await expect(work).rejects.toThrow();
  expect(done).toBeLessThan(100);
  expect(() => pace()).toThrow('enough');
});
