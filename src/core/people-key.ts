/** Letters that do not fall apart into one of the alphabet and a mark, and are looked for there. */
const LETTERS: Readonly<Record<string, string>> = {
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
};
const LETTER = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'g');
const ACCENTS = /[\u0300-\u036f]/g;
const ASCII = /^[\x20-\x7e]*$/;
const CONTROL = /\p{Cc}/gu;
const HALF_PAIR = /\p{Cs}/gu;
const DIGITS = /\d+/g;

/** Lower case by way of upper case: so `ß` is the `ss` that it is looked for as. */
const withoutAccents = (text: string): string =>
  text
    .replace(CONTROL, ' ')
    .replace(HALF_PAIR, '\uFFFD')
    .normalize('NFKD')
    .replace(ACCENTS, '')
    .normalize('NFC')
    .toUpperCase()
    .toLowerCase()
    .replace(LETTER, (letter) => LETTERS[letter]!);

/** A text for a length, in the order of lengths: 8 is `8`, 9 is `90`, 18 is `990`. */
const lengthText = (length: number): string =>
  '9'.repeat(Math.floor(length / 9)) + String(length % 9);

const ordered = (digits: string): string => {
  const number = digits.replace(/^0+/, '');
  return lengthText(number.length) + number;
};

/**
 * A text whose order by code points is that in which people look for words: whatever their case
 * and accents, and numbers by how much they are, so that 2 comes before 10. The same on every
 * engine and machine, as no collation of theirs is. Control characters are
 * spaces in it, so that whoever stores it may mark its end with one.
 */
export const peopleKey = (text: string): string =>
  (ASCII.test(text) ? text.toLowerCase() : withoutAccents(text)).replace(DIGITS, ordered);

/** A text with its `peopleKey`, for whoever compares many with one another. */
export type Keyed = { readonly text: string; readonly key: string };

/** Which of two texts comes first where people look for them; small letters before capitals. */
export const inKeyedOrder = (a: Keyed, b: Keyed): number => {
  if (a.text === b.text) return 0;
  if (a.key !== b.key) return a.key < b.key ? -1 : 1;
  if (a.text === a.key || b.text === b.key) return a.text === a.key ? -1 : 1;
  return a.text < b.text ? -1 : 1;
};

const keyed = (text: string): Keyed => ({ text, key: peopleKey(text) });

/** The same of two texts alone. */
export const inPeopleOrder = (a: string, b: string): number =>
  a === b ? 0 : inKeyedOrder(keyed(a), keyed(b));
