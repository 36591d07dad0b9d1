import { isFull, isLow, keptFree, leftIn, type Room } from '../nats-server/room.js';
import type { WriteGate } from '../write/store/write-gate.js';

/** Room comes back when there is so much more than the reserve: on the edge it would flutter. */
const BACK_ABOVE = 1.1;

export type HeadroomOptions = {
  /** Where it is, for people. */
  readonly where: string;
  /** The name under which it shuts the gate. */
  readonly by: string;
  readonly gate: WriteGate;
  readonly log: {
    info(message: string): void;
    warn(message: string): void;
    error(message: string): void;
  };
};

/** What is left at one place where events are kept, and what was said of it. */
export class Headroom {
  readonly #options: HeadroomOptions;
  #room: Room | undefined;
  #isFull = false;
  #isLow = false;

  constructor(options: HeadroomOptions) {
    this.#options = options;
  }

  get room(): Room | undefined {
    return this.#room;
  }

  get isFull(): boolean {
    return this.#isFull;
  }

  /** What is worth knowing though it is no reason to refuse, as a sentence. */
  get note(): string | null {
    if (!this.#room || !this.#isLow) return null;
    return `only ${leftIn(this.#room)} are left ${this.#options.where}`;
  }

  /** Shuts writing where it is full; whoever asked opens it again. Nothing is known without a room. */
  judge(room: Room | undefined): void {
    this.#room = room;
    if (!room) return;
    const { where, by, gate, log } = this.#options;
    const low = isLow(room);
    if (isFull(room)) {
      const message = `the event store is full: ${leftIn(room)} are left ${where}, ${keptFree(room)} are kept free`;
      gate.shut(by, { code: 'STORE_FULL', message });
      if (!this.#isFull) log.error(`${message}; nothing is written until there is room`);
      this.#isFull = true;
    } else if (this.#isFull && !isFull(room, BACK_ABOVE)) {
      this.#isFull = false;
      log.info(`there is room again ${where}: ${leftIn(room)}`);
    } else if (low && !this.#isLow)
      log.warn(`only ${leftIn(room)} are left ${where}: make room soon`);
    this.#isLow = low;
  }

  /** Unless it is full. */
  open(): void {
    if (!this.#isFull) this.#options.gate.open(this.#options.by);
  }

  /** There is no limit here any more. */
  lift(): void {
    const { where, by, gate, log } = this.#options;
    gate.open(by);
    if (this.#isFull) log.info(`there is no limit any more ${where}`);
  }
}
