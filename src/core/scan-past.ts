import { Hole } from './history-broken.js';

/** What stands in a log from one sequence to another, past what is gone from among it. */
export async function* scanPast<T extends { readonly sequence: number }>(
  scan: (from: number) => AsyncIterable<T>,
  { from, to }: { readonly from: number; readonly to: number },
): AsyncGenerator<T> {
  for (let next = from; next <= to; ) {
    try {
      for await (const entry of scan(next)) {
        if (entry.sequence > to) return;
        yield entry;
        next = entry.sequence + 1;
      }
      return;
    } catch (error) {
      if (!(error instanceof Hole)) throw error;
      next = error.to + 1;
    }
  }
}
