import { type EventSourceMessage, EventSourceParserStream } from 'eventsource-parser/stream';
import { readStream } from './read-stream.js';

/** The server shows every 15 s that it lives; a stream that is silent for longer is given up. */
const SILENT_MS = 45_000;

/**
 * The parser drops a message without data, yet its id says how far the stream is. An empty line of
 * data is added to each message: JSON is the same with a line break behind it.
 */
const addData = (): TransformStream<string, string> => {
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
export const readFrames = (
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  signal?: AbortSignal,
): AsyncGenerator<EventSourceMessage> =>
  readStream(
    body,
    (text) => text.pipeThrough(addData()).pipeThrough(new EventSourceParserStream()),
    { signal, silentMs: SILENT_MS },
  );
