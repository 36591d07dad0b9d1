import type { NatsConnection } from '@nats-io/transport-node';
import type { Principal } from '../../core/access.js';
import type { Refusal } from '../../core/refusal.js';
import { over, unauthenticated } from './access.js';
import { type ApiKey, digest, fits, readKeyText, stateOf } from './api-key.js';
import { Followed } from './followed.js';
import type { KeyBucket } from './key-bucket.js';

const UNKNOWN = unauthenticated(
  'there is no such API key: `stele key list` shows those there are, `stele key create` makes one',
);

export type KnownKeysOptions = {
  readonly nc: NatsConnection;
  readonly bucket: KeyBucket;
  readonly clock: () => number;
  readonly log: { warn(what: object, message: string): void };
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

/** The API keys as this node knows them: recognizing one asks nobody. */
export class KnownKeys {
  readonly #keys: Followed<ApiKey>;
  readonly #clock: () => number;

  constructor({ nc, bucket, clock, log }: KnownKeysOptions) {
    const list = async () =>
      (await bucket.list()).map(({ key, revision }) => ({ id: key.id, revision, value: key }));
    const source = { list, watch: (signal: AbortSignal) => bucket.watch(signal) };
    this.#keys = new Followed({ nc, source, what: 'API keys', log });
    this.#clock = clock;
  }

  /** Settles once every key is known. */
  begin(): Promise<void> {
    return this.#keys.begin();
  }

  /** Whom a key stands for, or what is wrong with it. */
  recognize(text: string): Principal | Refusal {
    const given = readKeyText(text);
    if (given) return this.standing(given.id, digest(given.secret));
    return unauthenticated('this is no API key: one reads stele_<id>_<secret>, as it was printed');
  }

  /** Whom somebody stands for who has shown the secret of this digest, now or before. */
  standing(id: string, secretDigest: string): Principal | Refusal {
    const key = this.#keys.get(id)?.value;
    const now = this.#clock();
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
}
