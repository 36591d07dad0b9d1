import { expect, it } from 'vitest';
import type { Principal } from '../../core/access.js';
import { SIGN_INS_PER_MINUTE, SignIns } from './sign-ins.js';

const named = (actor: string): Principal => ({
  actor,
  actor_type: 'user',
  roles: [],
  teams: [],
  credential: 'key:k',
});

it('lets each person in so many times a minute, and says when again', () => {
  let now = 100_000;
  const signIns = new SignIns(() => now);
  for (let n = 0; n < SIGN_INS_PER_MINUTE; n++) expect(signIns.one(named('ada'))).toBeUndefined();
  now += 10_500;
  expect(signIns.one(named('ada'))).toMatchObject({
    refused: 'RATE_LIMITED',
    details: { limit: SIGN_INS_PER_MINUTE, retry_after_s: 50 },
  });
  expect(signIns.one(named('bob'))).toBeUndefined();
  now += 49_499;
  expect(signIns.one(named('ada'))).toMatchObject({ details: { retry_after_s: 1 } });
  now += 1;
  expect(signIns.one(named('ada'))).toBeUndefined();
});
