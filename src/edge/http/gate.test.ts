import { expect, it } from 'vitest';
import type { Principal } from '../../core/access.js';
import { Gate } from './gate.js';

const who = (actor: string): Principal => ({ actor, actor_type: 'user', roles: [], teams: [] });

it('lets in so many, of one who asks so many that others find room beside them', async () => {
  const gate = new Gate(3, 2);
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const pass = (by: Principal | undefined) => gate.pass('reports', by, () => ended);
  const inside = [pass(who('ada')), pass(who('ada'))];
  expect(await pass(who('ada'))).toMatchObject({ refused: 'RATE_LIMITED', details: { most: 2 } });
  inside.push(pass(who('bob')));
  expect(await pass(who('eve'))).toMatchObject({ refused: 'BUSY' });
  expect(await pass(undefined)).toMatchObject({ refused: 'BUSY' });
  // To wait for another's would be in vain.
  expect(await pass(who('ada'))).toMatchObject({ refused: 'RATE_LIMITED' });
  end();
  expect(await Promise.all(inside)).toEqual([undefined, undefined, undefined]);
  expect(await pass(who('ada'))).toBeUndefined();
});
