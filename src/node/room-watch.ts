import type { Room } from '../nats-server/room.js';
import type { WriteGate } from '../write/store/write-gate.js';
import { Headroom } from './headroom.js';

const LOOK_EVERY_MS = 500;
/** With less than this left something was refused by the disk, whether or not it was told here. */
const BOTTOM_BYTES = 1024 * 1024;
/** A server is started anew for a stuck stream no more often, unless its disk was full meanwhile. */
const RESTARTS_APART_MS = 60_000;

export type RoomWatchOptions = {
  /** What is left where events are kept; undefined when nobody tells. */
  readonly look: () => Promise<Room | undefined>;
  /** Where that is, for people. */
  readonly where: string;
  readonly gate: WriteGate;
  /** Starts the server anew; missing when it is not ours. */
  readonly restart?: () => Promise<void>;
  readonly log: {
    info(message: string): void;
    warn(message: string): void;
    error(message: string): void;
  };
};

type Ill = { readonly why: string; readonly isStill: () => boolean };

/**
 * Looks at how much room the event store has. Before it is gone writing is shut: a server whose disk
 * is full answers nothing, and a stream that it could not write to takes nothing any more, also once
 * there is room again, until the server is started anew. Where that happened all the same, it does so.
 */
export class RoomWatch {
  readonly #options: RoomWatchOptions;
  readonly #timer: NodeJS.Timeout;
  readonly #main: Headroom;
  /** Of streams that may hold so much and no more. */
  readonly #streams = new Map<string, Headroom>();
  /** Why the server must be started anew, and whether it still must. */
  #ill: Ill | undefined;
  #restarted = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | undefined;

  constructor(options: RoomWatchOptions) {
    this.#options = options;
    const { where, gate, log } = options;
    this.#main = new Headroom({ where, by: 'room', gate, log });
    this.#timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  get room(): Room | undefined {
    return this.#main.room;
  }

  /** What is left in each stream that somebody gave a limit. */
  get streams(): ReadonlyMap<string, Room> {
    const found = new Map<string, Room>();
    for (const [stream, { room }] of this.#streams) if (room) found.set(stream, room);
    return found;
  }

  /** What a stream may still hold; undefined where it has no limit of its own. */
  ofStream(stream: string, room: Room | undefined): void {
    let known = this.#streams.get(stream);
    if (!room) {
      known?.lift();
      this.#streams.delete(stream);
      return;
    }
    if (!known) {
      const { gate, log } = this.#options;
      const where = `in the stream ${stream}, by its max_bytes`;
      known = new Headroom({ where, by: `room in ${stream}`, gate, log });
      this.#streams.set(stream, known);
    }
    known.judge(room);
    known.open();
  }

  /** What is worth knowing though it is no reason to refuse, as a sentence. */
  get note(): string | null {
    const notes = [this.#main, ...this.#streams.values()].map(({ note }) => note);
    return notes.filter((one) => one !== null).join('; ') || null;
  }

  /** A stream takes no more writes, as long as that holds. True when that is being mended. */
  stuck(stream: string, isStill: () => boolean): boolean {
    if (!this.#options.restart) return false;
    if (this.#ill === undefined) {
      this.#ill = { why: `${stream} takes no more writes after one failed`, isStill };
      this.#options.log.error(`${this.#ill.why}; nats-server is started anew once there is room`);
      void this.look();
    }
    return true;
  }

  /** One look at a time; settles when it is over, a restart included. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const wasFull = this.#main.isFull;
    const room = await this.#options.look().catch(() => undefined);
    this.#main.judge(room);
    const { isFull } = this.#main;
    if (wasFull && !isFull) this.#restarted = Number.NEGATIVE_INFINITY; // what filled it again is new trouble
    const isOver = room !== undefined && (room.free < BOTTOM_BYTES || room.files === 0);
    if (isFull && isOver && this.#options.restart)
      this.#ill ??= { why: 'its disk was full', isStill: () => true };
    if (this.#ill && !this.#ill.isStill()) {
      this.#options.log.info(`it is over that ${this.#ill.why}: nothing is started anew`);
      this.#ill = undefined;
    }
    if (this.#ill && !isFull)
      await this.#heal(this.#ill).catch((error: Error) => this.#options.log.error(error.message));
    this.#main.open();
  }

  async #heal({ why }: Ill): Promise<void> {
    const { restart, gate, log } = this.#options;
    if (performance.now() - this.#restarted < RESTARTS_APART_MS) return;
    this.#restarted = performance.now();
    const message = `nats-server is being started anew (${why})`;
    gate.shut('restart', { code: 'STORE_UNAVAILABLE', message });
    log.warn(`nats-server is started anew: ${why}`);
    await restart!();
    this.#ill = undefined;
    gate.open('restart');
  }
}
