import { connect } from 'node:net';

const INFO_MAX_BYTES = 64 * 1024;

/** The part of a server's greeting that is used here, as on the wire. */
interface ServerInfo {
  server_name: string;
  version: string;
}

export type Greeting =
  /** A NATS server answered. */
  | { kind: 'server'; info: ServerInfo }
  /** Nothing listens there. */
  | { kind: 'nothing' }
  /** Something listens but did not greet like a NATS server in time. */
  | { kind: 'other' };

/**
 * Connects to `nats://host:port` and reads the server's first line (`INFO {…}`), which it sends
 * before any authentication. Never throws; answers within `timeoutMs`.
 */
export function readGreeting(url: string, timeoutMs: number): Promise<Greeting> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) });
    const done = (greeting: Greeting) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(greeting);
    };
    const timer = setTimeout(() => done({ kind: 'other' }), timeoutMs);
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      text += chunk;
      const end = text.indexOf('\r\n');
      if (end >= 0) done(parseGreeting(text.slice(0, end)));
      else if (text.length > INFO_MAX_BYTES) done({ kind: 'other' });
    });
    socket.on('error', (error: NodeJS.ErrnoException) =>
      done({ kind: error.code === 'ECONNREFUSED' ? 'nothing' : 'other' }),
    );
    socket.on('close', () => done({ kind: 'other' }));
  });
}

function parseGreeting(line: string): Greeting {
  if (!line.startsWith('INFO ')) return { kind: 'other' };
  try {
    const info = JSON.parse(line.slice('INFO '.length)) as Partial<ServerInfo>;
    if (typeof info.server_name !== 'string' || typeof info.version !== 'string') {
      return { kind: 'other' };
    }
    return { kind: 'server', info: { server_name: info.server_name, version: info.version } };
  } catch {
    return { kind: 'other' };
  }
}
