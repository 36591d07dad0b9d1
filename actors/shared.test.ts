import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
  CalendarDate,
  Email,
  Frequency,
  Hostname,
  Name,
  normalized,
  refuseWhileNeeded,
  Sla,
} from './shared.js';

describe('normalized', () => {
  test.prop([fc.string({ unit: 'grapheme' })])('is the same when done again', (name) => {
    expect(normalized(normalized(name))).toBe(normalized(name));
  });

  it.each([
    ['Pay  Roll', ' pay roll '],
    ['ＰＡＹ', 'pay'],
    ['e\u0301tat', '\u00e9tat'],
    ['ﬁle', 'file'],
    ['\u212Aelvin', 'kelvin'],
  ])('%j is %j', (one, other) => {
    expect(normalized(one)).toBe(normalized(other));
  });

  it('keeps what looks different', () => {
    expect(normalized('Pay-Roll')).not.toBe(normalized('Pay Roll'));
  });
});

const label = fc.stringMatching(/^[A-Za-z0-9]([A-Za-z0-9-]{0,20}[A-Za-z0-9])?$/);
test.prop([fc.array(label, { minLength: 1, maxLength: 5 })])(
  'Hostname takes DNS names',
  (labels) => {
    expect(Hostname.parse(labels.join('.'))).toBe(labels.join('.'));
  },
);

it('CalendarDate takes dates that exist', () => {
  const takes = (date: string) => CalendarDate.safeParse(date).success;
  expect(['2024-02-29', '2026-06-30'].every(takes)).toBe(true);
  expect(['2025-02-29', '2026-02-30', '2026-13-01', '2026-6-1', '30.06.2026'].some(takes)).toBe(
    false,
  );
});

it('Name is 1 to 255 characters, trimmed', () => {
  expect(Name.parse(` ${'x'.repeat(255)} `)).toHaveLength(255);
  expect(Name.safeParse('x'.repeat(256)).success).toBe(false);
  expect(Name.safeParse(' \n').success).toBe(false);
});

it('names at most 20 dependents, by name or else by id', () => {
  const dependents = [
    { type: 'Server', id: 's-1' },
    { type: 'Application', id: 'a', name: 'A' },
  ];
  expect(refuseWhileNeeded('no', [])).toBeUndefined();
  expect(refuseWhileNeeded('no', dependents)?.message).toBe('no: Server s-1, Application "A"');
  const many = Array.from({ length: 21 }, (_, i) => ({ type: 'Server', id: `s-${i}` }));
  expect(refuseWhileNeeded('no', many)?.message).toMatch(/Server s-19 and 1 more$/);
});

it.each([
  [Frequency, ['real-time', 'streaming', 'daily', '30s', '15m', '1h']],
  [Sla, ['99.9%', '99,9 %', '4h', '30 minutes', '24/7', 'best-effort', 'Best effort, 2 days']],
  [Email, ['ann@example.org', 'a.b+c@sub.example.org']],
])('takes %#', (schema, texts) => {
  for (const text of texts) expect(schema.safeParse(text).success, text).toBe(true);
});

it.each([
  [Frequency, ['', 'often', '0m', '15', '15 m', '-1h', 'daily ish']],
  [Sla, ['', 'good', '99', 'five days', '3 monkeys']],
  [Email, ['', 'ann', 'ann@', '@example.org', 'ann@localhost@example.org', 'a b@example.org']],
])('does not take %#', (schema, texts) => {
  for (const text of texts) expect(schema.safeParse(text).success, text).toBe(false);
});
