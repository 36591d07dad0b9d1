import { expect, it } from 'vitest';
import { hexOf, sizeText } from './size-text.js';

it('says sizes as people do', () => {
  expect([0, 999, 1_200, 48_000, 3_400_000].map(sizeText)).toEqual([
    '0 bytes',
    '999 bytes',
    '1.2 kB',
    '48 kB',
    '3.4 MB',
  ]);
});

it('shows bytes in hex, with the text among them', () => {
  const payload = btoa('Stele\u0000\u00ff and sixteen more');
  expect(hexOf({ size: 23, encoding: 'base64', payload }).split('\n')).toEqual([
    '000000  53 74 65 6c 65 00 ff 20 61 6e 64 20 73 69 78 74  Stele.. and sixt',
    '000010  65 65 6e 20 6d 6f 72 65                          een more',
  ]);
});
