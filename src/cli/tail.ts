import { z } from 'zod';
import { type Client, noServer, problemStop, sleep, Unreachable } from './client.js';
import { Stop } from './exit.js';
import { type Frame, frames } from './sse.js';

/** A stream that shows no sign of life for this long is opened anew; it should every 15 s. */
const SILENT_MAX_MS = 45_000;
/** Attempts in a row that bring nothing, and the pause between two. */
const ATTEMPTS_MAX = 120;
const PAUSE_MS = 1_000;
/** A stream that lived this long, or brought an event, starts a new count. */
const STABLE_AFTER_MS = 10_000;
const UNAVAILABLE = 503;

export type TailOptions = {
  readonly client: Client;
  readonly path: string;
  readonly onData: (data: string) => void;
  readonly onLost: (why: string) => void;
  readonly problem: Parameters<typeof problemStop>[1];
  readonly signal?: AbortSignal;
  readonly pauseMs?: number;
};

/** Aborts the request when nothing comes for too long. */
async function* watched(
  body: AsyncIterable<Uint8Array>,
  silent: AbortController,
): AsyncGenerator<Uint8Array> {
  const alarm = () => setTimeout(() => silent.abort(new Error('it is silent')), SILENT_MAX_MS);
  let timer = alarm();
  try {
    for await (const chunk of body) {
      clearTimeout(timer);
      yield chunk;
      timer = alarm();
    }
  } finally {
    clearTimeout(timer);
  }
}

/** The event that says why the server ends a stream. Events of aggregates are in PascalCase. */
const CUT = 'cut';
const Reason = z.looseObject({ code: z.string(), message: z.string() });

const cutBecause = ({ data = '' }: Frame): string => {
  try {
    const { code, message } = Reason.parse(JSON.parse(data));
    return `${code}: ${message}`;
  } catch {
    return 'the server cut the stream';
  }
};

const opened = async (
  { client, path, problem, signal }: TailOptions,
  last: string | undefined,
  silent: AbortController,
): Promise<AsyncGenerator<Frame>> => {
  const response = await client.open(path, {
    headers: {
      accept: 'text/event-stream',
      ...(last !== undefined && { 'last-event-id': last }),
    },
    signal: signal ? AbortSignal.any([signal, silent.signal]) : silent.signal,
  });
  if (response.status === UNAVAILABLE) throw new Unreachable('it is not ready');
  if (!response.ok) {
    const body: unknown = await response.json().catch(() => undefined);
    throw problemStop({ status: response.status, body }, problem);
  }
  if (!response.body) throw new Unreachable('there is no stream');
  return frames(watched(response.body, silent));
};

/**
 * Follow a stream of events for ever. When the connection breaks, it goes on after the last event
 * that was seen, so nothing is missed and nothing comes twice.
 */
export const tail = async (options: TailOptions): Promise<void> => {
  const { client, onData, onLost, signal, pauseMs = PAUSE_MS } = options;
  let last: string | undefined;
  for (let attempt = 0; !signal?.aborted; attempt++) {
    let why = 'the server ended the stream';
    const since = performance.now();
    try {
      for await (const frame of await opened(options, last, new AbortController())) {
        if (frame.event === CUT) {
          why = cutBecause(frame);
          continue;
        }
        const { id, data } = frame;
        if (data !== undefined) onData(data);
        if (data !== undefined || performance.now() - since > STABLE_AFTER_MS) attempt = 0;
        last = id ?? last;
      }
    } catch (error) {
      if (signal?.aborted) return;
      if (error instanceof Stop) throw error;
      if (last === undefined && error instanceof Unreachable) throw noServer(client.server, error);
      why = (error as Error).message;
    }
    if (signal?.aborted) return;
    if (attempt >= ATTEMPTS_MAX)
      throw new Stop(`${client.server} brings no more events (${why}); go on with --from ${last}`);
    if (attempt === 0) onLost(why);
    await sleep(pauseMs);
  }
};
