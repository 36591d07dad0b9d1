import { expect, it } from 'vitest';
import { childEnvironment } from './child-environment.js';

it('holds what a server needs, and none of our secrets', () => {
  const secrets = {
    STELE_ADMIN_KEY: 'k',
    DATABASE_URL: 'postgres://u:p@h/d',
    NATS_URL: 'nats://u:p@h',
  };
  expect(childEnvironment({ ...secrets, PATH: '/bin', TZ: 'UTC' })).toEqual({
    ...{ PATH: '/bin', TZ: 'UTC' },
  });
});
