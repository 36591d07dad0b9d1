import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packAccepted, unpackAccepted } from './snapshots.js';

const entry = fc.tuple(fc.uuid(), fc.integer({ min: 1, max: 2 ** 48 - 1 }));

describe('accepted command ids in a snapshot', () => {
  it('come back as they were, in order', () => {
    fc.assert(
      fc.property(fc.array(entry), (accepted) => {
        expect(unpackAccepted(packAccepted(accepted))).toEqual(accepted);
      }),
    );
  });

  it('take 22 bytes each before base64', () => {
    const many = Array.from({ length: 10_000 }, (_, n) => [crypto.randomUUID(), n + 1] as const);
    expect(packAccepted(many).length).toBeLessThan(294_000);
    expect(unpackAccepted(packAccepted(many))).toEqual(many);
  });

  it('keep the largest sequence, and refuse a larger one rather than to keep another', () => {
    const id = crypto.randomUUID();
    expect(unpackAccepted(packAccepted([[id, 2 ** 48 - 1]]))).toEqual([[id, 2 ** 48 - 1]]);
    expect(() => packAccepted([[id, 2 ** 48]])).toThrow(RangeError);
  });

  it('are none when there are none', () => {
    expect(packAccepted([])).toBe('');
    expect(unpackAccepted('')).toEqual([]);
  });
});
