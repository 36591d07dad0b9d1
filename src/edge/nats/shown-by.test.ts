import type { ServiceMsg } from '@nats-io/services';
import { expect, it } from 'vitest';
import { shownBy } from './shown-by.js';

/** A request as the client hands it out, with its header block as it came. */
const shown = (...lines: readonly string[]) => {
  const block = Buffer.from(`NATS/1.0\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`);
  const msg = { _msg: { hdr: lines.length === 0 ? 0 : block.length }, _rdata: block };
  return shownBy({ msg } as unknown as ServiceMsg);
};
const TOKEN = `${Buffer.from('{"alg":"ES256"}').toString('base64url')}.e30.c2ln`;

it('is nothing without a key or a token', () => {
  for (const lines of [[], ['traceparent: 00-ab'], ['X-Api-Key:  '], ['Not-Authorization: x']])
    expect(shown(...lines)).toBeUndefined();
});

it('is the credential, whatever stands around it and however its header is written', () => {
  const key = shown('X-Api-Key: secret');
  expect(key).toEqual({ digest: expect.stringMatching(/^[0-9a-f]{64}$/), isToken: false });
  expect(shown('a: b', 'x-api-key:secret ', 'c: d')).toEqual(key);
  expect(shown('X-Api-Key: other')?.digest).not.toBe(key?.digest);
  // The two together are another thing, which counts for nobody.
  expect(shown('X-Api-Key: secret', 'Authorization: Bearer x')?.digest).not.toBe(key?.digest);
});

it('tells a token, which takes a signature to be checked, from a key', () => {
  expect(shown(`Authorization: Bearer ${TOKEN}`)?.isToken).toBe(true);
  expect(shown(`Authorization: Bearer stele_aaaaaaaaaaaa_${'0'.repeat(64)}`)?.isToken).toBe(false);
});
