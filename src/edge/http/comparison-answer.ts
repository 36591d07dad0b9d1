import { isRefusal, type Refusal, refuse } from '../../core/refusal.js';
import type { Comparison } from '../../read/projector/projections.js';
import { problemOf } from '../wire/problem.js';
import { answer, headersFor, problem } from './answer.js';
import type { Ctx, Http } from './http.js';
import { COMPARE_WITHIN_MS, PROGRESS_AGAIN_MS, PROGRESS_EVERY_MS } from './limits.js';
import { requestContext } from './request-context.js';

const LINES = 'application/x-ndjson';

type Progress = { readonly done: number; readonly total: number };
type Outcome = Comparison | Refusal;
/** Work that says how far it is. */
export type Comparing = (onProgress: (done: number, total: number) => void) => Promise<Outcome>;

/** The outcome, or what to do when it takes longer than anybody waits for it in silence. */
export const within = async <T>(work: Promise<T>): Promise<T | Refusal> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Refusal>((resolve) => {
    timer = setTimeout(
      () => resolve(refuse('BUSY', 'this takes long and goes on; ask again later')),
      COMPARE_WITHIN_MS,
    );
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};

/**
 * Progress as lines of JSON, the last of them the comparison or the problem. It goes on when the
 * client leaves: what is computed has no handle to stop it by.
 */
const lines = (c: Ctx, http: Http, work: Promise<Outcome>, progress: () => Progress): Response => {
  const encoder = new TextEncoder();
  let timer: NodeJS.Timeout | undefined;
  const body = new ReadableStream<Uint8Array>({
    start: (out) => {
      let told = '';
      let toldAt = 0;
      const line = (what: object): string => `${JSON.stringify(what)}\n`;
      const tell = (): void => {
        const text = line(progress());
        const now = performance.now();
        if (text === told && now - toldAt < PROGRESS_AGAIN_MS) return;
        // A client that does not read is told the newest later.
        if ((out.desiredSize ?? 0) <= 0) return;
        [told, toldAt] = [text, now];
        out.enqueue(encoder.encode(text));
      };
      const end = (what: object): void => {
        clearInterval(timer);
        try {
          out.enqueue(encoder.encode(line(what)));
          out.close();
        } catch {
          // the client left
        }
      };
      tell();
      timer = setInterval(tell, PROGRESS_EVERY_MS);
      const { traceId } = requestContext(c);
      work.then(
        (outcome) =>
          end(
            isRefusal(outcome) ? { problem: problemOf(outcome, traceId) } : { comparison: outcome },
          ),
        (err: unknown) => {
          http.log.error({ err, trace_id: traceId }, 'a verification failed');
          end({ problem: problemOf(err, traceId) });
        },
      );
    },
    cancel: () => clearInterval(timer),
  });
  return new Response(body, {
    headers: { ...headersFor(c, LINES), 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
  });
};

/** A comparison that takes long: with its progress for those who accept lines, else when done. */
export const comparisonAnswer = async (
  c: Ctx,
  http: Http,
  comparing: Comparing,
): Promise<Response> => {
  let progress: Progress = { done: 0, total: 0 };
  let begun = (): void => {};
  const first = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const work = comparing((done, total) => {
    progress = { done, total };
    begun();
  });
  if (!c.req.header('accept')?.includes(LINES)) {
    const outcome = await within(work);
    return isRefusal(outcome) ? problem(c, outcome) : answer(c, 200, outcome);
  }
  // What is refused at once is refused with its status.
  const early = await Promise.race([
    work,
    first,
    new Promise<void>((resolve) => setTimeout(resolve, PROGRESS_EVERY_MS)),
  ]);
  return early && isRefusal(early) ? problem(c, early) : lines(c, http, work, () => progress);
};
