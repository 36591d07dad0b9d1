import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { type HttpLimits, LOOK_EVERY_MS } from '../limits.js';

type Connections = {
  readonly sockets: ReadonlySet<Socket>;
  /** Whether a request of one is being answered. */
  readonly answers: (socket: Socket) => boolean;
};

/**
 * Close connections whose client does not take its answer: what waits for it is held in memory.
 * Whoever waits for an answer that is being made may wait.
 */
export const closeUnread = (
  server: Server,
  { sockets, answers }: Connections,
  { unreadAfterMs, unreadMax }: Pick<HttpLimits, 'unreadAfterMs' | 'unreadMax'>,
): void => {
  // What was taken since the write counts at the first look: a second one follows as long after.
  server.setTimeout(unreadAfterMs);
  // Node tells this of idle connections, too, and then leaves it to us to close them.
  server.on('timeout', (socket) => {
    if (socket.writableLength > 0 || !answers(socket)) socket.destroy();
  });

  let before = new Map<Socket, number>();
  const look = (): void => {
    const waiting = new Map<Socket, number>();
    let bytes = 0;
    for (const socket of sockets) {
      if (socket.writableLength === 0) continue;
      waiting.set(socket, socket.writableLength);
      bytes += socket.writableLength;
    }
    const still = [...waiting].filter(([socket, length]) => before.get(socket) === length);
    before = waiting;
    if (bytes <= unreadMax) return;
    for (const [socket, length] of still.sort(([, a], [, b]) => b - a)) {
      if (bytes <= unreadMax) return;
      socket.destroy();
      bytes -= length;
    }
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  timer.unref();
  server.once('close', () => clearInterval(timer));
};
