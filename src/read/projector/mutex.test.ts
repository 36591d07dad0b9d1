import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Mutex } from './mutex.js';

describe('work whose turn must come in time', () => {
  /** Something that is done until it is told to end. */
  const busy = (turns: Mutex) => {
    let end = (): void => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    void turns.run(() => ended);
    return end;
  };

  it('is done in its turn, and tells what came of it', async () => {
    const turns = new Mutex();
    const end = busy(turns);
    const done = turns.runWithin(5_000, async () => 'made');
    const failed = turns.runWithin(5_000, async () => {
      throw new Error('broken');
    });
    end();
    expect(await done).toBe('made');
    await expect(failed).rejects.toThrow('broken');
    expect(await turns.run(async () => 'next')).toBe('next');
  });

  it('is not done when its turn comes too late, also not later', async () => {
    const turns = new Mutex();
    const end = busy(turns);
    let done = false;
    const late = turns.runWithin(20, async () => {
      done = true;
    });
    expect(await late).toBeUndefined();
    end();
    await turns.run(async () => {});
    expect(done).toBe(false);
  });

  it('is done to its end once begun, however long it takes', async () => {
    const turns = new Mutex();
    const slow = async (): Promise<string> => {
      await pause(60);
      return 'made';
    };
    expect(await turns.runWithin(20, slow)).toBe('made');
  });
});
