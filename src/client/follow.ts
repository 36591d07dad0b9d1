import { SteleProblem } from './problem.js';
import { pause, pauseAfter, type Transport } from './transport.js';

/** The server shows every 15 s that it lives; a stream that is silent for longer is given up. */
const SILENT_MAX_MS = 45_000;
/** Reasons why a stream was cut after which it may go on. */
const GOES_ON: ReadonlySet<string> = new Set(['SLOW_CLIENT']);

type Frame = { readonly id: string | null; readonly event: string; readonly data: string };

/** The frames of server-sent events, whole ones only. */
async function* framesOf(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Frame> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  let frame: { id: string | null; event: string; data: string[] } = fresh();
  try {
    for (;;) {
      const { done, value } = await within(reader.read(), signal);
      if (done) return;
      const lines = (rest + decoder.decode(value, { stream: true })).split(/\r?\n/);
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line === '') {
          yield { ...frame, data: frame.data.join('\n') };
          frame = fresh();
          continue;
        }
        const colon = line.indexOf(':');
        const field = colon === -1 ? line : line.slice(0, colon);
        const text = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
        if (field === 'data') frame.data.push(text);
        else if (field === 'id') frame.id = text;
        else if (field === 'event') frame.event = text;
      }
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
const fresh = () => ({ id: null, event: 'message', data: [] as string[] });

/** What is read next; an error when nothing comes for too long, or when the signal says so. */
const within = async <T>(reading: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  const over = new AbortController();
  const stop = signal ? AbortSignal.any([signal, over.signal]) : over.signal;
  const silent = pause(SILENT_MAX_MS, stop).then(() => {
    throw new Error('the stream fell silent');
  });
  try {
    return await Promise.race([reading, silent]);
  } finally {
    silent.catch(() => {});
    over.abort();
  }
};

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
        else if (data !== '') yield JSON.parse(data) as E;
        // Only now: an event that was not taken is sent again.
        if (id !== null) {
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
