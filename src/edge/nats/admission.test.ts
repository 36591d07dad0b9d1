import { describe, expect, it } from 'vitest';
import {
  Admission,
  type Entry,
  LOOKED_AT_ONCE,
  REQUESTS_AT_ONCE,
  REQUESTS_OF_ONE_AT_ONCE,
  STRANGERS_ANSWERED_PER_SECOND,
  TOKENS_LOOKED_AT_PER_SECOND,
  WRONG_LOOKED_AT_PER_SECOND,
} from './admission.js';

const opened = () => {
  let now = 0;
  const admission = new Admission(() => now);
  const later = (ms: number) => {
    now += ms;
  };
  return { admission, later };
};
const key = (digest: string) => ({ digest, isToken: false });
const token = (digest: string) => ({ digest, isToken: true });
const inside = (entry: Entry) => {
  if (entry === 'dropped' || 'refusal' in entry) throw new Error('it is not let in');
  return entry;
};
const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);

describe('requests over NATS', () => {
  it('that show nothing are answered so many times a second, then dropped and counted', () => {
    const { admission, later } = opened();
    const enter = () => admission.enterStranger() !== 'dropped';
    expect(numbers(5_000).filter(enter)).toHaveLength(STRANGERS_ANSWERED_PER_SECOND);
    expect(admission.dropped).toBe(5_000 - STRANGERS_ANSWERED_PER_SECOND);
    later(1_000);
    expect(enter()).toBe(true);
    // Who shows something wrong is told so all the same.
    numbers(5_000).forEach(enter);
    expect(admission.tells()).toBe(true);
  });

  it('with what was right before come in whatever strangers send', () => {
    const { admission } = opened();
    inside(admission.enter(key('ada'))).leave('right');
    for (const n of numbers(20_000)) {
      admission.enterStranger();
      admission.enter(key(`guess ${n}`));
      admission.enter(token(`forged ${n}`));
    }
    expect(admission.enter(token('new'))).toBe('dropped');
    inside(admission.enter(key('ada'))).leave('wrong');
    expect(admission.enter(key('ada'))).not.toBe('dropped');
  });

  it('with a token that nobody knows are looked at so many times a second', () => {
    const { admission } = opened();
    const looked = numbers(1_000).filter((n) => {
      const entry = admission.enter(token(`${n}`));
      if (entry !== 'dropped') inside(entry).leave('unknown');
      return entry !== 'dropped';
    });
    expect(looked).toHaveLength(TOKENS_LOOKED_AT_PER_SECOND);
  });

  it('with one that was wrong take no look from those that are new', () => {
    const { admission } = opened();
    inside(admission.enter(token('forged'))).leave('wrong');
    const again = numbers(1_000).filter(() => admission.enter(token('forged')) !== 'dropped');
    expect(again).toHaveLength(WRONG_LOOKED_AT_PER_SECOND);
    inside(admission.enter(token('new'))).leave('right');
    expect(inside(admission.enter(token('new'))).isTold).toBe(false);
  });

  it('with one that is looked at just now come in with it; others beyond the bound do not', () => {
    const { admission } = opened();
    for (const n of numbers(LOOKED_AT_ONCE)) inside(admission.enter(key(`${n}`)));
    for (const _ of numbers(500)) inside(admission.enter(key('0')));
    expect(admission.enter(key('one more'))).toBe('dropped');
  });

  it('of one are worked on up to a bound, so that others find room, and of all up to another', () => {
    const { admission } = opened();
    const enter = (who: string) => {
      const entries = numbers(REQUESTS_OF_ONE_AT_ONCE).map(() => admission.enter(key(who)));
      return entries.map(inside);
    };
    const [first] = enter('ada');
    expect(admission.enter(key('ada'))).toMatchObject({ refusal: { refused: 'BUSY' } });
    first!.leave('right');
    inside(admission.enter(key('ada')));
    for (const n of numbers(REQUESTS_AT_ONCE / REQUESTS_OF_ONE_AT_ONCE - 1)) enter(`${n}`);
    expect(admission.enter(key('bob'))).toMatchObject({ refusal: { refused: 'BUSY' } });
    expect(admission.enterOpen()).toMatchObject({ refusal: { refused: 'BUSY' } });
  });
});
