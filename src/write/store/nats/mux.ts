import type { Msg, MsgHdrs, NatsConnection } from '@nats-io/transport-node';
import { Fault } from '../../../core/refusal.js';

/** How long a request may stay unanswered. */
export const REQUEST_TIMEOUT_MS = 2_000;
const SWEEP_EVERY_MS = 200;
/** How long an answer that was given up is noticed when it comes after all. */
const LATE_WITHIN_MS = 10_000;

/** No answer came: a write may or may not have happened. */
export class Unanswered extends Fault {
  #silent: boolean;

  constructor(why: string, { silent = false, ...options }: Silence = {}) {
    super('STORE_UNAVAILABLE', `the event store does not answer: ${why}`, options);
    this.#silent = silent;
  }

  /**
   * The connection stood all the time: the server had the question, and has said nothing. No more
   * once the answer comes after all, or the connection breaks on which it could have come.
   */
  get silent(): boolean {
    return this.#silent;
  }

  /** It is known by now that the server was only slow, or it can be known no more. */
  excuse(): void {
    this.#silent = false;
  }
}
type Silence = ErrorOptions & { readonly silent?: boolean };

type Pending = {
  /** On the monotonic clock: the wall clock may be set back an hour. */
  readonly deadline: number;
  /** Sent over a connection that stood. */
  sent?: boolean;
  /** Returns true when no more messages are awaited. */
  readonly onMessage: (msg: Msg) => boolean;
  readonly reject: (error: Unanswered) => void;
};

const encoded = (block: Uint8Array): MsgHdrs => ({ encode: () => block }) as unknown as MsgHdrs;

/**
 * Requests over one inbox, without a subscription, a timer or an error object for each: two to
 * three times the client's own request. Header blocks go out as they are.
 */
export class Mux {
  readonly #nc: NatsConnection;
  readonly #inbox: string;
  readonly #pending = new Map<number, Pending>();
  readonly #timer: NodeJS.Timeout;
  #token = 0;
  #connected = true;

  constructor(nc: NatsConnection) {
    this.#nc = nc;
    this.#inbox = `_INBOX.${crypto.randomUUID().replaceAll('-', '')}`;
    nc.subscribe(`${this.#inbox}.*`, {
      callback: (_, msg) => {
        const token = Number(msg.subject.slice(this.#inbox.length + 1));
        if (this.#pending.get(token)?.onMessage(msg)) this.#pending.delete(token);
      },
    });
    // What has arrived is read first: a thread that was busy for long must not blame the server.
    const look = () => setImmediate(() => this.#sweep(performance.now()));
    this.#timer = setInterval(look, SWEEP_EVERY_MS);
    this.#timer.unref();
    void this.#watch();
  }

  /** Send without asking for an answer. */
  send(subject: string, headers: Uint8Array, payload: Uint8Array): void {
    this.#nc.publish(subject, payload, { headers: encoded(headers) });
  }

  /** Send and await one answer. @throws Unanswered */
  request(subject: string, headers: Uint8Array | null, payload: Uint8Array): Promise<Msg> {
    return new Promise((resolve, reject) => {
      this.#publish(subject, headers, payload, {
        deadline: performance.now() + REQUEST_TIMEOUT_MS,
        reject,
        onMessage: (msg) => {
          resolve(msg);
          return true;
        },
      });
    });
  }

  /** Send and collect answers until `onMessage` returns true. @throws Unanswered */
  collect(subject: string, payload: Uint8Array, onMessage: (msg: Msg) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#publish(subject, null, payload, {
        deadline: performance.now() + REQUEST_TIMEOUT_MS * 5,
        reject,
        onMessage: (msg) => {
          const done = onMessage(msg);
          if (done) resolve();
          return done;
        },
      });
    });
  }

  close(): void {
    clearInterval(this.#timer);
    this.#sweep(Number.POSITIVE_INFINITY);
  }

  #publish(
    subject: string,
    headers: Uint8Array | null,
    payload: Uint8Array,
    pending: Pending,
  ): void {
    this.#token = (this.#token + 1) % Number.MAX_SAFE_INTEGER;
    const reply = `${this.#inbox}.${this.#token}`;
    try {
      this.#nc.publish(
        subject,
        payload,
        headers ? { reply, headers: encoded(headers) } : { reply },
      );
      pending.sent = this.#connected;
      this.#pending.set(this.#token, pending);
    } catch (cause) {
      pending.reject(new Unanswered('the connection does not take messages', { cause }));
    }
  }

  #sweep(now: number): void {
    for (const [token, { deadline, sent = false, reject }] of this.#pending)
      if (deadline <= now) {
        this.#pending.delete(token);
        const silent = sent && this.#connected;
        const unanswered = new Unanswered('no answer in time', { silent });
        if (silent && now < Number.POSITIVE_INFINITY) this.#awaitLate(token, unanswered, now);
        reject(unanswered);
      }
  }

  #awaitLate(token: number, unanswered: Unanswered, now: number): void {
    this.#pending.set(token, {
      deadline: now + LATE_WITHIN_MS,
      reject: () => unanswered.excuse(),
      onMessage: () => {
        unanswered.excuse();
        return true;
      },
    });
  }

  /** A lost connection loses its answers: say so at once instead of waiting for the deadline. */
  async #watch(): Promise<void> {
    for await (const { type } of this.#nc.status())
      if (type === 'disconnect') {
        this.#connected = false;
        this.#sweep(Number.POSITIVE_INFINITY);
      } else if (type === 'reconnect') this.#connected = true;
  }
}
