import { expect, it, vi } from 'vitest';
import type { Damage } from '../read/views/port.js';
import { DamageWatch } from './damage-watch.js';

const log = { error: () => {} };
const live = [{ name: 'lamps', generation: 1 }];
const DAMAGED: Damage = { slot: { projection: 'lamps', generation: 1 }, what: 'page 7' };
const rejection = (watch: DamageWatch, of = live) =>
  watch.check(of).then(
    () => null,
    (error: Error) => error.message,
  );

it('tells of damage that an answer met, by projection, until that one was built anew', async () => {
  let met: string | undefined;
  let found: readonly Damage[] = [];
  const views = { damage: vi.fn(async () => found), takeBroken: () => met };
  const watch = new DamageWatch();
  await watch.begin(views, { file: '/no/such/file', log });
  expect(await rejection(watch)).toBeNull();
  expect(views.damage).toHaveBeenCalledTimes(1);
  [met, found] = ['it is damaged', [DAMAGED]];
  expect(await rejection(watch)).toMatch(/page 7.*stele projection rebuild lamps/);
  [met, found] = [undefined, []];
  expect(await rejection(watch)).toMatch(/page 7/);
  expect(await rejection(watch, [{ name: 'lamps', generation: 2 }])).toBeNull();
});

it('tells what an answer met where no table shows it, as long as answers do', async () => {
  let [met, now]: [string | undefined, number] = ['it was cut', 0];
  const views = { damage: vi.fn(async () => []), takeBroken: () => met };
  const watch = new DamageWatch(() => now);
  await watch.begin(views, { file: '/no/such/file', log });
  for (let looks = 0; looks < 3; looks++) expect(await rejection(watch)).toBe('it was cut');
  expect(views.damage).toHaveBeenCalledTimes(2);
  met = undefined;
  now = 60_000;
  expect(await rejection(watch)).toBeNull();
});
