import { ImportError, type PlannedCommand } from '../../src/operate/importing/importer.js';
import { charsOf } from '../chars-of.js';

/** Characters of all commands of an import; all of them are in memory before the first is sent. */
const PLAN_CHARS_MAX = 192 * 1024 * 1024;
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

  constructor(source: string, most = PLAN_CHARS_MAX) {
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
        expected: `at most ${this.#most} characters in all commands together: import it in parts`,
      });
  }
}
