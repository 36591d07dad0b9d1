import type { NatsConnection } from '@nats-io/transport-node';
import { SESSION_LASTS_MS } from '../../core/buckets.js';
import { type Refusal, refuse } from '../../core/refusal.js';
import { ACCESS_SESSIONS_BUCKET } from '../../core/subjects.js';
import { unauthenticated } from './access.js';
import { ExpiringBucket } from './expiring-bucket.js';
import { Followed } from './followed.js';
import { digestOf, SESSIONS_OF_ONE_MAX, Session } from './session.js';

/** Tokens that this node does not know yet and looks up in NATS. */
const LOOK_UPS_PER_S = 50;
/** Tokens remembered as nobody's, or as nobody's any more. */
const NOBODYS_MAX = 10_000;

const ENDED = unauthenticated(
  'the session has ended: sign in again, with an API key or by a link that `npx stele console` prints',
);
const LATER = refuse(
  'STORE_UNAVAILABLE',
  'the session cannot be looked up now: ask again in a moment',
);

export type KnownSessionsOptions = {
  readonly nc: NatsConnection;
  readonly replicas: number;
  readonly clock: () => number;
  readonly log: { warn(what: object, message: string): void };
};

/**
 * The sessions as this node knows them: recognizing one asks nobody. One that another node began a
 * moment ago is looked up once, since a browser may come to this node before the news does.
 */
export class KnownSessions {
  readonly #bucket: ExpiringBucket<typeof Session>;
  readonly #sessions: Followed<Session>;
  readonly #clock: () => number;
  readonly #nobodys = new Set<string>();
  #second = 0;
  #lookUps = 0;

  private constructor(bucket: ExpiringBucket<typeof Session>, options: KnownSessionsOptions) {
    const { nc, clock, log } = options;
    this.#bucket = bucket;
    this.#clock = clock;
    this.#sessions = new Followed({ nc, source: bucket, what: 'sessions', log });
  }

  /** Settles once every session is known. */
  static async begin(options: KnownSessionsOptions): Promise<KnownSessions> {
    const { nc, replicas } = options;
    const bucket = await ExpiringBucket.open(nc, {
      name: ACCESS_SESSIONS_BUCKET,
      replicas,
      ttlMs: SESSION_LASTS_MS,
      schema: Session,
    });
    const known = new KnownSessions(bucket, options);
    await known.#sessions.begin();
    return known;
  }

  /** The session of a token that has not ended by itself, or UNAUTHENTICATED. */
  async find(token: string): Promise<Session | Refusal> {
    const id = digestOf(token);
    if (!this.#sessions.get(id)) {
      const refused = await this.#lookUp(id);
      if (refused) return refused;
    }
    const session = this.#sessions.get(id)?.value;
    return session && Date.parse(session.expires_at) > this.#clock() ? session : ENDED;
  }

  /** Keep a new session, and let the oldest of somebody who has too many go. */
  async add(token: string, value: Session): Promise<void> {
    const id = digestOf(token);
    const others = [...this.#sessions.entries()]
      .filter(
        ([, { actor, actor_type }]) => actor === value.actor && actor_type === value.actor_type,
      )
      .sort(([, a], [, b]) => a.created_at.localeCompare(b.created_at));
    const revision = await this.#bucket.create(id, value);
    this.#sessions.take({ id, revision, value });
    const many = others.length + 1 - SESSIONS_OF_ONE_MAX;
    for (const [old] of others.slice(0, Math.max(0, many))) await this.#remove(old);
  }

  /** A token of nobody is no error: then there is nothing to end. */
  async end(token: string): Promise<Refusal | undefined> {
    const id = digestOf(token);
    // What cannot be looked up may go on elsewhere: nobody is told that it has ended.
    if (!this.#sessions.get(id) && (await this.#lookUp(id)) === LATER) return LATER;
    if (this.#sessions.get(id)?.value) await this.#remove(id);
    return undefined;
  }

  close(): Promise<void> {
    return this.#sessions.close();
  }

  async #remove(id: string): Promise<void> {
    await this.#bucket.remove(id);
    const revision = this.#sessions.get(id)?.revision ?? 0;
    this.#sessions.take({ id, revision, value: undefined });
  }

  /** Ask NATS for what nobody told of. Bounded: tokens can be made up. */
  async #lookUp(id: string): Promise<Refusal | undefined> {
    if (this.#nobodys.has(id)) return ENDED;
    const second = Math.floor(this.#clock() / 1_000);
    if (second !== this.#second) [this.#second, this.#lookUps] = [second, 0];
    if (++this.#lookUps > LOOK_UPS_PER_S) return LATER;
    try {
      const found = await this.#bucket.get(id);
      if (!found?.value) {
        this.#remember(id);
        return ENDED;
      }
      this.#sessions.take(found);
      return undefined;
    } catch {
      return LATER;
    }
  }

  #remember(id: string): void {
    if (this.#nobodys.size >= NOBODYS_MAX)
      for (const oldest of this.#nobodys) {
        this.#nobodys.delete(oldest);
        break;
      }
    this.#nobodys.add(id);
  }
}
