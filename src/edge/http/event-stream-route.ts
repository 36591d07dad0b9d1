import type { Aggregate } from '../../core/aggregate.js';
import { SOURCES } from '../../core/envelope.js';
import { isRefusal, type Refusal } from '../../core/refusal.js';
import { Hub } from '../../read/live/hub.js';
import type { Tail, Taken } from '../../read/live/tail.js';
import { inQuery, type Parameter, text } from '../openapi/index.js';
import { headersFor, problem } from './answer.js';
import { Gate } from './gate.js';
import type { Ctx, Http } from './http.js';
import { CUT_WITHIN_MS, STANDING_EVERY_MS } from './limits.js';
import { oncePerNode } from './once-per-node.js';
import { requestContext } from './request-context.js';
import { revalidateAccess } from './revalidate-access.js';
import type { Route } from './route.js';
import { givenUpAt, type Subscription, subscriptionOf, vectorText } from './subscription-of.js';

const END = Buffer.from('\n\n');

type FeedOptions = {
  readonly http: Http;
  readonly tail: Tail;
  /** The epoch of each log that it shows: in another one it does not go on. */
  readonly epochs: Subscription['epochs'];
  /** Told once, when it is over. */
  readonly onEnd: () => void;
  /** Told when the client was cut. */
  readonly onCut: () => void;
};

/**
 * One client that follows events. Something is only made for it when it has taken what was made
 * before, so that nothing piles up; a client that takes nothing for too long is cut.
 */
class Feed {
  readonly body: ReadableStream<Uint8Array>;
  readonly #http: Http;
  readonly #tail: Tail;
  readonly #options: FeedOptions;
  #to: ReadableStreamDefaultController<Uint8Array> | undefined;
  /** Where the client is when it has taken what was handed over last. */
  #after: Map<Aggregate, number>;
  #begun = false;
  #over = false;
  #stalled: NodeJS.Timeout | undefined;

  constructor(options: FeedOptions) {
    this.#http = options.http;
    this.#tail = options.tail;
    this.#options = options;
    this.#after = new Map(this.#tail.after);
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (to) => {
          this.#to = to;
        },
        pull: () => this.#pull(),
        cancel: () => {
          this.#leave(false);
        },
      },
      { highWaterMark: 0 }, // asked for only when the client has taken the rest
    );
  }

  /** End it with a reason, as far as the client still takes it. */
  cut(why: { readonly code: string; readonly message: string }): void {
    if (this.#over) return;
    const told = { ...why, last_event_id: this.#id };
    this.#to?.enqueue(Buffer.from(`event: cut\ndata: ${JSON.stringify(told)}\n\n`));
    this.#close(false);
    this.#options.onCut();
  }

  /** The whole server stops. */
  stop(): void {
    this.#close(true);
  }

  get #id(): string {
    return vectorText(this.#after, this.#options.epochs);
  }

  /** A part of a log was given up: who was shown some of it is told, others come again by themselves. */
  givenUp(slug: string): void {
    if (![...this.#after.keys()].some((type) => type.slug === slug)) return;
    const { http, epochs } = this.#options;
    const lost = givenUpAt({ after: this.#after, epochs }, http);
    if (lost) this.cut({ code: lost.refused, message: lost.message });
    else this.#close(false);
  }

  async #pull(): Promise<void> {
    clearTimeout(this.#stalled);
    const chunk = await this.#next();
    if (!chunk) return this.#close(false);
    this.#to?.enqueue(chunk);
    this.#stalled = setTimeout(() => this.#stall(), this.#http.limits.stalledAfterMs);
  }

  /** What the client gets next; undefined when there is nothing more. */
  async #next(): Promise<Uint8Array | undefined> {
    if (!this.#begun) {
      this.#begun = true;
      // The first id says where the stream begins, for a client that is cut before any event.
      return Buffer.from(`: events follow\nid: ${this.#id}\n\n`);
    }
    const taken = await this.#tail.take(this.#http.limits.heartbeatMs);
    if (!taken || this.#over) return undefined;
    const frames = taken.flatMap((one) => this.#frame(one));
    this.#after = new Map(this.#tail.after);
    if (frames.length > 0) return Buffer.concat(frames);
    return Buffer.from(`: still here\nid: ${this.#id}\n\n`);
  }

  /** Its id covers all that comes before it in the stream. */
  #frame({ kind, entry }: Taken): readonly Uint8Array[] {
    this.#after.set(kind, entry.sequence);
    const head = `event: ${entry.event_type}\nid: ${this.#id}\ndata: `;
    return [Buffer.from(head), entry.json, END];
  }

  #stall(): void {
    const seconds = this.#http.limits.stalledAfterMs / 1000;
    this.cut({
      code: 'SLOW_CLIENT',
      message: `nothing was taken for ${seconds} s: come again with Last-Event-ID`,
    });
  }

  #close(atOnce: boolean): void {
    if (!this.#leave(atOnce)) return;
    this.#to?.close();
  }

  /** Whether it was still going on. */
  #leave(atOnce: boolean): boolean {
    if (this.#over) return false;
    this.#over = true;
    clearTimeout(this.#stalled);
    this.#tail.close(atOnce);
    this.#options.onEnd();
    return true;
  }
}

const send = (
  c: Ctx,
  http: Http,
  { tail, epochs, onEnd }: Pick<FeedOptions, 'tail' | 'epochs' | 'onEnd'>,
): Response => {
  const { stopping, outgoing } = c.env ?? {};
  const stop = (): void => feed.stop();
  const feed = new Feed({
    http,
    tail,
    epochs,
    onEnd: () => {
      stopLooking();
      stopBeingTold?.();
      stopping?.removeEventListener('abort', stop);
      onEnd();
    },
    onCut: () => {
      http.meter.streamsCut++;
      setTimeout(() => {
        if (!outgoing?.writableFinished) outgoing?.destroy();
      }, CUT_WITHIN_MS).unref();
    },
  });
  const stopLooking = whileStanding(c, ({ refused: code, message }) => feed.cut({ code, message }));
  const stopBeingTold = http.epochs?.onGivenUp((slug) => feed.givenUp(slug));
  stopping?.addEventListener('abort', stop, { once: true });
  if (stopping?.aborted) stop();
  const headers = {
    ...headersFor(c, 'text/event-stream'),
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  };
  return new Response(feed.body, { headers });
};

/** End a stream soon after its client may no longer read it. Returns what stops the looking. */
const whileStanding = (c: Ctx, end: (refusal: Refusal) => void): (() => void) => {
  if (!requestContext(c).revalidate) return () => {};
  const look = async (): Promise<void> => {
    const refusal = await revalidateAccess(c);
    if (refusal) end(refusal);
  };
  const timer = setInterval(() => void look().catch(() => {}), STANDING_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
};

const hubOf = oncePerNode(({ store, log, epochs }) => {
  const hub = new Hub({ store, log });
  epochs?.onGivenUp((slug) => hub.forget(slug));
  return hub;
});
const gateOf = oncePerNode(({ limits }) => new Gate(limits.streamsMax, limits.streamsOfOneMax));

const follow = async (c: Ctx, http: Http): Promise<Response> => {
  const hub = hubOf(http);
  const inside = gateOf(http).enter('event streams', requestContext(c).who);
  if (isRefusal(inside)) return problem(c, inside);
  http.meter.streamsOpen++;
  const left = (): void => {
    inside.leave();
    http.meter.streamsOpen--;
  };
  let handedOver = false;
  try {
    const wish = await subscriptionOf(c, http, hub);
    if (isRefusal(wish)) return problem(c, wish);
    if (c.req.method === 'HEAD')
      return new Response(null, { headers: headersFor(c, 'text/event-stream') });
    // It may have been given up while the request was looked at.
    const gone = givenUpAt(wish, http);
    if (gone) return problem(c, gone);
    handedOver = true;
    return send(c, http, { tail: hub.open(wish), epochs: wish.epochs, onEnd: left });
  } finally {
    if (!handedOver) left();
  }
};

const many = (name: string, description: string, values: readonly string[]): Parameter =>
  inQuery(name, description, { type: 'array', items: { type: 'string', enum: values } });

const parametersOf = (definitions: readonly Aggregate[]): readonly Parameter[] => [
  many(
    'aggregate_type',
    'Only of these types.',
    definitions.map(({ name }) => name),
  ),
  inQuery('aggregate_id', 'Only of this aggregate.'),
  many('event_type', 'Only these events.', [
    ...new Set(definitions.flatMap((one) => Object.keys(one.events))),
  ]),
  inQuery('actor', 'Only by this actor.'),
  inQuery('source', 'Only from this source.', { type: 'string', enum: SOURCES }),
  inQuery('correlation_id', 'Only of this chain.'),
  inQuery('critical', 'Only what raises an audit alert.', { type: 'boolean' }),
  inQuery('from', '`start`, or positions such as `source:42`; default: from now on.'),
  inQuery('from_version', 'With one type and an id: from this version on.', {
    type: 'integer',
    minimum: 1,
  }),
  {
    name: 'Last-Event-ID',
    in: 'header',
    schema: { type: 'string' },
    description: 'The id of the last event that was seen: it goes on behind that.',
  },
];

/** `GET /events/stream`: server-sent events, resumable without gap or duplicate. */
export const eventStreamRoute = (definitions: readonly Aggregate[]): Route => ({
  method: 'GET',
  path: '/events/stream',
  needs: 'events',
  id: 'events.stream',
  tag: 'Events',
  summary: 'Events as they happen: server-sent events, resumable without gap or duplicate.',
  description: 'Each is `event: <type>`, `id: <positions>`, `data: <the event as JSON>`.',
  parameters: parametersOf(definitions),
  answers: { 200: text('The stream; it does not end by itself.', 'text/event-stream') },
  refusals: {
    name: 'stream',
    codes: [
      'UNKNOWN_AGGREGATE_TYPE',
      'EVENTS_GIVEN_UP',
      'VALIDATION_ERROR',
      'BUSY',
      'STORE_UNAVAILABLE',
      'SHUTTING_DOWN',
    ],
  },
  handler: follow,
});
