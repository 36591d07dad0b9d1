import { SteleProblem } from './stele-problem.js';

/** What is known of why there is no answer: `ECONNREFUSED`, or what the platform says. */
const reasonOf = (error: unknown): string => {
  const { cause, message } = error as Error & { cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? message;
};

/** Nobody answered: the node is down, or the way to it is. Asking again does no harm. */
export class Unreachable extends SteleProblem {
  override readonly name = 'Unreachable';
  /** Where nobody answered. */
  readonly url: string;
  readonly reason: string;

  /** @param lateMs how long it was waited for an answer, when that is why */
  constructor(url: string, cause: unknown, lateMs?: number) {
    const reason = lateMs === undefined ? reasonOf(cause) : 'no answer in time';
    const [code, message] =
      lateMs === undefined
        ? ['UNREACHABLE', `the server cannot be reached: ${reason}`]
        : ['TOO_SLOW', `the server did not answer within ${lateMs / 1_000} seconds`];
    super({ code, status: 0, message }, { cause });
    this.url = url;
    this.reason = reason;
  }
}
