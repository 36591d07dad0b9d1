import { expect, it } from 'vitest';
import { childEnvironment } from './child-environment.js';

it('has none of our secrets, and whatever else a configuration may name', () => {
  const secrets = { STELE_ADMIN_KEY: 'k', DATABASE_URL: 'postgres://u:p@h/d' };
  const rest = { PATH: '/bin', NATS_USER: 'u' };
  expect(childEnvironment({ ...secrets, ...rest })).toEqual(rest);
});
