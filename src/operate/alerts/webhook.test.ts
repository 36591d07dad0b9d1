import { describe, expect, it } from 'vitest';
import { Away } from './away.js';
import { keyOf, retryAfterMs, signed } from './webhook.js';

describe('a signature', () => {
  it('is the one of the reference libraries of Standard Webhooks', () => {
    const key = keyOf('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')!;
    const body = '{"test": 2432232314}';
    expect(signed(key, { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', at: 1_614_265_330, body })).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it.each([
    ['with its prefix', `whsec_${'A'.repeat(32)}`, 24],
    ['without', 'A'.repeat(32), 24],
    ['too short', `whsec_${'A'.repeat(28)}`, undefined],
    ['too long', `whsec_${'A'.repeat(88)}`, undefined],
    ['no base64', `whsec_${'!'.repeat(32)}`, undefined],
  ])('takes a secret as the specification writes it: %s', (_, secret, length) => {
    expect(keyOf(secret)?.length).toBe(length);
  });
});

it.each([
  [null, 0],
  ['120', 120_000],
  ['Thu, 01 Jan 1970 00:01:00 GMT', 50_000],
  ['Thu, 01 Jan 1970 00:00:01 GMT', 0],
  ['999999', 3_600_000],
  ['soon', 0],
])('Retry-After %s is respected, within bounds', (header, ms) => {
  expect(retryAfterMs(header, 10_000)).toBe(ms);
});

it('a receiver that is away is left alone longer and longer, until it is back', async () => {
  const away = new Away(20);
  const { signal } = new AbortController();
  const waited = async (): Promise<number> => {
    const since = performance.now();
    await away.over(signal);
    return performance.now() - since;
  };
  expect(await waited()).toBeLessThan(10);
  away.left(0);
  away.left(0); // under way at the same time: counts once
  expect(await waited()).toBeLessThan(39);
  away.left(0);
  expect(await waited()).toBeGreaterThan(35);
  away.left(60_000);
  away.back();
  expect(await waited()).toBeLessThan(10);
});
