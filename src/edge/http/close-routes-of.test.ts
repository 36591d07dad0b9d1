import { expect, it, vi } from 'vitest';
import { distance } from '../../core/nearest.js';
import { closeRoutesOf } from './close-routes-of.js';

const NOUNS = Array.from({ length: 40 }, (_, n) => `${'abcdefghij'.slice(0, 3 + (n % 7))}${n}s`);
const PATTERNS = NOUNS.flatMap((noun) => [
  `/${noun}`,
  `/${noun}/:id`,
  `/${noun}/:id/events`,
  `/${noun}/:id/history`,
  `/${noun}/:id/commands/:command`,
  `/views/${noun}/timeline`,
]);

it.each([
  ['/abc0', ['/abc0s', '/abc7s', '/abcd1s']],
  ['/abcd8s/x/evnts', ['/abcd8s/:id/events', '/abcd1s/:id/events']],
  ['/vews/abcde2s/timelin', ['/views/abcde2s/timeline', '/views/abcde9s/timeline']],
  ['/', ['/abc0s', '/abc7s', '/abcd1s']],
])('names what %s is closest to', (path, closest) => {
  expect(closeRoutesOf(PATTERNS)(path).slice(0, closest.length)).toEqual(closest);
});

it('compares few words, however many routes there are and whatever is asked', () => {
  const compare = vi.fn(distance);
  const close = closeRoutesOf(PATTERNS, compare);
  for (const path of ['/n', '/abcd8s/x/evnts', `/${'abcdefghij'.repeat(6)}`.repeat(6)]) {
    compare.mockClear();
    close(path);
    expect(compare.mock.calls.length).toBeGreaterThan(0);
    expect(compare.mock.calls.length).toBeLessThan(PATTERNS.length / 2);
  }
});
