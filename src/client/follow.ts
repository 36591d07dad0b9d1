import { pause, pauseAfter } from './pause.js';
import { readFrames } from './read-frames.js';
import { isNotNow, SteleProblem } from './stele-problem.js';
import type { Transport } from './transport.js';
import { Unreachable } from './unreachable.js';

/** Reasons why a stream was cut after which it may go on. */
const GOES_ON: ReadonlySet<string> = new Set(['SLOW_CLIENT']);
/** What a stream that is asked for is answered with where it would be cut for that; else it is 403. */
const STATUS: Readonly<Record<string, number>> = { EVENTS_GIVEN_UP: 410 };
/** A stream that lived this long was a good one, even if it brought nothing. */
const STABLE_AFTER_MS = 10_000;

/** A cut that ends the stream for good: who follows has to look. Else why it was cut. */
const cut = (data: string): string => {
  const { code, message } = JSON.parse(data) as { code: string; message: string };
  if (!GOES_ON.has(code)) throw new SteleProblem({ code, status: STATUS[code] ?? 403, message });
  return `${code}: ${message}`;
};

export type Followed = {
  readonly path: string;
  readonly after?: string | undefined;
  /** Told that the stream is open. */
  readonly onOpen?: () => void;
  readonly onPosition?: ((position: string) => void) | undefined;
  /** Told why the connection broke, and how often it broke before without bringing anything. */
  readonly onLost?: (why: string, failures: number) => void;
  /** Connections in a row that bring nothing, until it is given up; default: those of a request. */
  readonly retries?: number;
  readonly signal?: AbortSignal | undefined;
};

/**
 * Events as they happen, without gap or duplicate: when the connection breaks it goes on behind the
 * last event that was taken. It ends when the signal says so, or with the problem that is in the way.
 */
export async function* follow<E>(transport: Transport, followed: Followed): AsyncGenerator<E> {
  const { path, after, onOpen, onPosition, onLost, signal } = followed;
  const { retries = transport.retries } = followed;
  let position = after;
  let isBegun = false;
  for (let failures = 0; !signal?.aborted; failures++) {
    let why = 'the server ended the stream';
    const since = performance.now();
    try {
      const headers = position === undefined ? {} : { 'last-event-id': position };
      const response = await transport.ask({ path, headers, signal, streams: true });
      isBegun = true;
      onOpen?.();
      for await (const { id, event, data } of readFrames(response.body!, signal)) {
        const says = data.trim();
        if (event === 'cut') why = cut(says);
        else if (says !== '') yield JSON.parse(says) as E;
        if (says !== '' || performance.now() - since > STABLE_AFTER_MS) failures = 0;
        // Only now: an event that was not taken is sent again.
        if (id !== undefined) {
          position = id;
          onPosition?.(id);
        }
      }
    } catch (error) {
      if (signal?.aborted) return;
      if (!isBegun || (error instanceof SteleProblem && !isNotNow(error))) throw error;
      why = error instanceof Unreachable ? error.reason : (error as Error).message;
    }
    if (signal?.aborted) return;
    if (failures >= retries) throw new Unreachable(transport.url, new Error(why));
    onLost?.(why, failures);
    await pause(pauseAfter(failures), signal).catch(() => {});
  }
}
