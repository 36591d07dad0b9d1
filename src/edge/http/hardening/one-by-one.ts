import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
type Connection = { answering: boolean; readonly waiting: (() => void)[] };

/**
 * The requests of one connection, answered one after the other. Node hands over all that came in
 * one read at once, thousands of them; whoever asks ahead waits, and others get their turn between.
 */
export class OneByOne {
  readonly #answer: Answer;
  readonly #connections = new WeakMap<Socket, Connection>();

  constructor(answer: Answer) {
    this.#answer = answer;
  }

  readonly take: Answer = (request, response) => {
    const { socket } = request;
    const connection = this.#connectionOf(socket);
    const begin = (): void => {
      connection.answering = true;
      response.once('close', () => this.#end(socket, connection));
      this.#answer(request, response);
    };
    if (!connection.answering && connection.waiting.length === 0) return begin();
    // What waits is no more than one read: the next one is when nothing waits. Node itself goes on
    // reading behind each message, and when an answer was taken: this comes after that, each time.
    if (!socket.isPaused()) process.nextTick(() => this.#hold(socket, connection));
    connection.waiting.push(begin);
  };

  /** Whether a request of a connection is being answered. */
  answers(socket: Socket): boolean {
    const { answering, waiting } = this.#connectionOf(socket);
    return answering || waiting.length > 0;
  }

  #hold(socket: Socket, { waiting }: Connection): void {
    if (waiting.length > 0) socket.pause();
  }

  #connectionOf(socket: Socket): Connection {
    let connection = this.#connections.get(socket);
    if (!connection) {
      connection = { answering: false, waiting: [] };
      this.#connections.set(socket, connection);
    }
    return connection;
  }

  #end(socket: Socket, connection: Connection): void {
    connection.answering = false;
    if (connection.waiting.length > 0) setImmediate(() => this.#next(socket, connection));
  }

  #next(socket: Socket, { waiting }: Connection): void {
    // Nobody gets the answers any more.
    if (!socket.writable) waiting.length = 0;
    const begin = waiting.shift();
    if (waiting.length === 0) socket.resume();
    begin?.();
  }
}
