/**
 * What an operator let go of: each time begins another epoch of a stream. Who says how far a stream
 * was says so of an epoch, and no clock tells which.
 */
export type GivenUp = {
  /** The epoch that began with it; 0 where an earlier program counted none. */
  readonly epoch: number;
  /** Where the stream ended then. */
  readonly end: number;
  /**
   * Up to here the stream is what it was before; 0 where it had been written on by then, since nobody
   * knows from where on it was another.
   */
  readonly kept: number;
  /** How far the stream was, as far as was known then. */
  readonly lost_to: number;
  /** Last message of the journal then; null where an earlier program did not say. */
  readonly journal: number | null;
};

/** That a stream once held a message, and in which epoch that was known; null = nobody noted that. */
export type Held = { readonly sequence: number; readonly epoch: number | null };

/** Which epoch of a stream it is now. */
export const epochOf = (givenUp: readonly GivenUp[]): number => givenUp.at(-1)?.epoch ?? 0;

/** The epoch in which the journal said something; null where that cannot be told. */
export const epochAt = (journal: number, givenUp: readonly GivenUp[]): number | null =>
  givenUp.findLast((one) => one.journal !== null && one.journal < journal)?.epoch ?? null;

/**
 * Whether what a stream once held was given up, so that it is no loss that it is not there, or that
 * something else is. What was held in this epoch never is; of what nobody noted the epoch, what was
 * known when it was given up.
 */
export const isGivenUp = ({ sequence, epoch }: Held, givenUp: readonly GivenUp[]): boolean =>
  epoch === null
    ? givenUp.some(({ kept, lost_to }) => sequence > kept && sequence <= lost_to)
    : epoch < epochOf(givenUp);

/** Up to where a stream is what it was in an epoch; undefined where none began since. */
export const keptSince = (epoch: number, givenUp: readonly GivenUp[]): number | undefined => {
  const since = givenUp.filter((one) => one.epoch > epoch).map(({ kept }) => kept);
  return since.length === 0 ? undefined : Math.min(...since);
};

/** What was given up of each log, as far as a node knows, and whenever it learns of more. */
export type Epochs = {
  givenUp(slug: string): readonly GivenUp[];
  /** Told before anything is written again. Returns how to be told no more. */
  onGivenUp(told: (slug: string) => void): () => void;
};
