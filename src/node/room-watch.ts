import { isFull, isLow, keptFree, leftIn, type Room } from '../nats-server/room.js';
import type { WriteGate } from '../write/store/write-gate.js';

const LOOK_EVERY_MS = 500;
/** Room comes back when there is so much more than the reserve: on the edge it would flutter. */
const BACK_ABOVE = 1.1;
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

/**
 * Looks at how much room the event store has. Before it is gone writing is shut: a server whose disk
 * is full answers nothing, and a stream that it could not write to takes nothing any more, also once
 * there is room again, until the server is started anew. Where that happened all the same, it does so.
 */
export class RoomWatch {
  readonly #options: RoomWatchOptions;
  readonly #timer: NodeJS.Timeout;
  #room: Room | undefined;
  #isFull = false;
  #isLow = false;
  /** Why the server must be started anew. */
  #ill: string | undefined;
  #restarted = Number.NEGATIVE_INFINITY;
  #looking: Promise<void> | undefined;

  constructor(options: RoomWatchOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  get room(): Room | undefined {
    return this.#room;
  }

  /** What is worth knowing though it is no reason to refuse, as a sentence. */
  get note(): string | null {
    if (!this.#room || !this.#isLow) return null;
    return `only ${leftIn(this.#room)} are left ${this.#options.where}`;
  }

  /** A stream takes no more writes. True when that is being mended. */
  stuck(stream: string): boolean {
    if (!this.#options.restart) return false;
    if (this.#ill === undefined) {
      this.#ill = `${stream} takes no more writes after one failed`;
      this.#options.log.error(`${this.#ill}; nats-server is started anew once there is room`);
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
    const room = await this.#options.look().catch(() => undefined);
    this.#room = room;
    if (room) this.#judge(room);
    if (this.#ill !== undefined && !this.#isFull)
      await this.#heal().catch((error: Error) => this.#options.log.error(error.message));
    if (!this.#isFull) this.#options.gate.open('room');
  }

  #judge(room: Room): void {
    const { where, gate, log } = this.#options;
    const { free, files } = room;
    const low = isLow(room);
    if (isFull(room)) {
      const message = `the event store is full: ${leftIn(room)} are left ${where}, ${keptFree(room)} are kept free`;
      gate.shut('room', { code: 'STORE_FULL', message });
      if (!this.#isFull) log.error(`${message}; nothing is written until there is room`);
      this.#isFull = true;
      if ((free < BOTTOM_BYTES || files === 0) && this.#options.restart)
        this.#ill ??= 'its disk was full';
    } else if (this.#isFull && !isFull(room, BACK_ABOVE)) {
      this.#isFull = false;
      this.#restarted = Number.NEGATIVE_INFINITY; // what filled it again is new trouble
      log.info(`there is room again ${where}: ${leftIn(room)}`);
    } else if (low && !this.#isLow)
      log.warn(`only ${leftIn(room)} are left ${where}: make room soon`);
    this.#isLow = low;
  }

  async #heal(): Promise<void> {
    const { restart, gate, log } = this.#options;
    if (performance.now() - this.#restarted < RESTARTS_APART_MS) return;
    this.#restarted = performance.now();
    const message = `nats-server is being started anew (${this.#ill})`;
    gate.shut('restart', { code: 'STORE_UNAVAILABLE', message });
    log.warn(`nats-server is started anew: ${this.#ill}`);
    await restart!();
    this.#ill = undefined;
    gate.open('restart');
  }
}
