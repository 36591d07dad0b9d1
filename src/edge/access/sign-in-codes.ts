import { randomBytes } from 'node:crypto';
import type { NatsConnection } from '@nats-io/transport-node';
import { z } from 'zod';
import { CODE_LASTS_MS } from '../../core/buckets.js';
import { Fault, type Refusal } from '../../core/refusal.js';
import { ACCESS_CODES_BUCKET } from '../../core/subjects.js';
import { type CodeFor, unauthenticated } from './access.js';
import { digest } from './api-key.js';
import { ExpiringBucket } from './expiring-bucket.js';

const CODE_BYTES = 20;
const CODE = /^[0-9a-f]{40}$/;

const Code = z.object({
  actor: z.string(),
  actor_type: z.enum(['user', 'service', 'system']),
  roles: z.array(z.string()),
  teams: z.array(z.string()),
  created_at: z.string(),
  expires_at: z.string(),
});
/** What is kept of a code, under its digest. */
export type Code = z.output<typeof Code>;

const OVER = unauthenticated(
  'this sign-in link counts no more: it counts once, for 10 minutes; `npx stele console` prints another one',
);

const away = (cause: unknown): Fault =>
  new Fault(
    'STORE_UNAVAILABLE',
    'NATS does not answer, so nobody can sign in with a code now: try again in a moment; if the code is used up by then, `npx stele console` prints another link',
    { cause },
  );

export type SignInCodesOptions = {
  readonly nc: NatsConnection;
  readonly replicas: number;
  readonly clock: () => number;
};

/** Codes that let somebody sign in, each once. The bucket is opened when the first one is used. */
export class SignInCodes {
  readonly #options: SignInCodesOptions;
  #opened: Promise<ExpiringBucket<typeof Code>> | undefined;

  constructor(options: SignInCodesOptions) {
    this.#options = options;
  }

  /** The text of a new code, which nobody can tell again. @throws Fault STORE_UNAVAILABLE */
  async make({ actor, actor_type, roles, teams }: CodeFor): Promise<string> {
    const code = randomBytes(CODE_BYTES).toString('hex');
    const now = this.#options.clock();
    const [created_at, expires_at] = [now, now + CODE_LASTS_MS].map((at) =>
      new Date(at).toISOString(),
    ) as [string, string];
    const who = { actor, actor_type, roles: [...roles], teams: [...teams] };
    try {
      await (await this.#bucket()).create(digest(code), { ...who, created_at, expires_at });
    } catch (error) {
      throw this.#away(error);
    }
    return code;
  }

  /**
   * Whom a code is for, and where it stood. It counts no more: of two that bring it at once, on
   * whatever nodes, one gets it. @throws Fault STORE_UNAVAILABLE
   */
  async take(text: string): Promise<{ readonly id: string; readonly code: Code } | Refusal> {
    if (!CODE.test(text)) return OVER;
    const id = digest(text);
    try {
      const bucket = await this.#bucket();
      const found = await bucket.get(id);
      if (!found?.value || Date.parse(found.value.expires_at) <= this.#options.clock()) return OVER;
      const taken = await this.#remove(bucket, { id, revision: found.revision });
      return taken ? { id, code: found.value } : OVER;
    } catch (error) {
      throw this.#away(error);
    }
  }

  /** The next one opens the bucket anew: somebody may have removed it. */
  #away(cause: unknown): Fault {
    this.#opened = undefined;
    return away(cause);
  }

  /** Whether it was this call that removed it. */
  async #remove(
    bucket: ExpiringBucket<typeof Code>,
    { id, revision }: { readonly id: string; readonly revision: number },
  ): Promise<boolean> {
    try {
      await bucket.remove(id, revision);
      return true;
    } catch (error) {
      if ((await bucket.get(id))?.revision !== revision) return false;
      throw error;
    }
  }

  #bucket(): Promise<ExpiringBucket<typeof Code>> {
    if (this.#opened) return this.#opened;
    const { nc, replicas } = this.#options;
    const opening = ExpiringBucket.open(nc, {
      name: ACCESS_CODES_BUCKET,
      replicas,
      ttlMs: CODE_LASTS_MS,
      schema: Code,
    });
    this.#opened = opening;
    // One that failed is tried again.
    opening.catch(() => {
      this.#opened = undefined;
    });
    return opening;
  }
}
