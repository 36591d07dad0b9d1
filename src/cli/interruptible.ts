/**
 * Run work that ends in good order at Ctrl-C. Only the first one counts: a second one ends the
 * program at once, as it does everywhere.
 */
export const interruptible = async <T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
  const interrupted = new AbortController();
  const abort = (): void => interrupted.abort();
  process.once('SIGINT', abort);
  try {
    return await work(interrupted.signal);
  } finally {
    process.off('SIGINT', abort);
  }
};
