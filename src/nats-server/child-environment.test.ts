import { expect, it, vi } from 'vitest';
import { childEnvironment } from './child-environment.js';
import { runCommand } from './run-command.js';

it('has none of our secrets, and whatever else a configuration may name', () => {
  const secrets = { STELE_ADMIN_KEY: 'k', DATABASE_URL: 'postgres://u:p@h/d' };
  const rest = { PATH: '/bin', NATS_USER: 'u' };
  expect(childEnvironment({ ...secrets, ...rest })).toEqual(rest);
});

it('is what commands get, beside what they are given', async () => {
  vi.stubEnv('STELE_ADMIN_KEY', 'k');
  try {
    const script =
      'const { STELE_ADMIN_KEY, PATH, MORE } = process.env; [STELE_ADMIN_KEY, !!PATH, MORE]';
    const env = { MORE: 'm' };
    expect(await runCommand(process.execPath, ['-p', script], { timeoutMs: 10_000, env })).toEqual({
      ok: true,
      stdout: "[ undefined, true, 'm' ]\n",
    });
  } finally {
    vi.unstubAllEnvs();
  }
});
