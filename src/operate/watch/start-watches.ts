import { setTimeout as pause } from 'node:timers/promises';
import { TRUSTED } from '../../core/access.js';
import type { Aggregate } from '../../core/aggregate.js';
import { isRefusal } from '../../core/refusal.js';
import type { Registry } from '../../core/registry.js';
import type { Finding, Watch } from '../../core/watch.js';
import { Boundaries } from '../../write/runtime/boundaries.js';
import type { Log } from '../../write/runtime/log.js';
import type { Runtime } from '../../write/runtime/runtime.js';
import type { EventStore } from '../../write/store/event-store.js';

/** How long after an event of this node it is looked again: many events cost one look. */
const SETTLE_MS = 250;
/** How often it is looked anyway, for what other nodes wrote. */
const EVERY_MS = 2_000;
/** Most items that one look opens or resolves; the next look goes on. */
const COMMANDS_MAX = 500;

/** How a watch does. */
export type WatchStatus = {
  readonly name: string;
  /** What should not be so, at the last look. */
  readonly findings: number;
  /** Time of the last look that succeeded, ISO 8601 UTC; null before the first. */
  readonly looked_at: string | null;
  /** Why the last look failed; null when it did not. */
  readonly failing: string | null;
};

export type Watches = {
  readonly status: () => readonly WatchStatus[];
  /** Look again soon: something was written. */
  readonly wrote: () => void;
  /** A part of the log was given up: look at all of it anew. */
  readonly forget: () => void;
  close(): Promise<void>;
};

export type WatchesOptions = {
  readonly watches: readonly Watch[];
  readonly runtime: Pick<Runtime, 'dispatch' | 'registry'>;
  readonly store: EventStore;
  readonly log: Log;
  readonly clock?: () => number;
  readonly everyMs?: number;
};

/** A finding and the item that stands for it. */
type Found = { readonly id: string; readonly finding: Finding };

const definitionOf = (registry: Registry, { name, items }: Watch): Aggregate => {
  const definition = registry.aggregate(items.of);
  const [open, resolve] = [items.open, items.resolve].map((type) => definition?.commands[type]);
  if (!definition || !open || !resolve)
    throw new TypeError(
      `the watch "${name}" needs ${items.of} with the commands ${items.open} and ${items.resolve}`,
    );
  if (!open.identity) throw new TypeError(`the watch "${name}": ${items.open} needs an identity`);
  return definition;
};

/** One watch: looks at everything when something was written, and from time to time. */
class Watcher {
  readonly #watch: Watch;
  readonly #options: WatchesOptions;
  readonly #boundaries: Boundaries;
  readonly #items: Aggregate;
  #findings = 0;
  #lookedAt: string | null = null;
  #failing: string | null = null;
  /** What the look before found: only what is found twice is so, see `#found`. */
  #before: ReadonlySet<string> = new Set();

  constructor(watch: Watch, options: WatchesOptions) {
    this.#watch = watch;
    this.#options = options;
    this.#boundaries = new Boundaries(options.store, options.runtime.registry);
    this.#items = definitionOf(options.runtime.registry, watch);
  }

  get status(): WatchStatus {
    const { name } = this.#watch;
    return {
      name,
      findings: this.#findings,
      looked_at: this.#lookedAt,
      failing: this.#failing,
    };
  }

  /** What was found in what the log says no more counts for nothing. */
  forget(): void {
    this.#boundaries.forget();
    this.#before = new Set();
  }

  /** True when there is more to do at once. */
  async look(signal: AbortSignal): Promise<boolean> {
    const { log, clock = Date.now } = this.#options;
    try {
      const { found, known, again } = await this.#found();
      const missing = found.filter(({ id }) => (known.get(id) ?? 'resolved') === 'resolved');
      const there = new Set(found.map(({ id }) => id));
      const gone = [...known].filter(([id, state]) => state !== 'resolved' && !there.has(id));
      const sent = await this.#send(missing, gone, signal);
      this.#findings = found.length;
      this.#lookedAt = new Date(clock()).toISOString();
      this.#failing = null;
      return again || sent >= COMMANDS_MAX;
    } catch (error) {
      if (signal.aborted) return false;
      const { message } = error as Error;
      if (this.#failing !== message)
        log.warn({ err: error, watch: this.#watch.name }, 'a watch cannot look now');
      this.#failing = message;
      return false;
    }
  }

  /**
   * What is so now. Streams are read one after the other: a reference may be read before what it
   * names was. What is found twice, each time with fresh facts, was no such glimpse.
   */
  async #found() {
    const { boundaries, findings, items, name } = this.#watch;
    const folding = { name, slug: `watch-${name}`, boundaries };
    return this.#boundaries.within(folding, Object.keys(boundaries), async (catchUp) => {
      const { entries } = await catchUp();
      const all = new Map<string, Found>();
      for (const finding of findings(entries)) {
        const id = this.#idOf(finding);
        all.set(id, { id, finding });
      }
      const found = [...all.values()].filter(({ id }) => this.#before.has(id));
      const known = new Map(items.known(entries).map(({ id, state }) => [id, state] as const));
      const again = all.size > found.length;
      this.#before = new Set(all.keys());
      // What is found for the first time is not gone either.
      for (const id of all.keys())
        if (!found.some((one) => one.id === id) && known.has(id)) known.delete(id);
      return { found, known, again };
    });
  }

  #idOf(finding: Finding): string {
    const { data, identity } = this.#items.commands[this.#watch.items.open]!;
    return identity!(data.parse(finding));
  }

  async #send(
    missing: readonly Found[],
    gone: readonly (readonly [id: string, state: string])[],
    signal: AbortSignal,
  ): Promise<number> {
    const { open, resolve, resolution } = this.#watch.items;
    const commands = [
      ...missing.map(({ id, finding }) => ({ id, type: open, data: finding })),
      ...gone.map(([id]) => ({ id, type: resolve, data: resolution })),
    ].slice(0, COMMANDS_MAX);
    for (const { id, type, data } of commands) {
      if (signal.aborted) return 0;
      await this.#dispatch(id, type, data);
    }
    return commands.length;
  }

  async #dispatch(aggregate_id: string, command_type: string, data: Finding): Promise<void> {
    const { runtime, log, clock = Date.now } = this.#options;
    const { name } = this.#watch;
    const result = await runtime.dispatch(
      {
        command_id: crypto.randomUUID(),
        command_type,
        aggregate_id,
        data,
        aggregate_type: this.#items.name,
        actor: `watch:${name}`,
        actor_type: 'system',
        source: 'system',
        command_timestamp: new Date(clock()).toISOString(),
      },
      'watch',
      TRUSTED,
    );
    // Another node may have been faster.
    if (isRefusal(result) && !EXPECTED.has(result.refused))
      log.warn({ watch: name, command_type, aggregate_id, refused: result.message }, 'refused');
  }
}
const EXPECTED = new Set(['ALREADY_EXISTS', 'NO_CHANGE', 'INVALID_LIFECYCLE_TRANSITION']);

/** Start the watches of an application. @throws TypeError when one does not fit its definitions. */
export const startWatches = (options: WatchesOptions): Watches => {
  const { watches, everyMs = EVERY_MS } = options;
  const watchers = watches.map((watch) => new Watcher(watch, options));
  const stop = new AbortController();
  const { signal } = stop;
  let wake = (): void => {};
  let dirty = true;
  const rest = async (): Promise<void> => {
    if (!dirty) {
      const written = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const timer = new AbortController();
      const late = pause(everyMs, undefined, { signal: timer.signal, ref: false }).catch(() => {});
      await Promise.race([written, late]);
      timer.abort();
    }
    if (!signal.aborted) await pause(SETTLE_MS);
  };
  const run = async (): Promise<void> => {
    while (!signal.aborted && watchers.length > 0) {
      await rest();
      dirty = false;
      for (const watcher of watchers)
        if (!signal.aborted && (await watcher.look(signal))) dirty = true;
    }
  };
  const running = run();
  return {
    status: () => watchers.map(({ status }) => status),
    wrote: () => {
      dirty = true;
      wake();
    },
    forget: () => {
      for (const watcher of watchers) watcher.forget();
    },
    close: async () => {
      stop.abort();
      wake();
      await running;
    },
  };
};
