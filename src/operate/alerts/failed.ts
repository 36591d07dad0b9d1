import type { KV } from '@nats-io/kv';
import { z } from 'zod';
import { makingAnew } from '../../core/absent-stream.js';

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

/** Alerts that could not be delivered, until somebody has them tried again. */
export class FailedAlerts {
  readonly #kv: KV;
  readonly #renew: () => Promise<unknown>;
  /** `renew` makes the bucket anew where it is gone. */
  constructor(kv: KV, renew: () => Promise<unknown>) {
    this.#kv = kv;
    this.#renew = renew;
  }

  async add(alert: FailedAlert): Promise<void> {
    await this.#kv.put(alert.alert_id, JSON.stringify(alert));
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
    const ids: string[] = [];
    let total = 0;
    for await (const id of await makingAnew(() => this.#kv.keys(), this.#renew))
      if (total++ < most) ids.push(id);
    const found = await Promise.all(ids.map((id) => this.get(id)));
    return { total, alerts: found.filter((one) => one !== undefined) };
  }
}
