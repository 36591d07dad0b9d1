import { expect, it } from 'vitest';
import { shownBy } from './shown-by.js';

const TOKEN = `${Buffer.from('{"alg":"ES256"}').toString('base64url')}.e30.c2ln`;

it('is nothing without a key or a token', () => {
  expect(shownBy({ traceparent: '00-ab' })).toBeUndefined();
});

it('is the credential, whatever stands around it', () => {
  const key = shownBy({ apiKey: 'secret' });
  expect(key).toEqual({ digest: expect.stringMatching(/^[0-9a-f]{64}$/), isToken: false });
  expect(shownBy({ apiKey: 'secret', traceparent: '00-ab' })).toEqual(key);
  // The two together are another thing, which counts for nobody.
  const others = [
    { apiKey: 'other' },
    { authorization: 'secret' },
    { apiKey: 'secret', authorization: 'x' },
  ];
  const digests = others.map((one) => shownBy(one)?.digest);
  expect(new Set([...digests, key?.digest]).size).toBe(others.length + 1);
});

it('tells a token, which takes a signature to be checked, from a key', () => {
  const isToken = (authorization: string) => shownBy({ authorization })?.isToken;
  expect(isToken(`Bearer ${TOKEN}`)).toBe(true);
  expect(isToken(`Bearer stele_aaaaaaaaaaaa_${'0'.repeat(64)}`)).toBe(false);
});
