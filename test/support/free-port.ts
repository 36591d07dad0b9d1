import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below those that systems give away by themselves: nobody gets one meanwhile who named none. */
const PORTS = { from: 10_000, to: 30_000 };

/** A port that was free a moment ago. */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = randomInt(PORTS.from, PORTS.to);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    await new Promise((closed) => server.close(closed));
    return port;
  }
};
