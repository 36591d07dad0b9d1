import { describe, expect, it } from 'vitest';
import { emptyTail, paused, resumed, TAIL_MAX, withArrived } from './tail.js';

const rows = (count: number, from = 0) => Array.from({ length: count }, (_, nth) => from + nth);

describe('a live tail', () => {
  it('shows what came in last on top', () => {
    const tail = withArrived(withArrived(emptyTail<number>(), [1]), [3, 2]);
    expect(tail.shown).toEqual([3, 2, 1]);
  });

  it('holds back while it is paused, and shows that when it goes on', () => {
    const before = paused(withArrived(emptyTail<number>(), [1]));
    const held = withArrived(before, [2]);
    expect([held.shown, held.held]).toEqual([[1], [2]]);
    expect(resumed(held)).toEqual({ shown: [2, 1], held: [], paused: false, missed: 0 });
  });

  it('is bounded, paused or not, and says what it let go of', () => {
    const full = withArrived(emptyTail<number>(), rows(TAIL_MAX + 3));
    expect([full.shown.length, full.missed]).toEqual([TAIL_MAX, 3]);
    const held = withArrived(paused(full), rows(TAIL_MAX + 2, 1_000));
    expect([held.held.length, held.missed]).toEqual([TAIL_MAX, 5]);
    expect([resumed(held).shown.length, resumed(held).missed]).toEqual([TAIL_MAX, TAIL_MAX + 5]);
  });
});
