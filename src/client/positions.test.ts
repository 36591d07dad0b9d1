import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Positions } from './positions.js';

describe('what a client wrote', () => {
  it('is the furthest of each source, whatever comes later', () => {
    const positions = new Positions(Number.POSITIVE_INFINITY);
    for (const one of ['lamp:3,door:7', 'lamp:2', null, undefined, 'lamp:4']) positions.wrote(one);
    expect(positions.text).toBe('lamp:4,door:7');
    positions.forget();
    expect(positions.text).toBeUndefined();
  });

  it('is waited for only as long as it is kept', async () => {
    const positions = new Positions(5);
    positions.wrote('lamp:3');
    expect(positions.text).toBe('lamp:3');
    await sleep(20);
    expect(positions.text).toBeUndefined();
  });
});
