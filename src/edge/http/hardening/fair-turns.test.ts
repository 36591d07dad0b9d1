import { expect, it } from 'vitest';
import { FairTurns } from './fair-turns.js';

const who = (actor: string) => ({ actor, actor_type: 'user', roles: [], teams: [] }) as const;

it('gives everybody who asks a turn before anybody has another, and others theirs between', async () => {
  const turns = new FairTurns();
  const done: string[] = [];
  const work = async (actor: string) => {
    await turns.take(who(actor));
    done.push(actor);
  };
  const other = (): void => {
    done.push('other');
    if (done.length < 9) setImmediate(other);
  };
  setImmediate(other);
  await Promise.all(['ada', 'ada', 'ada', 'ada', 'bob', 'eve', 'bob'].map(work));
  expect(done.filter((one) => one !== 'other').join(' ')).toBe('ada ada bob eve ada bob ada');
  expect(done.join(' ')).not.toMatch(/(ada|bob|eve) (ada|bob|eve) (ada|bob|eve)/);
});
