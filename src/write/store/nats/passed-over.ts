import { headerBlock, textOf } from './headers.js';
import type { Mux, Unanswered } from './mux.js';

const EMPTY = new Uint8Array(0);
/** Bound to be refused: no stream has this name. */
const NEVER_STORED = headerBlock('Nats-Expected-Stream: -\r\n');

/**
 * Whether a stream goes on answering behind a write that it did not answer. A stream takes one
 * message after the other and answers each, unless writing to its disk failed: after that it takes
 * none until its server is started anew. So an answer to what came later, and is never stored, tells
 * a stream that is stuck from one that is slow, as long as that to the write has not come before it:
 * behind much that was asked for at once, both come late. Of a stream with one copy only: with
 * several a write also waits for the others.
 */
export const passedOver = async (
  mux: Mux,
  subject: string,
  write: Pick<Unanswered, 'silent'>,
): Promise<boolean> => {
  try {
    const answer = textOf(await mux.request(subject, NEVER_STORED, EMPTY));
    return answer.includes('"error"') && write.silent;
  } catch {
    return false; // slow, or away
  }
};
