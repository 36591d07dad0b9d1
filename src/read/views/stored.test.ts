import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { folded, stored, storedValue, unstored } from './stored.js';

const hard = fc.string({
  unit: fc.oneof(
    fc.constantFrom('\0', '\u0001', '1', '2', 's', 'x', '\ud800', '\udc00', 'ä', '\uffff', '😀'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
  maxLength: 12,
});
const wellFormed = fc.string({ unit: 'binary', maxLength: 8 });
const order = (a: string, b: string): number =>
  Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b)));

describe('a stored text', () => {
  test.prop([hard])('is read back as it was', (text) => {
    expect(unstored(stored(text))).toBe(text);
  });

  test.prop([hard])('has nothing that an engine refuses or changes', (text) => {
    expect(stored(text)).not.toContain('\0');
    expect(Buffer.from(stored(text)).toString()).toBe(stored(text));
  });

  test.prop([wellFormed, wellFormed])('sorts as it did', (a, b) => {
    expect(order(stored(a), stored(b))).toBe(order(a, b));
  });

  test.prop([fc.constantFrom('x', 'ä', '€', '😀', '\0'), fc.nat(2000), fc.nat(2000)])(
    'fits into an index, and differs still when it is cut',
    (letter, a, b) => {
      const [one, other] = [letter.repeat(a), letter.repeat(b)];
      expect(Buffer.byteLength(stored(one))).toBeLessThanOrEqual(1000);
      expect(stored(one) === stored(other)).toBe(a === b);
    },
  );

  it('says that it was cut', () => {
    expect(unstored(stored('x'.repeat(5000)))).toBe(`${'x'.repeat(900)}…`);
  });
});

describe('a stored value', () => {
  it('is nothing when it is not of the type of its column', () => {
    expect(storedValue('number', '1')).toBeNull();
    expect(storedValue('number', Number.NaN)).toBeNull();
    expect(storedValue('boolean', 'true')).toBeNull();
    expect(storedValue('text', { a: 1 })).toBeNull();
    expect(storedValue('text', undefined)).toBeNull();
  });

  it('has one zero', () => {
    expect(storedValue('number', -0)).toBe(0);
  });
});

describe('folded text', () => {
  it.each([
    ['ärzte', 'ÄRZTE'],
    ['straße', 'STRASSE'],
    ['straße', 'STRAẞE'],
    ['οδος', 'ΟΔΟΣ'],
    ['caf\u00e9', 'cafe\u0301'],
  ])('%s is %s', (a, b) => {
    expect(folded(a)).toBe(folded(b));
  });

  it('is the same for every character in capitals, in small letters and as it is', () => {
    const differing: string[] = [];
    for (let code = 0; code <= 0x10ffff; code++) {
      if (code >= 0xd800 && code <= 0xdfff) continue;
      const character = String.fromCodePoint(code);
      const forms = [character, character.toUpperCase(), character.toLowerCase()];
      if (new Set(forms.map(folded)).size > 1) differing.push(character);
    }
    expect(differing).toEqual([]);
  });
});
