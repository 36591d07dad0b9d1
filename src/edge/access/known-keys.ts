import type { NatsConnection } from '@nats-io/transport-node';
import type { Principal } from '../../core/access.js';
import { type Refusal, refuse } from '../../core/refusal.js';
import { ACCESS_KEYS_BUCKET, bucketStream } from '../../core/subjects.js';
import { over, unauthenticated } from './access.js';
import { type ApiKey, digest, fits, readKeyText, stateOf } from './api-key.js';
import { Followed } from './followed.js';
import type { KeyBucket } from './key-bucket.js';

const UNKNOWN = unauthenticated(
  'there is no such API key: `stele key list` shows those there are, `stele key create` makes one',
);
const GONE = refuse(
  'STORE_UNAVAILABLE',
  'no API key can be looked up now: where they are kept was removed, or cannot be read; ask who runs this',
);
/** Ids that are told at a time. */
const NAMED_MAX = 20;
const STREAM = bucketStream(ACCESS_KEYS_BUCKET);
/** None is made by itself then: whoever emptied it would get one with every role. */
export const NONE_ANY_MORE = `${STREAM} holds no API key, though there were some: it was emptied or damaged; restore it, or make keys anew with \`stele key create\``;

export type KnownKeysOptions = {
  readonly nc: NatsConnection;
  readonly bucket: KeyBucket;
  readonly clock: () => number;
  /** The bucket is made anew, empty, where somebody removed it. */
  readonly makeAnew: boolean;
  /** Whether something tells that there were keys before this node began. */
  readonly wereKeys: boolean;
  readonly log: {
    warn(what: object, message: string): void;
    error(what: object, message: string): void;
  };
};

const principalOf = (key: ApiKey): Principal =>
  Object.freeze({
    actor: key.actor,
    actor_type: key.actor_type,
    roles: key.roles,
    teams: key.teams,
    credential: `key:${key.id}`,
    ...(key.subject !== null && { subject: key.subject }),
    ...(key.expires_at !== null && { until: key.expires_at }),
  });

/**
 * The API keys as this node knows them: recognizing one asks nobody. When their bucket is removed,
 * none of them counts any more. This node may not have heard yet that one was revoked, and nobody
 * could revoke one that is in no bucket; so they are not written again from memory.
 */
export class KnownKeys {
  readonly #keys: Followed<ApiKey>;
  readonly #clock: () => number;
  #wereKeys: boolean;
  /** Those of a bucket that was removed, or that an older copy took the place of. */
  #lost: ReadonlyMap<string, ApiKey> = new Map();

  constructor({ nc, bucket, clock, makeAnew, wereKeys, log }: KnownKeysOptions) {
    this.#keys = new Followed({
      nc,
      source: bucket,
      what: 'API keys',
      log,
      onGone: async (isFirst) => {
        if (isFirst) log.error({}, this.#gone());
        // Where there was no key none is lost. One that fails is tried again at the next look.
        if (makeAnew || this.#count() === 0) await bucket.makeAnew().catch(() => {});
      },
      onOther: (before, how) => {
        this.#lost = new Map([...this.#lost, ...before]);
        if (how === 'older') log.error({}, this.#saidOlder());
        else if (before.size > 0) log.error({}, this.#saidLost());
      },
      onEmptied: () => {
        this.#wereKeys = true;
        log.error({}, NONE_ANY_MORE);
      },
    });
    this.#wereKeys = wereKeys;
    this.#clock = clock;
  }

  /** Settles once every key is known. */
  begin(): Promise<void> {
    return this.#keys.begin();
  }

  /** What is the matter with where keys are kept, until there are some again; as a sentence. */
  get trouble(): string | null {
    if (this.#keys.isGone) return this.#gone();
    if (this.#lost.size > 0 && this.#count() === 0) return this.#saidLost();
    if (this.#wereKeys && this.#count() === 0) return NONE_ANY_MORE;
    return this.#revived().length > 0 ? this.#saidOlder() : null;
  }

  /** Whom a key stands for, or what is wrong with it. */
  recognize(text: string): Principal | Refusal {
    const given = readKeyText(text);
    if (given) return this.standing(given.id, digest(given.secret));
    return unauthenticated('this is no API key: one reads stele_<id>_<secret>, as it was printed');
  }

  /** Whom somebody stands for who has shown the secret of this digest, now or before. */
  standing(id: string, secretDigest: string): Principal | Refusal {
    if (this.#keys.isGone) return GONE;
    const now = this.#clock();
    const key = this.#keys.get(id)?.value;
    const lost = key ? undefined : this.#lost.get(id);
    // Whoever shows it guesses nothing: all of them do so at once.
    if (lost && fits(lost, secretDigest, now))
      return over(
        `the API key ${id} was lost where keys are kept: ask for a new one (stele key create)`,
      );
    // What a key's state is, only its owner is told.
    if (!key || !fits(key, secretDigest, now)) return UNKNOWN;
    const state = stateOf(key, now);
    if (state === 'active') return principalOf(key);
    const when = state === 'revoked' ? key.revoked_at : key.expires_at;
    return over(
      `the API key ${key.id} ${state === 'revoked' ? 'was revoked' : 'expired'} at ${when}: ask for a new one (stele key create)`,
    );
  }

  close(): Promise<void> {
    return this.#keys.close();
  }

  #count(): number {
    return [...this.#keys.entries()].length;
  }

  /** Ids of keys that were revoked, and count again. */
  #revived(): readonly string[] {
    const isRevoked = (key: ApiKey | undefined): boolean => key != null && key.revoked_at !== null;
    return [...this.#lost]
      .filter(([id, key]) => isRevoked(key) && !isRevoked(this.#keys.get(id)?.value ?? key))
      .map(([id]) => id);
  }

  #gone(): string {
    return `${STREAM} was removed: no API key counts (it held ${this.#count()}); restore it, or make keys anew with \`stele key create\``;
  }

  #saidOlder(): string {
    const revived = this.#revived();
    const more = revived.length - NAMED_MAX;
    const named = revived.slice(0, NAMED_MAX).join(', ') + (more > 0 ? ` and ${more} more` : '');
    const which = named && `; revoke again ${named}`;
    return `${STREAM} was put back to an older copy: keys that were revoked or rotated since it was made count as they did then${which}`;
  }

  #saidLost(): string {
    return `${STREAM} was removed and made anew: the API keys that it held (${this.#lost.size}) are lost; make new ones with \`stele key create\``;
  }
}
