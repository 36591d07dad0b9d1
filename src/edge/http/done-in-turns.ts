import { isSteps } from '../../core/steps.js';

/** How long one goes on at most before the others of this thread get their turn. */
const STEPS_MS = 10;

/** What a work comes to; where it is done in steps, others get their turn between them. */
export const doneInTurns = async (work: unknown, turn: () => Promise<void>): Promise<unknown> => {
  if (!isSteps(work)) return work;
  for (let began = performance.now(); ; ) {
    const step = work.next();
    if (step.done) return step.value;
    if (performance.now() - began < STEPS_MS) continue;
    await turn();
    began = performance.now();
  }
};
