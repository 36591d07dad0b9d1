/** Seconds that something took: from half a millisecond to ten seconds. */
export const SECONDS: readonly number[] = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

/**
 * How values spread over buckets: plain numbers that cost next to nothing to keep, and that
 * somebody reads now and then. A value belongs to the first bucket whose bound it does not exceed.
 */
export class Distribution {
  /** Upper bounds, inclusive, ascending. */
  readonly bounds: readonly number[];
  /** How many values fell into each bucket; the last one is for those beyond every bound. */
  readonly counts: number[];
  count = 0;
  sum = 0;

  constructor(bounds: readonly number[] = SECONDS) {
    this.bounds = bounds;
    this.counts = new Array<number>(bounds.length + 1).fill(0);
  }

  observe(value: number): void {
    let bucket = 0;
    while (bucket < this.bounds.length && value > this.bounds[bucket]!) bucket++;
    this.counts[bucket]!++;
    this.count++;
    this.sum += value;
  }
}
