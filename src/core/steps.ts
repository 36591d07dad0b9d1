/** A work in steps: at each `yield` whoever does it may let others in. */
export type Steps<T> = Generator<void, T, void>;

/** What a work comes to, be it in steps or not. */
export type Done<W> = W extends Steps<infer T> ? T : W;

/** Whether a work is done in steps. */
export const isSteps = (work: unknown): work is Steps<unknown> =>
  typeof work === 'object' && work !== null && Symbol.iterator in work && 'next' in work;

/** What a work comes to, its steps at once: for whoever has nobody to let in. */
export const done = <W>(work: W): Done<W> => {
  if (!isSteps(work)) return work as Done<W>;
  for (;;) {
    const step = work.next();
    if (step.done) return step.value as Done<W>;
  }
};

/** What is sorted at once, and merged before the next step. */
const RUN = 500;

/** `toSorted` of what may be long. */
export function* sortedInSteps<T>(
  all: readonly T[],
  compare: (a: T, b: T) => number,
): Steps<readonly T[]> {
  let runs: (readonly T[])[] = [];
  for (let at = 0; at < all.length; at += RUN) {
    runs.push(all.slice(at, at + RUN).sort(compare));
    yield;
  }
  while (runs.length > 1) {
    const merged: (readonly T[])[] = [];
    for (let at = 0; at < runs.length; at += 2)
      merged.push(yield* merge(runs[at]!, runs[at + 1] ?? [], compare));
    runs = merged;
  }
  return runs[0] ?? [];
}

function* merge<T>(
  first: readonly T[],
  second: readonly T[],
  compare: (a: T, b: T) => number,
): Steps<readonly T[]> {
  const merged: T[] = [];
  for (let [a, b] = [0, 0]; a < first.length || b < second.length; ) {
    const takesFirst =
      b === second.length || (a < first.length && compare(first[a]!, second[b]!) <= 0);
    merged.push(takesFirst ? first[a++]! : second[b++]!);
    if (merged.length % RUN === 0) yield;
  }
  return merged;
}
