import { setImmediate as others } from 'node:timers/promises';

/** How long one goes on at most before the others of this thread get their turn. */
const TURN_MS = 15;

export type Turn = () => Promise<void>;

/**
 * To be awaited between the steps of a long work: lets others in when it is their turn. Of many
 * that share one and wait, one at a time goes on.
 */
export const turns = (): Turn => {
  let began = performance.now();
  let before = Promise.resolve();
  return async () => {
    if (performance.now() - began < TURN_MS) return;
    before = before.then(() => others());
    await before;
    began = performance.now();
  };
};
