import { expect, it } from 'vitest';
import { isReadableName, isReservedName, samePerson } from './access.js';

it.each([
  ['case', 'ann', 'ANN'],
  ['a final letter', 'νίκοσ', 'ΝΊΚΟΣ'],
  ['a letter that is two in capitals', 'Strauß', 'STRAUSS'],
  ['another form', 'ann', 'ａｎｎ'],
  ['nothing that is seen', 'ann', 'a\u200bn\u2060n\u3164'],
  ['a control character', 'ann', 'an\u0007n'],
  ['an annotation', 'ann', 'ann\ufff9'],
  ['an empty cell', 'ann', 'ann\u2800'],
  ['a note without a head', 'ann', 'an\u{1d159}n'],
  ['what is no character', 'ann', 'ann\uffff\ue000'],
  ['an accent behind something unseen', 'josé', 'jose\u200b\u0301'],
  ['spaces', 'ann smith', ' ann \u00a0smith'],
])('%s makes no other person', (_, one, other) => {
  expect(samePerson(one, other)).toBe(true);
});

it('another letter makes another person', () => {
  expect(samePerson('ann', 'anne')).toBe(false);
  expect(samePerson('ann smith', 'annsmith')).toBe(false);
});

it.each(['system', 'SY\u200bSTEM', 'syst\u0007em', 'watch\u0000:x', 'Watch:y', ' * '])(
  '%j is reserved',
  (name) => {
    expect(isReservedName(name)).toBe(true);
  },
);

it('a name can be read', () => {
  for (const name of [
    'ann',
    'Ann Smith',
    'شاهد\u200cپور',
    '👩\u200d💻',
    '❤\ufe0f',
    '❤\ufe0f\u200d🔥',
    '👩🏽\u200d🚀',
    'Joséphine',
    'Jose\u0301',
    'राम\u200d',
    'auth0|5f7c',
  ])
    expect(`${name} ${isReadableName(name)}`).toBe(`${name} true`);
  const unreadable = ['', ' ', '\u200b', '\u2800', 'a\nb', '\u001b[2Jann', '\u202enna', 'a\ud800'];
  const hiding = [
    'ad\u200bmin',
    'ad\u200cmin',
    'admin\ufe0f',
    '\u200dann',
    'ada+\u200dops',
    'ada~\u200c',
    'ada$\ufe0f',
    'Jose\u0301\u200d',
    'ада\u200d',
    '1\ufe0f',
    '\u0301',
    '\u0301ann',
    'ann\u0378',
    'an\u{1d159}n',
    'a\u00adnn',
  ];
  for (const name of [...unreadable, ...hiding])
    expect(`${name} ${isReadableName(name)}`).toBe(`${name} false`);
});
