import { Hole } from '../../core/history-broken.js';
import { Fault } from '../../core/refusal.js';

/** Something that stands in a stream. */
type Placed = { readonly sequence: number };

/** Up to `most` of what stands there from a sequence on, in order; fewer when a copy says so. */
export type Page<T> = (from: number, most: number) => Promise<readonly T[]>;

export type Reading<T> = {
  /** First sequence wanted. */
  readonly from: number;
  /** Most that is wanted in all. */
  readonly most?: number | undefined;
  /** What any copy gives: always a beginning of what is there, perhaps an old or a short one. */
  readonly copy: Page<T>;
  /** What the leader of the stream gives: all of it, but slowly. */
  readonly leader: Page<T>;
  /** The last sequence there is, as the leader knows it; 0 for none. */
  readonly end: () => Promise<number>;
  /** Whether every sequence is wanted, so that a missing one is a loss; a name for the message. */
  readonly whole?: string;
  /** What is said of one that is missing, where others can go on without it. */
  readonly instead?: (sequence: number) => T | undefined;
};

/** A stream that says to end further on than it shows anything: lagging for long, or cut. */
export class ShowsLess extends Fault {
  constructor(
    readonly last: number,
    readonly from: number,
  ) {
    super(
      'STORE_UNAVAILABLE',
      `the event store shows less than there is: it ends at ${last}, and nothing is shown from ${from} on; if it stays so, run "stele doctor"`,
    );
  }
}

/** Most that one copy is asked for at once. */
export const PAGE_MAX = 1_000;
/** Most that the leader is asked for before a copy is tried again. */
const LEADER_PAGE_MAX = 50;
/** A leader that just changed may show less than the one before it: it is asked again so often. */
const LEADER_LOOKS = 5;
const LOOK_AGAIN_AFTER_MS = 50;

const pause = (ms: number): Promise<void> => new Promise((wake) => setTimeout(wake, ms));

/**
 * The one place where it is decided that a read is at its end. Copies of a stream lag, and an answer
 * may be cut short for its size: what they give is a beginning. It is all of it once it reaches what
 * the leader had when it was asked, so whatever was acknowledged before the question is in it.
 *
 * @throws Fault STORE_UNAVAILABLE when the end cannot be proved, HISTORY_BROKEN at a hole
 */
export async function* proveRead<T extends Placed>(reading: Reading<T>): AsyncGenerator<T> {
  const { from, most, copy, leader, end, whole, instead } = reading;
  let left = most ?? Number.POSITIVE_INFINITY;
  let next = Math.max(from, 1);
  // Who wants all of it asks first: mostly there is nothing new.
  let last = most === undefined ? await end() : undefined;
  let missed = 0;
  while (left > 0 && (last === undefined || next <= last)) {
    const lagging = missed > 0;
    const size = Math.min(left, lagging ? LEADER_PAGE_MAX : PAGE_MAX);
    const found = await (lagging ? leader : copy)(next, size);
    for (const one of found) {
      for (; whole !== undefined && next < one.sequence; next++) {
        const lost = instead?.(next);
        if (!lost) throw new Hole(whole, next, one.sequence - 1);
        yield lost;
      }
      yield one;
      next = one.sequence + 1;
    }
    left -= found.length;
    if (found.length === size) {
      missed = 0;
      continue;
    }
    last ??= await end();
    for (let lost = instead?.(next); lost && next <= last; lost = instead?.(next)) {
      yield lost;
      next++;
    }
    if (next > last) return;
    missed = found.length > 0 && lagging ? 1 : missed + 1;
    if (missed > LEADER_LOOKS) throw new ShowsLess(last, next);
    if (missed > 1 && found.length === 0) await pause(LOOK_AGAIN_AFTER_MS);
  }
}

/** All of it at once. */
export const proveAll = async <T extends Placed>(reading: Reading<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const one of proveRead(reading)) all.push(one);
  return all;
};
