import { type EventSourceMessage, EventSourceParserStream } from 'eventsource-parser/stream';

/** The server shows every 15 s that it lives; a stream that is silent for longer is given up. */
const SILENT_MAX_MS = 45_000;

/**
 * The parser drops a message without data, yet its id says how far the stream is. An empty line of
 * data is added to each message: JSON is the same with a line break behind it.
 */
const withData = (): TransformStream<string, string> => {
  let before = '';
  return new TransformStream({
    transform: (text, to) => {
      to.enqueue(`${before}${text}`.replaceAll('\n\n', '\ndata\n\n').slice(before.length));
      before = text.endsWith('\n') ? '\n' : '';
    },
  });
};

/**
 * The messages of a stream of server-sent events, whole ones only.
 * @throws when nothing comes for too long, or with the reason of the signal
 */
export async function* framesOf(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  signal?: AbortSignal,
): AsyncGenerator<EventSourceMessage> {
  const silent = new AbortController();
  const reader = body
    .pipeThrough(new TextDecoderStream(), {
      signal: signal ? AbortSignal.any([signal, silent.signal]) : silent.signal,
    })
    .pipeThrough(withData())
    .pipeThrough(new EventSourceParserStream())
    .getReader();
  try {
    for (;;) {
      const fallen = () => silent.abort(new Error('the stream fell silent'));
      const timer = setTimeout(fallen, SILENT_MAX_MS);
      const { done, value } = await reader.read().finally(() => clearTimeout(timer));
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
