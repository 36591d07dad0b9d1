import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { WriteTrouble } from './write-trouble.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

it('trouble is held against a stream for half a minute, until a write succeeds', () => {
  const trouble = new WriteTrouble();
  expect(trouble.why).toBeUndefined();
  trouble.note('STORE_FULL', 'no room');
  vi.advanceTimersByTime(30_000);
  expect(trouble.why).toMatchObject({ code: 'STORE_FULL', message: 'no room' });
  vi.advanceTimersByTime(1);
  expect(trouble.why).toBeUndefined();
  trouble.note('STORE_UNAVAILABLE', 'stuck');
  trouble.over();
  expect(trouble.why).toBeUndefined();
});
