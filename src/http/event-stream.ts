import { setMaxListeners } from 'node:events';
import { stream as respond } from 'hono/streaming';
import type { StreamingApi } from 'hono/utils/stream';
import type { Aggregate } from '../core/aggregate.js';
import { eventJson, type StoredEvent } from '../core/event.js';
import { isRefusal, refuse } from '../core/refusal.js';
import { headersFor, problem } from './answer.js';
import type { App, Ctx, Http } from './http.js';
import { type Subscription, subscriptionOf, vectorText } from './subscription.js';

/** Where frames go, and what ends it. */
type Wire = { readonly out: StreamingApi; readonly end: AbortController };

/**
 * One client that follows events. Nothing is buffered: the next event of a type is asked for when
 * the client has taken the one before. A client that takes nothing for too long is cut.
 */
class Feed {
  readonly #http: Http;
  readonly #out: StreamingApi;
  readonly #wanted: Subscription;
  readonly #end: AbortController;
  #pending = 0;
  #progress: number;

  constructor(http: Http, wanted: Subscription, { out, end }: Wire) {
    this.#http = http;
    this.#out = out;
    this.#wanted = wanted;
    this.#end = end;
    this.#progress = performance.now();
  }

  /** Settles when the client left, was cut, or the server stops. */
  async run(cut: () => void): Promise<void> {
    const { heartbeatMs, stalledAfterMs } = this.#http.limits;
    const beat = setInterval(() => {
      if (this.#pending === 0) void this.#write(`: still here\n${this.#id()}\n\n`);
      else if (performance.now() - this.#progress >= stalledAfterMs) {
        this.#end.abort();
        cut();
      }
    }, heartbeatMs);
    try {
      // The first id says where the stream begins, for a client that is cut before any event.
      void this.#write(`: events follow\n${this.#id()}\n\n`);
      await Promise.all([...this.#wanted.after.keys()].map((type) => this.#follow(type)));
    } finally {
      clearInterval(beat);
    }
  }

  async #follow(type: Aggregate): Promise<void> {
    const { after, wants } = this.#wanted;
    const { signal } = this.#end;
    try {
      for await (const event of this.#http.store.follow(type, after.get(type)! + 1, signal)) {
        if (signal.aborted) return;
        after.set(type, event.sequence);
        if (wants(event)) await this.#write(this.#frame(type, event));
      }
    } finally {
      this.#end.abort(); // a stream with a part missing would have gaps: the client comes again
    }
  }

  #id(): string {
    return `id: ${vectorText(this.#wanted.after)}`;
  }

  #frame(type: Aggregate, event: StoredEvent): string {
    const data = JSON.stringify(eventJson(event, type.slug));
    return `event: ${event.event_type}\n${this.#id()}\ndata: ${data}\n\n`;
  }

  /** The id in a frame covers what was written before it: frames are queued as they are made. */
  async #write(frame: string): Promise<void> {
    if (this.#pending++ === 0) this.#progress = performance.now();
    await this.#out.write(frame);
    this.#pending--;
    this.#progress = performance.now();
  }
}

const send = (
  c: Ctx,
  http: Http,
  { wanted, onEnd }: { readonly wanted: Subscription; readonly onEnd: () => void },
): Response => {
  for (const [name, value] of Object.entries(headersFor(c, 'text/event-stream')))
    c.header(name, value);
  c.header('cache-control', 'no-store');
  c.header('x-accel-buffering', 'no');
  return respond(c, async (out) => {
    const end = new AbortController();
    setMaxListeners(0, end.signal); // one per type that is followed
    const stop = (): void => end.abort();
    const stopping = c.env?.stopping;
    out.onAbort(stop);
    stopping?.addEventListener('abort', stop, { once: true });
    if (stopping?.aborted) stop();
    // What is left unread when the stream ends is not waited for.
    end.signal.addEventListener('abort', () => out.abort(), { once: true });
    try {
      await new Feed(http, wanted, { out, end }).run(() => c.env?.outgoing?.destroy());
    } catch (err) {
      http.log.warn({ err }, 'an event stream ended because the store failed');
    } finally {
      stopping?.removeEventListener('abort', stop);
      onEnd();
    }
  });
};

/** `GET /events/stream`: server-sent events, resumable without gap or duplicate. */
export const eventStreamRoutes = (app: App, http: Http): void => {
  let open = 0;
  app.get('/events/stream', async (c) => {
    const { streamsMax } = http.limits;
    if (open >= streamsMax)
      return problem(c, refuse('BUSY', `${streamsMax} event streams are open, that is the most`));
    open++;
    let handedOver = false;
    try {
      const wanted = await subscriptionOf(c, http);
      if (isRefusal(wanted)) return problem(c, wanted);
      if (c.req.method === 'HEAD')
        return new Response(null, { headers: headersFor(c, 'text/event-stream') });
      handedOver = true;
      return send(c, http, { wanted, onEnd: () => open-- });
    } finally {
      if (!handedOver) open--;
    }
  });
};
