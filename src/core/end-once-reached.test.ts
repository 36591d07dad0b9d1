import { describe, expect, it } from 'vitest';
import { endOnceReached } from './end-once-reached.js';

/** A leader that counts one event more each time it is asked, up to an end. */
const leader = (from: number, to: number) => {
  let asked = 0;
  return { end: async () => Math.min(from + asked++, to), asked: () => asked };
};

describe('a position that somebody saw', () => {
  it('and the leader counts already is asked for once', async () => {
    const { end, asked } = leader(7, 9);
    expect([await endOnceReached(end, 7), asked()]).toEqual([7, 1]);
  });

  it('and the leader counts a moment later is reached', async () => {
    const { end, asked } = leader(7, 9);
    expect([await endOnceReached(end, 9), asked()]).toEqual([9, 3]);
  });

  it('that no leader comes to is ahead, after a bounded time', async () => {
    const { end, asked } = leader(7, 7);
    expect([await endOnceReached(end, 99), asked()]).toEqual([7, 4]);
  });
});
