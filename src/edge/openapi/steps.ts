/** What is written piece by piece: between two pieces others may get their turn. */
export type Steps<T = void> = Generator<void, T, void>;

/** All of it at once. */
export const inOneGo = <T>(steps: Steps<T>): T => {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
};
