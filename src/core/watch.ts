import type { Boundary, Entries } from './boundary.js';

/** The facts of a watch, by the names of its boundaries. */
export type Facts<B> = {
  readonly [K in keyof B]: Entries<B[K] extends Boundary<infer V> ? V : never>;
};

/** Something that should not be so, as the command that opens an item for it says it. */
export type Finding = Readonly<Record<string, unknown>>;

/** An item as the log has it. */
export type Item = {
  readonly id: string;
  /** `open` until it is no longer so, or until somebody has decided that it may stay so. */
  readonly state: 'open' | 'resolved' | 'dismissed';
};

/**
 * A rule that no single aggregate can hold: checked before as far as possible, and watched after.
 * What is found becomes an item; what is no longer so is resolved. The facts are folds of the log,
 * so nothing is missed and nothing has to be remembered: it is looked at as a whole, again.
 */
export type Watch = {
  readonly name: string;
  readonly summary: string;
  readonly boundaries: Readonly<Record<string, Boundary>>;
  /** Everything that should not be so now. Pure. */
  readonly findings: (facts: Facts<Readonly<Record<string, Boundary>>>) => readonly Finding[];
  /** The aggregates that stand for findings. */
  readonly items: {
    /** Name of their definition. */
    readonly of: string;
    /** The command that opens one; its `identity` says which finding is which item. */
    readonly open: string;
    /** The command that resolves one, and what it says. */
    readonly resolve: string;
    readonly resolution: Finding;
    /** The items there are. Pure. */
    readonly known: (facts: Facts<Readonly<Record<string, Boundary>>>) => readonly Item[];
  };
};

/** Define a watch; what its functions see is inferred from its boundaries. */
export const defineWatch = <const B extends Readonly<Record<string, Boundary>>>(watch: {
  readonly name: string;
  readonly summary: string;
  readonly boundaries: B;
  readonly findings: (facts: Facts<B>) => readonly Finding[];
  readonly items: Omit<Watch['items'], 'known'> & {
    readonly known: (facts: Facts<B>) => readonly Item[];
  };
}): Watch => watch as unknown as Watch;
