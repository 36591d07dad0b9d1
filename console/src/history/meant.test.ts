import { expect, it } from 'vitest';
import { meantBy } from './meant.js';

const ID = '11111111-0000-4000-8000-000000000001';
const called = (...names: readonly string[]) => names.map((name, nth) => ({ id: `${nth}`, name }));
const meant = (text: string, names: readonly string[], isKnownId = false) =>
  meantBy(text, { found: called(...names), isKnownId });

it('is the one that is called exactly so, or the only one', () => {
  expect(meant('ledger', ['Ledger archive', 'Ledger'])).toEqual({ id: '1' });
  expect(meant('ledg', ['Ledger'])).toEqual({ id: '0' });
});

it('is an id only where the text looks like one, or something has it', () => {
  expect(meant(ID, [])).toEqual({ id: ID });
  expect(meant('ledger-7', [], true)).toEqual({ id: 'ledger-7' });
  expect(meant('Ledgr', [])).toEqual({ says: expect.stringContaining('Nothing is called so') });
});

it('is asked back where it may be several', () => {
  expect(meant('ledg', ['Ledger', 'Ledgers'])).toEqual({
    says: expect.stringContaining('Several'),
  });
  expect(meant('ledger', ['Ledger', 'ledger', 'Ledgers'])).toMatchObject({
    says: expect.stringContaining('Several'),
  });
});
