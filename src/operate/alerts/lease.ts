import { setTimeout as pause } from 'node:timers/promises';
import type { KV } from '@nats-io/kv';
import { LEASE_LOST_MS, LEASE_RENEW_MS, LEASE_TIMEOUT_MS } from './limits.js';

export type LeaseOptions = {
  readonly kv: KV;
  readonly key: string;
  readonly signal: AbortSignal;
  readonly note: (error: unknown) => void;
};

/** Whoever left it like this does not need it any more. */
const FREE = '';

/**
 * Do something on one node at a time, as well as that can be known: what is done must be harmless
 * when two do it. No clocks are compared. A lease whose entry did not change for a while, watched
 * from here, belongs to a node that is gone.
 */
export const whileLeading = async (
  { kv, key, signal, note }: LeaseOptions,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> => {
  const me = crypto.randomUUID();
  let watched = { revision: 0, since: 0 };

  const take = async (): Promise<number | undefined> => {
    const entry = await kv.get(key);
    if (!entry) return kv.create(key, me);
    const now = performance.now();
    if (entry.revision !== watched.revision) watched = { revision: entry.revision, since: now };
    const free = entry.string() === FREE || now - watched.since >= LEASE_LOST_MS;
    return free ? kv.update(key, me, entry.revision, LEASE_TIMEOUT_MS) : undefined;
  };

  const hold = async (first: number): Promise<void> => {
    let revision = first;
    const lost = new AbortController();
    const working = work(AbortSignal.any([signal, lost.signal])).catch(note);
    try {
      while (!signal.aborted) {
        await pause(LEASE_RENEW_MS, undefined, { signal, ref: false }).catch(() => {});
        if (!signal.aborted) revision = await kv.update(key, me, revision, LEASE_TIMEOUT_MS);
      }
    } finally {
      lost.abort();
      await working;
      if (signal.aborted) await kv.update(key, FREE, revision, LEASE_TIMEOUT_MS).catch(() => {});
    }
  };

  while (!signal.aborted) {
    try {
      const revision = await take();
      if (revision !== undefined) await hold(revision);
    } catch (error) {
      note(error); // another was quicker, or the server is away
    }
    await pause(LEASE_RENEW_MS, undefined, { signal, ref: false }).catch(() => {});
  }
};
