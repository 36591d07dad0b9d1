import { setInterval as every } from 'node:timers';
import { describe, expect, it } from 'vitest';
import { largeModel } from '../test/support/large-model.js';
import { models } from './index.js';

const [archimate] = models.formats;
const LONG_MS = 60_000;
const EVERY_MS = 2;
const file = (text: string) => ({ path: 'm.archimate', bytes: Buffer.from(text) });

describe('a large file', () => {
  const { text, elements } = largeModel('Large', 1);

  it('is parsed while others get their turn', { timeout: LONG_MS }, async () => {
    let turns = 0;
    const timer = every(() => void turns++, EVERY_MS);
    const { found } = await archimate!.read([file(text)], {});
    clearInterval(timer);
    const { folder: _, ...counted } = found;
    expect(found.ApplicationComponent).toBe(1_600);
    expect(Object.keys(counted).length).toBeGreaterThan(5);
    expect(elements).toBe(3_000);
    expect(turns).toBeGreaterThan(5);
  });

  it('is refused with the same words as a small one', { timeout: LONG_MS }, async () => {
    const wrong = `${text.slice(0, -20)}<`;
    await expect(archimate!.read([file(wrong)], {})).rejects.toMatchObject({
      ...{ name: 'ImportError', code: 'NOT_WELL_FORMED', file: 'm.archimate' },
      line: expect.any(Number),
    });
  });
});
