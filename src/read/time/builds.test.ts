import { describe, expect, it } from 'vitest';
import { Builds } from './builds.js';
import { BUILDS_AT_ONCE, BUILDS_WAITING_MAX, BUILDS_WAITING_OF_ONE_MAX } from './limits.js';

const opened = () => {
  const builds = new Builds();
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const ask = (who: string) => {
    const refusal = builds.refusal(who);
    if (refusal) return refusal.message;
    void builds.hold(who, () => {
      begun.push(who);
      return new Promise<void>((end) => ends.push(end));
    });
    return 'waits';
  };
  /** One that is made is ready, and what waited for its place has begun. */
  const endOne = async () => {
    ends.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { ask, begun, endOne };
};

describe('answers that are made', () => {
  it('wait, of one who asks so many that others find room', () => {
    const { ask } = opened();
    const most = BUILDS_AT_ONCE + BUILDS_WAITING_OF_ONE_MAX;
    const told = Array.from({ length: most + 1 }, () => ask('ada'));
    expect(told.slice(0, -1).every((one) => one === 'waits')).toBe(true);
    expect(told.at(-1)).toMatch(/^16 other moments that you asked for are being computed/);
    expect(ask('bob')).toBe('waits');
    const others = Array.from({ length: BUILDS_WAITING_MAX }, (_, n) => ask(`other ${n}`));
    expect(others.at(-1)).toMatch(/^64 other moments are being computed/);
  });

  it('are begun in turn: each who asks has one before anybody has another', async () => {
    const { ask, begun, endOne } = opened();
    for (const who of ['ada', 'ada', 'ada', 'ada', 'ada', 'bob', 'bob', 'eve']) ask(who);
    expect(begun).toEqual(['ada', 'ada']);
    for (let n = 0; n < 6; n++) await endOne();
    expect(begun.slice(2).join(' ')).toBe('ada bob eve ada bob ada');
    for (let n = 0; n < 3; n++) await endOne();
    ask('ada');
    expect(begun).toHaveLength(9);
  });
});
