import { setMaxListeners } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Fault } from '../../core/refusal.js';
import { answerUnparsed, unparsedAnswer } from './answer-unparsed.js';
import type { App } from './app.js';
import { closeUnread } from './hardening/close-unread.js';
import { Connections } from './hardening/connections.js';
import { OneByOne } from './hardening/one-by-one.js';
import {
  CLOSE_WITHIN_MS,
  HEADERS_MAX_BYTES,
  HEADERS_WITHIN_MS,
  HTTP_LIMITS,
  type HttpLimits,
  LOOK_EVERY_MS,
} from './limits.js';

/** How often connections that have become idle are closed while a server closes. */
const CLOSE_IDLE_EVERY_MS = 20;

export type Served = {
  readonly url: string;
  readonly port: number;
  /** Take no more requests, finish those under way, end event streams. Bounded in time. */
  close(): Promise<void>;
};

/** What helps, by what the system says. */
const REMEDIES: Readonly<Record<string, string>> = {
  EADDRNOTAVAIL: 'this machine has no such address: HOST is 127.0.0.1 for itself, 0.0.0.0 for all',
  ENOTFOUND: 'there is no such host: HOST is 127.0.0.1 for this machine, 0.0.0.0 for all',
  EACCES: 'this user may not take that port: PORT above 1023 needs no rights',
};

const listenFault = (cause: NodeJS.ErrnoException, host: string, port: number): Fault => {
  if (cause.code === 'EADDRINUSE')
    return new Fault(
      'PORT_IN_USE',
      `port ${port} on ${host} is taken by another program: stop that, or choose another port`,
      { cause },
    );
  const why = REMEDIES[cause.code ?? ''] ?? cause.message;
  return new Fault('CANNOT_LISTEN', `cannot listen on ${host} port ${port}: ${why}`, { cause });
};

const listen = (server: Server, host: string, port: number): Promise<AddressInfo> =>
  new Promise((resolve, reject) => {
    server.once('error', (error) => reject(listenFault(error, host, port)));
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      resolve(server.address() as AddressInfo);
    });
  });

const urlOf = (host: string, port: number): string => {
  const anywhere = host === '0.0.0.0' || host === '::';
  const name = anywhere ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
};

/** What a connection may do, and for how long. */
type ConnectionLimits = Pick<
  HttpLimits,
  | 'connectionsMax'
  | 'connectionsOfOneMax'
  | 'keepAliveMs'
  | 'requestWithinMs'
  | 'unreadAfterMs'
  | 'unreadMax'
>;

/** A request that is no request: a bad host, a target that is no path. */
const unusable = (): Response => {
  const { status, headers, body } = unparsedAnswer();
  return new Response(body, { status, headers });
};

/**
 * Serve on a port; 0 = any that is free.
 * @throws Fault PORT_IN_USE or CANNOT_LISTEN
 */
export const serveHttp = async ({
  app,
  host,
  port,
  limits: given,
  connections = new Connections({ limits: given ?? {} }),
}: {
  readonly app: Pick<App, 'fetch'>;
  readonly host: string;
  readonly port: number;
  readonly limits?: Partial<ConnectionLimits>;
  /** Bounds how many there are, and counts them. */
  readonly connections?: Connections;
}): Promise<Served> => {
  const limits = { ...HTTP_LIMITS, ...given };
  const { keepAliveMs, requestWithinMs } = limits;
  const stop = new AbortController();
  setMaxListeners(0, stop.signal); // every event stream listens; their number is bounded
  const requests = new OneByOne(
    getRequestListener(
      (request, env) => app.fetch(request, Object.assign(env, { stopping: stop.signal })),
      { errorHandler: unusable },
    ),
  );
  const server = createServer(
    {
      maxHeaderSize: HEADERS_MAX_BYTES,
      keepAliveTimeout: keepAliveMs,
      requestTimeout: requestWithinMs,
      headersTimeout: Math.min(HEADERS_WITHIN_MS, requestWithinMs),
      connectionsCheckingInterval: Math.min(LOOK_EVERY_MS, requestWithinMs),
    },
    requests.take,
  );
  server.on('clientError', (error, socket) => answerUnparsed(error, socket as Socket));
  connections.bound(server);
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  closeUnread(server, { sockets, answers: (socket) => requests.answers(socket) }, limits);
  const address = await listen(server, host, port);

  /** Idle for Node is who has asked before; browsers also connect in advance and say nothing. */
  const closeIdle = (): void => {
    server.closeIdleConnections();
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
  };
  const close = async (): Promise<void> => {
    stop.abort();
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    const idle = setInterval(closeIdle, CLOSE_IDLE_EVERY_MS);
    const late = setTimeout(() => server.closeAllConnections(), CLOSE_WITHIN_MS);
    await closed;
    clearInterval(idle);
    clearTimeout(late);
  };
  let closing: Promise<void> | undefined;
  return {
    url: urlOf(host, address.port),
    port: address.port,
    close: () => {
      closing ??= close();
      return closing;
    },
  };
};
