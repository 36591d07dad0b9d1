import type { Command } from '../../core/command.js';
import { Fault } from '../../core/refusal.js';
import type { Group } from './decide-together.js';
import type { Result } from './outcome.js';

/** How a command ended, for whoever waits; a promise is a first answer that is read again. */
export type Answer = Result | Fault | Promise<Result>;

/** A command in the inbox and whoever waits for its answer. */
export type Ticket = {
  readonly command: Command;
  readonly settle: (answer: Answer) => void;
  /** The commands it is decided and written with, all or none. */
  readonly group: Group | undefined;
  /** Once told, a caller is never told something else, and its command not decided again. */
  settled: boolean;
};

/** Whether a command is decided in a turn of its own, or of its group. */
const isAlone = ({ group, command: { spec, dry_run } }: Ticket): boolean =>
  group !== undefined || dry_run || (spec.boundaries?.length ?? 0) > 0;

/** The commands that wait for one aggregate, in the order they came. */
export class Inbox {
  readonly #onSettled: (command: Command, answer: Answer) => void;
  readonly #tickets: Ticket[] = [];

  constructor(onSettled: (command: Command, answer: Answer) => void) {
    this.#onSettled = onSettled;
  }

  get length(): number {
    return this.#tickets.length;
  }

  /** Whether so many more fit. Several decided together may need more room than there is at all. */
  fits(more: number, max: number): boolean {
    return this.length === 0 ? max > 0 : this.length + more <= max;
  }

  /** Settles with the answer. @throws Fault */
  add(command: Command, group?: Group): Promise<Result> {
    return new Promise((resolve, reject) => {
      const ticket: Ticket = {
        command,
        group,
        settled: false,
        settle: (answer) => {
          ticket.settled = true;
          this.#onSettled(command, answer);
          if (answer instanceof Fault) reject(answer);
          else resolve(answer);
        },
      };
      this.#tickets.push(ticket);
    });
  }

  /**
   * The next turn: the commands of a group, one that needs a boundary or is a dry run, or as many
   * others as fit.
   */
  take(max: number): Ticket[] {
    const [first] = this.#tickets as [Ticket];
    const end = isAlone(first)
      ? (first.group?.size ?? 1)
      : this.#tickets.findIndex((ticket, at) => isAlone(ticket) || at >= max);
    return this.#tickets.splice(0, end === -1 ? this.length : end);
  }

  /** Whoever waits is told the same. */
  settleAll(fault: Fault): void {
    for (const { settle } of this.#tickets.splice(0)) settle(fault);
  }
}
