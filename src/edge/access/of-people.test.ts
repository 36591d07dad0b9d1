import { expect, it } from 'vitest';
import { ofPeople } from './of-people.js';

const comingAs = (actor: string, subject?: string) =>
  ofPeople(() => ({
    actor,
    actor_type: 'user',
    roles: [],
    teams: [],
    ...(subject !== undefined && { subject }),
  }))('');

it('people come in under names of their own', async () => {
  expect(await comingAs('ann')).toMatchObject({ actor: 'ann' });
  expect(await comingAs('ann-laptop', 'ann')).toMatchObject({ subject: 'ann' });
});

it.each([
  ['a name of the program', 'Watch:x', undefined, /Stele's own/],
  ['a person of that name', 'ann', 'system', /Stele's own/],
  ['nothing that is seen', '\u200b', undefined, /cannot be read/],
  ['what moves the cursor', 'a\u001b[2Jn', undefined, /cannot be read/],
  ['a line of its own', 'ann\nroot', undefined, /cannot be read/],
  ['what is turned around', '\u202enimda', undefined, /cannot be read/],
  ['such a person', 'ann', 'b\u0007ob', /cannot be read/],
])('nobody comes in under %s', async (_, actor, subject, message) => {
  expect(await comingAs(actor, subject)).toMatchObject({
    refused: 'UNAUTHENTICATED',
    message: expect.stringMatching(message),
  });
});
