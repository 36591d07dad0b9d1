import { expect, it } from 'vitest';
import { claimedBy } from './claimed.js';

const SECRET = 'a'.repeat(64);
const HEAD = Buffer.from('{"alg":"RS256"}').toString('base64url');
const TOKEN = `${HEAD}.e30.c2ln`;

it.each([
  ['a key', { apiKey: ` stele_k1_${SECRET} ` }, 'key k1'],
  ['a key as a bearer', { authorization: `bearer  stele_k1_${SECRET}` }, 'key k1'],
  ['a token', { authorization: `Bearer ${TOKEN}` }, undefined],
  ['a token that is no key', { apiKey: TOKEN }, 'no key'],
  ['what looks like a token', { authorization: 'Bearer a.b.c' }, 'no key'],
  ['what looks like a key', { apiKey: 'stele_k1_a' }, 'no key'],
  ['any text', { authorization: 'Basic YWRhOng=' }, 'no key'],
])('%s', (_, credentials, claimed) => {
  expect(claimedBy(credentials)).toBe(claimed);
});
