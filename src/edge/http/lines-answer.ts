import { yieldToEventLoop } from '../../core/yield-to-event-loop.js';
import { headersFor } from './answer.js';
import type { Ctx, Http } from './http.js';

/** What is sent in one go; others get their turn before the next. */
const PIECE_CHARS = 64 * 1024;

/**
 * Lines that are there already, piece by piece as the client takes them. One that takes nothing for
 * too long is cut off.
 */
export const linesAnswer = (
  c: Ctx,
  { limits }: Pick<Http, 'limits'>,
  { type, lines }: { readonly type: string; readonly lines: readonly string[] },
): Response => {
  // More may be added meanwhile: it is for the next who asks.
  const end = lines.length;
  let at = 0;
  let stalled: NodeJS.Timeout | undefined;
  const cut = (to: ReadableStreamDefaultController<Uint8Array>): void => {
    const outgoing = c.env?.outgoing;
    if (outgoing) outgoing.destroy();
    else to.error(new Error(`the client took nothing for ${limits.stalledAfterMs / 1000} s`));
  };
  const body = new ReadableStream<Uint8Array>(
    {
      pull: async (to) => {
        clearTimeout(stalled);
        if (at > 0) await yieldToEventLoop();
        let piece = '';
        for (; at < end && piece.length < PIECE_CHARS; at++) piece += `${lines[at]}\n`;
        if (piece !== '') to.enqueue(Buffer.from(piece));
        if (at >= end) to.close();
        else stalled = setTimeout(() => cut(to), limits.stalledAfterMs);
      },
      cancel: () => clearTimeout(stalled),
    },
    { highWaterMark: 0 }, // asked for only when the client has taken the rest
  );
  return new Response(body, { status: 200, headers: headersFor(c, type) });
};
