import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { inPeopleOrder, peopleKey } from './people-key.js';

const byKey = (texts: readonly string[]): string[] =>
  texts.toSorted((a, b) => (peopleKey(a) < peopleKey(b) ? -1 : 1));

describe('texts in the order in which people look for them', () => {
  it.each([
    ['whatever their case', ['account-api', 'Billing', 'web', 'Web portal']],
    ['whatever their accents', ['Ärzte', 'Arztsuche', 'Émile', 'Emma', 'Łódź', 'Lund', 'Øresund']],
    ['with numbers by how much they are', ['App 2', 'app 10', 'App 010a', 'v1.9', 'v1.10']],
    ['with long numbers', ['n8', `n${'9'.repeat(8)}`, `n1${'0'.repeat(8)}`, `n${'9'.repeat(40)}`]],
    ['with ß as ss', ['Straße', 'strasse 1', 'Strasses']],
    ['spaces and signs before letters', ['a b', 'a-b', 'a_b', 'ab']],
  ])('%s', (_, texts) => {
    expect(byKey(texts.toReversed())).toEqual(texts);
    expect(texts.toReversed().sort(inPeopleOrder)).toEqual(texts);
  });

  it('has words of one alphabet as a collation has them', () => {
    const { compare } = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
    const words = fc.sample(fc.stringMatching(/^[a-zA-Z0-9éüñ ]{0,8}$/), { numRuns: 300, seed: 1 });
    const key = (text: string) => text.replace(/ /g, '');
    for (const a of words)
      for (const b of words.slice(0, 30)) {
        const [one, other] = [key(a), key(b)];
        const by = peopleKey(one) === peopleKey(other) ? 0 : peopleKey(one) < peopleKey(other);
        const sign = compare(one, other);
        expect(by, `${one} ${other}`).toBe(sign === 0 ? 0 : sign < 0);
      }
  });

  test.prop([fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })])(
    'is an order: none but equal texts are at one place',
    (a, b) => {
      expect(inPeopleOrder(a, b) === 0).toBe(a === b);
      expect(inPeopleOrder(a, b) + inPeopleOrder(b, a)).toBe(0);
    },
  );
});
