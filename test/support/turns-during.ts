import { vi } from 'vitest';

/** More than any work goes on before it lets others in. */
const LATER_MS = 1_000;

/**
 * How often others got their turn while something was made. The clock leaps at each look, so that
 * whatever lets others in does so at every chance, on machines of any speed.
 */
export const turnsDuring = async <T>(
  work: () => Promise<T>,
): Promise<{ readonly turns: number; readonly made: T }> => {
  let now = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
    now += LATER_MS;
    return now;
  });
  let turns = 0;
  let over = false;
  const take = (): void => {
    turns++;
    if (!over) setImmediate(take);
  };
  setImmediate(take);
  try {
    const made = await work();
    return { turns, made };
  } finally {
    over = true;
    clock.mockRestore();
  }
};
