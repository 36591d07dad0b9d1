import type { KV } from '@nats-io/kv';
import { z } from 'zod';
import { makingAnew } from '../../core/absent-stream.js';
import { type AskInfo, bucketKeys } from '../../core/bucket-keys.js';
import { notTaken } from '../../core/not-taken.js';
import { bucketStream, entrySubject, FAILED_ALERTS_BUCKET } from '../../core/subjects.js';

const FailedAlert = z.object({
  alert_id: z.string(),
  attempts: z.number(),
  failed_at: z.string(),
  /** Why the last attempt failed. */
  reason: z.string(),
  alert: z.unknown(),
});
/** An alert that was given up, as it is kept and shown. */
export type FailedAlert = z.output<typeof FailedAlert>;

/** Without what stands there. */
const KEYS_ALONE = { key: '>', headers_only: true };

/** Alerts that could not be delivered, until somebody has them tried again. */
export class FailedAlerts {
  readonly #kv: KV;
  readonly #renew: () => Promise<unknown>;
  readonly #ask: AskInfo;
  /** `renew` makes the bucket anew where it is gone. */
  constructor(kv: KV, renew: () => Promise<unknown>, ask: AskInfo) {
    this.#kv = kv;
    this.#renew = renew;
    this.#ask = ask;
  }

  async add(alert: FailedAlert): Promise<void> {
    try {
      await this.#kv.put(alert.alert_id, JSON.stringify(alert));
    } catch (error) {
      const subject = entrySubject(FAILED_ALERTS_BUCKET, alert.alert_id);
      throw notTaken(bucketStream(FAILED_ALERTS_BUCKET), subject, error);
    }
  }

  async get(alert_id: string): Promise<FailedAlert | undefined> {
    const entry = await makingAnew(() => this.#kv.get(alert_id), this.#renew);
    // What was removed leaves a marker.
    if (entry?.operation !== 'PUT') return undefined;
    return FailedAlert.parse(JSON.parse(entry.string()));
  }

  async remove(alert_id: string): Promise<void> {
    await this.#kv.purge(alert_id);
  }

  /** Some of them, and how many there are. */
  async list(most: number): Promise<{ readonly total: number; readonly alerts: FailedAlert[] }> {
    const ids = await makingAnew(() => this.#ids(), this.#renew);
    const found = await Promise.all(ids.slice(0, most).map((id) => this.get(id)));
    return { total: ids.length, alerts: found.filter((one) => one !== undefined) };
  }

  /** By one consumer; what the copy that it stands on lacks, from the leader, one after the other. */
  async #ids(): Promise<readonly string[]> {
    const seen = new Set<string>();
    const ids: string[] = [];
    for await (const { key, operation } of await this.#kv.history(KEYS_ALONE)) {
      seen.add(key);
      if (operation === 'PUT') ids.push(key);
    }
    const { keys } = await bucketKeys(this.#ask, FAILED_ALERTS_BUCKET);
    for (const key of keys) if (!seen.has(key) && (await this.get(key))) ids.push(key);
    return ids;
  }
}
