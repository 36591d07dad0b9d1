const PAUSE_MS = 100;
const PAUSE_MAX_MS = 5_000;

/** Wait, or end at once with the signal's reason. */
export const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error);
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });

/**
 * How long to wait before what could not be done is tried again: longer after each attempt, at
 * least as long as the answer said, and not for all clients at the same time.
 */
export const pauseAfter = (attempt: number, said: number = 0): number =>
  Math.max(
    Math.min(PAUSE_MAX_MS, said),
    Math.min(PAUSE_MAX_MS, PAUSE_MS * 2 ** attempt) * (0.5 + Math.random() / 2),
  );
