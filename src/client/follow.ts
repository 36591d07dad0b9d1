import { framesOf } from './frames.js';
import { SteleProblem } from './problem.js';
import { pause, pauseAfter, type Transport } from './transport.js';

/** Reasons why a stream was cut after which it may go on. */
const GOES_ON: ReadonlySet<string> = new Set(['SLOW_CLIENT']);

/** A cut that ends the stream for good: the client may no longer read it. */
const cut = (data: string): void => {
  const { code, message } = JSON.parse(data) as { code: string; message: string };
  if (!GOES_ON.has(code)) throw new SteleProblem({ code, status: 403, message });
};

export type Followed = {
  readonly path: string;
  readonly after: string | undefined;
  readonly onPosition: ((position: string) => void) | undefined;
  readonly signal: AbortSignal | undefined;
};

/**
 * Events as they happen, without gap or duplicate: when the connection breaks it goes on behind the
 * last event that was taken. It ends when the signal says so, or with the problem that is in the way.
 */
export async function* follow<E>(
  transport: Transport,
  { path, after, onPosition, signal }: Followed,
): AsyncGenerator<E> {
  let position = after;
  for (let failures = 0; !signal?.aborted; failures++) {
    try {
      const headers = position === undefined ? {} : { 'last-event-id': position };
      const response = await transport.ask({ path, headers, signal, streams: true });
      for await (const { id, event, data } of framesOf(response.body!, signal)) {
        failures = 0;
        if (event === 'cut') cut(data);
        else if (data.trim() !== '') yield JSON.parse(data) as E;
        // Only now: an event that was not taken is sent again.
        if (id !== undefined) {
          position = id;
          onPosition?.(id);
        }
      }
    } catch (error) {
      if (signal?.aborted) return;
      if (error instanceof SteleProblem || failures >= transport.retries) throw error;
    }
    await pause(pauseAfter(failures), signal).catch(() => {});
  }
}
