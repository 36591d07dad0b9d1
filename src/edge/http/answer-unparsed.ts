import type { Socket } from 'node:net';
import { type Refusal, refuse } from '../../core/refusal.js';
import { problemOf } from '../wire/problem.js';
import { traceOf } from '../wire/trace.js';
import { SECURE } from './answer.js';
import { CUT_WITHIN_MS, HEADERS_MAX_BYTES } from './limits.js';

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
};

/** By the code that Node gives; whatever else its parser does not take is malformed. */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: refuse(
    'HEADERS_TOO_LARGE',
    `the path with its query and the headers are larger than the ${HEADERS_MAX_BYTES} bytes that are accepted together: ask for less at once`,
    { details: { max_bytes: HEADERS_MAX_BYTES } },
  ),
  ERR_HTTP_REQUEST_TIMEOUT: refuse(
    'REQUEST_TIMEOUT',
    'the request did not arrive in time: send it again',
  ),
};
const MALFORMED = refuse('MALFORMED_COMMAND', 'the request line or a header is not right');

/** The answer to a request that there is no context of. */
export const unparsedAnswer = (code?: string) => {
  const { traceId, traceparent } = traceOf(undefined);
  const problem = problemOf(REFUSALS[code ?? ''] ?? MALFORMED, traceId);
  const headers = {
    ...SECURE,
    'content-type': 'application/problem+json',
    'x-request-id': traceId,
    traceparent,
  };
  return { status: problem.status, headers, body: JSON.stringify(problem) };
};

/**
 * Answer what the HTTP parser of Node refuses before there is a request. The client may still be
 * sending: closing at once would reset the connection, and the answer would be lost with it.
 */
export const answerUnparsed = (error: NodeJS.ErrnoException, socket: Socket): void => {
  if (socket.writableEnded) return; // the rest of a request that was answered already
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, headers, body } = unparsedAnswer(error.code);
  const lines = Object.entries({
    ...headers,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${REASONS[status]}\r\n${lines.join('')}\r\n${body}`);
  const late = setTimeout(() => socket.destroy(), CUT_WITHIN_MS);
  socket.once('close', () => clearTimeout(late));
};
