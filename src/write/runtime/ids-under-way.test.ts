import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { IdsUnderWay } from './ids-under-way.js';

describe('command ids that are being decided', () => {
  it('are taken by one aggregate at a time, in whatever case they are written', () => {
    const ids = new IdsUnderWay();
    const letGo = ids.take(['A', 'b'], 'lamp-1')!;
    expect(ids.take(['B', 'c'], 'lamp-2')).toBeUndefined();
    // What it did not get it does not hold in part.
    expect(ids.take(['c'], 'lamp-3')).toBeDefined();
    letGo();
    expect(ids.take(['a', 'B'], 'lamp-2')).toBeDefined();
  });

  it('are free when the last of one aggregate has let go', async () => {
    const ids = new IdsUnderWay();
    const [first, second] = [ids.take(['a'], 'lamp-1')!, ids.take(['a'], 'lamp-1')!];
    let free = false;
    const waiting = ids.freed(['x', 'A'], 'lamp-2').then(() => {
      free = true;
    });
    first();
    await pause(5);
    expect(free).toBe(false);
    expect(ids.take(['a'], 'lamp-2')).toBeUndefined();
    second();
    await waiting;
    expect(ids.take(['a'], 'lamp-2')).toBeDefined();
  });

  it('are not waited for by who has none of them, or has them already', async () => {
    const ids = new IdsUnderWay();
    ids.take(['a'], 'lamp-1');
    const settled = async (asked: Promise<void>) =>
      Promise.race([asked.then(() => 'at once'), pause(20).then(() => 'waits')]);
    expect(await settled(ids.freed(['b'], 'lamp-2'))).toBe('at once');
    expect(await settled(ids.freed(['a'], 'lamp-1'))).toBe('at once');
    expect(await settled(ids.freed(['a'], 'lamp-2'))).toBe('waits');
  });
});
