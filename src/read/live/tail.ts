import type { Aggregate } from '../../core/aggregate.js';
import { Fault } from '../../core/refusal.js';
import type { LogEntry } from '../../write/store/event-log.js';
import type { EventStore } from '../../write/store/event-store.js';
import {
  HISTORY_READ_MAX,
  LOOKED_PER_TURN_MAX,
  RETRY_FIRST_MS,
  TAKE_BYTES_MAX,
  TAKE_EVENTS_MAX,
} from './limits.js';
import type { Reads } from './reads.js';
import { type Entry, entryOf, type Ring } from './ring.js';
import type { StreamFollower } from './stream-follower.js';
import type { Turns } from './turns.js';

/** What one client wants to see: after where, per type, and which events. */
export type Wish = {
  /** Sequence of the last message seen, per type. */
  readonly after: ReadonlyMap<Aggregate, number>;
  readonly wants: (event: Omit<Entry, 'json'>, kind: Aggregate) => boolean;
  /** Only events of this aggregate are wanted: its history is read by itself. */
  readonly aggregate_id?: string;
  /** Whoever asks: of one, few histories are read at a time. */
  readonly who?: string;
};
/** An event for a client. */
export type Taken = { readonly kind: Aggregate; readonly entry: Entry };

/** What the clients of one node share. */
export type Shared = {
  readonly store: EventStore;
  readonly reads: Reads;
  readonly turns: Turns;
  follower(kind: Aggregate): StreamFollower;
  /** Log trouble with the store. */
  note(error: unknown): void;
};

type Place = {
  readonly kind: Aggregate;
  readonly follower: StreamFollower;
  readonly leave: (atOnce: boolean) => void;
  after: number;
  /** The ring that was read from; another one belongs to another log. */
  ring: Ring | undefined;
};

/**
 * One client on the shared followers. It asks for what is next when it is ready for it: from the
 * ring of the type, or, when it is further behind than the ring reaches, from the log itself.
 * Nothing is buffered for it.
 */
export class Tail {
  readonly #shared: Shared;
  readonly #wish: Wish;
  readonly #places: Place[];
  /** Which type is looked at first, so that none starves behind a busy one. */
  #turn = 0;
  #wake: (() => void) | undefined;
  #closed = false;
  /** The history by aggregate cannot be read: all of the type is read instead. */
  #broken = false;
  /** Events looked at in this turn of the loop. */
  #looked = 0;

  constructor(shared: Shared, wish: Wish) {
    this.#shared = shared;
    this.#wish = wish;
    this.#places = [...wish.after].map(([kind, after]) => {
      const follower = shared.follower(kind);
      return { kind, follower, after, ring: undefined, leave: follower.join(() => this.#wake?.()) };
    });
  }

  /** How far everything was looked at, wanted or not. */
  get after(): ReadonlyMap<Aggregate, number> {
    return new Map(this.#places.map(({ kind, after }) => [kind, after]));
  }

  /**
   * The next events that are wanted, in the order of their type, at most so many. Empty when there
   * are none within the time; undefined when it is over, and a client that wants more comes again.
   */
  async take(withinMs: number): Promise<readonly Taken[] | undefined> {
    const deadline = performance.now() + withinMs;
    while (!this.#closed) {
      let waits = true;
      for (let n = 0; n < this.#places.length; n++) {
        const place = this.#places[(this.#turn + n) % this.#places.length]!;
        if (this.#isOver(place)) return undefined;
        const behind = place.ring !== undefined && place.after < place.ring.after;
        const taken = behind ? await this.#fromLog(place) : this.#fromRing(place);
        if (this.#looked > LOOKED_PER_TURN_MAX) await this.#giveWay();
        if (this.#closed) return undefined;
        if (taken.length > 0) {
          this.#turn = (this.#turn + n + 1) % this.#places.length;
          return taken;
        }
        waits &&= !behind;
      }
      const left = deadline - performance.now();
      if (left <= 0) return [];
      // What came while the log was read woke nobody: look again before waiting.
      if (waits && !this.#news()) await this.#sleep(left);
    }
    return undefined;
  }

  /** Leave. `atOnce` when the whole node is ending. May be called again. */
  close(atOnce = false): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const { leave } of this.#places) leave(atOnce);
    this.#wake?.();
  }

  #isOver(place: Place): boolean {
    place.ring ??= place.follower.ring;
    return place.ring !== place.follower.ring;
  }

  #news(): boolean {
    return this.#places.some(
      ({ follower, ring, after }) =>
        ring !== follower.ring || (ring !== undefined && after < ring.last),
    );
  }

  /** With many clients that have much to take, nobody else would get a turn. */
  async #giveWay(): Promise<void> {
    await this.#shared.turns.take();
    this.#looked = 0;
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake?.(), ms);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
    });
  }

  #fromRing(place: Place): Taken[] {
    const { ring, kind } = place;
    const taken: Taken[] = [];
    if (!ring) return taken;
    let bytes = 0;
    for (const entry of ring.behind(place.after)) {
      place.after = entry.sequence;
      this.#looked++;
      if (!this.#wish.wants(entry, kind)) continue;
      taken.push({ kind, entry });
      bytes += entry.json.length;
      if (taken.length >= TAKE_EVENTS_MAX || bytes >= TAKE_BYTES_MAX) break;
    }
    return taken;
  }

  async #fromLog(place: Place): Promise<Taken[]> {
    const id = this.#broken ? undefined : this.#wish.aggregate_id;
    const before = place.after;
    let found: readonly LogEntry[] = [];
    try {
      found = await this.#shared.reads.read(this.#wish.who, () =>
        id === undefined ? this.#scan(place) : this.#ofOne(place, id),
      );
    } catch (error) {
      // One message that belongs to nobody must not hide what is behind it.
      if (error instanceof Fault && error.code === 'HISTORY_BROKEN') this.#broken = true;
      this.#shared.note(error);
    }
    const taken = found.flatMap((one): Taken[] => {
      if (!('event' in one)) return [];
      if (!this.#wish.wants(one.event, place.kind)) return [];
      return [{ kind: place.kind, entry: entryOf(place.kind, one.event) }];
    });
    this.#looked += found.length;
    place.after = Math.max(place.after, found.at(-1)?.sequence ?? 0);
    // The store is away.
    if (place.after === before) await this.#sleep(RETRY_FIRST_MS);
    return taken;
  }

  async #scan({ kind, after }: Place): Promise<readonly LogEntry[]> {
    const found: LogEntry[] = [];
    for await (const entry of this.#shared.store.scan(kind, after + 1, HISTORY_READ_MAX))
      found.push(entry);
    return found;
  }

  /** The next events of one aggregate. What lies between its last one and the ring is of others. */
  async #ofOne(place: Place, id: string): Promise<readonly LogEntry[]> {
    const { kind } = place;
    const end = place.ring!.after;
    const events = await this.#shared.store.read(kind, id, place.after + 1, HISTORY_READ_MAX);
    if (events.length < HISTORY_READ_MAX) place.after = Math.max(place.after, end);
    return events.map((event) => ({ sequence: event.sequence, event }));
  }
}
