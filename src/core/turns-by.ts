/** How long one goes on at most before the others of this thread get their turn. */
const TURN_MS = 15;

const others = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export type Turn = () => Promise<void>;

/**
 * To be awaited between the steps of a long work: lets others in when it is their turn. Of many
 * that share one and wait, one at a time goes on.
 *
 * @param clock monotonic, ms
 */
export const turnsBy = (clock: () => number): Turn => {
  let began = clock();
  let before = Promise.resolve();
  return async () => {
    if (clock() - began < TURN_MS) return;
    before = before.then(others);
    await before;
    began = clock();
  };
};
