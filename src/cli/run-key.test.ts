import { expect, it } from 'vitest';
import { expiryOf } from './run-key.js';

const NOW = Date.parse('2026-01-01T00:00:00Z');

it.each([
  ['90d', '2026-04-01T00:00:00.000Z'],
  ['2026-06-30', '2026-06-30T00:00:00.000Z'],
  ['2026-06-30T10:00:00+02:00', '2026-06-30T08:00:00.000Z'],
])('--expires %s is one instant, whatever the zone of the machine', (text, at) => {
  expect(expiryOf(text, NOW)).toBe(at);
});

it.each(['2026-06-30T10:00:00', '2026-02-30', 'June', '2025-12-31'])(
  '--expires %s is none',
  (text) => {
    expect(() => expiryOf(text, NOW)).toThrow(/--expires/);
  },
);
