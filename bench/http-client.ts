import { connect, type Socket } from 'node:net';

const HEAD_END = '\r\n\r\n';
const LENGTH = /\r\ncontent-length: *(\d+)/i;
const STATUS_AT = 'HTTP/1.1 '.length;

export type HttpAnswer = { readonly status: number; readonly body: string };

/**
 * One kept connection that sends a request and waits for its answer. It reads no more of HTTP than
 * a length: a complete client would cost more of the shared cores than what is measured.
 */
export class HttpConnection {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #waiting: { resolve(answer: HttpAnswer): void; reject(error: Error): void } | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('error', (error) => this.#waiting?.reject(error));
    socket.on('close', () => this.#waiting?.reject(new Error('the connection was closed')));
  }

  static open(url: string): Promise<HttpConnection> {
    const { hostname, port } = new URL(url);
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => resolve(new HttpConnection(socket)));
      socket.once('error', reject);
    });
  }

  post(path: string, body: string): Promise<HttpAnswer> {
    return this.#ask(
      `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nx-actor: architect@example.org\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  }

  get(path: string): Promise<HttpAnswer> {
    return this.#ask(
      `GET ${path} HTTP/1.1\r\nhost: localhost\r\naccept: application/json\r\nx-actor: architect@example.org\r\n\r\n`,
    );
  }

  close(): void {
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  #ask(request: string): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(request);
    });
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const headEnd = this.#received.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const head = this.#received.toString('latin1', 0, headEnd);
    const length = LENGTH.exec(head)?.[1];
    if (length === undefined) {
      this.#waiting?.reject(new Error(`an answer without a length: ${head}`));
      return;
    }
    const bodyAt = headEnd + HEAD_END.length;
    const end = bodyAt + Number(length);
    if (this.#received.length < end) return;
    const body = this.#received.toString('utf8', bodyAt, end);
    const status = Number(head.slice(STATUS_AT, STATUS_AT + 3));
    this.#received = this.#received.subarray(end);
    const { resolve } = this.#waiting!;
    this.#waiting = undefined;
    resolve({ status, body });
  }
}
