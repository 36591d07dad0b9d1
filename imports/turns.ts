import { setImmediate as others } from 'node:timers/promises';

/** How long one goes on at most before the others of this thread get their turn. */
const TURN_MS = 15;

/** To be awaited between the steps of a long work: lets others in when it is their turn. */
export const turns = (): (() => Promise<void>) => {
  let began = performance.now();
  return async () => {
    if (performance.now() - began < TURN_MS) return;
    await others();
    began = performance.now();
  };
};
