import { getHeapStatistics } from 'node:v8';
import { ImportError, type PlannedCommand } from '../../src/operate/importing/importer.js';
import { charsOf } from '../chars-of.js';

/**
 * Bytes of memory for each character of a plan, and as much again for another import beside it:
 * measured, 150,000 commands of 61 million characters need a heap of nearly 1 GB.
 */
const HEAP_BYTES_PER_CHAR = 64;
/** Characters of all commands of an import, at most, however much memory there is. */
const PLAN_CHARS_MAX = 192 * 1024 * 1024;
/** All commands are in memory before the first is sent, and the node goes on beside them. */
export const planCharsMax = (heapBytes = getHeapStatistics().heap_size_limit): number =>
  Math.min(PLAN_CHARS_MAX, Math.floor(heapBytes / HEAP_BYTES_PER_CHAR));
/** What a command takes besides its data and what it is called. */
const COMMAND_CHARS = 200;
/**
 * Counts the commands of a plan while they are made: what a model says in few words, such as a
 * list that all rows of a table have, may become very many.
 */
export class PlanSize {
  readonly #source: string;
  readonly #most: number;
  #chars = 0;
  #commands = 0;

  constructor(source: string, most = planCharsMax()) {
    this.#source = source;
    this.#most = most;
  }

  /** @throws ImportError when they have become too many */
  add(commands: readonly PlannedCommand[]): void {
    this.#commands += commands.length;
    for (const { data, about } of commands)
      this.#chars += COMMAND_CHARS + about.length + charsOf(data);
    if (this.#chars > this.#most)
      throw new ImportError({
        code: 'PLAN_TOO_LARGE',
        file: this.#source,
        wrong: `comes to more than ${this.#commands} commands with ${this.#chars} characters`,
        expected: `at most ${this.#most} characters in all commands together, as much as the memory of this node has room for: import it in parts, or give the node more (NODE_OPTIONS=--max-old-space-size=<MB>)`,
      });
  }
}
