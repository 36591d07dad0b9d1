import { Distribution } from '../../core/distribution.js';
import type { Registry } from '../../core/registry.js';
import type { JournalEntry } from '../store/command-journal.js';

/** Different codes that are counted by name. Definitions have far fewer; beyond it they are `other`. */
const CODES_MAX = 500;
const CODE = /^[A-Z][A-Z0-9_]{0,63}$/;
const UNKNOWN = 'unknown';
const OTHER = 'other';

/** How often commands of one type ended in one way. `code` is empty where there was no refusal. */
export type CommandCount = {
  readonly aggregate_type: string;
  readonly command_type: string;
  readonly outcome: JournalEntry['outcome'];
  readonly code: string;
  count: number;
};

/** How long commands of one type took, from their arrival to their answer, seconds. */
export type CommandDurations = Pick<CommandCount, 'aggregate_type' | 'command_type'> & {
  readonly seconds: Distribution;
};

type Ended = {
  readonly aggregate_type?: string | undefined;
  readonly command_type?: string | undefined;
  readonly outcome: JournalEntry['outcome'];
  readonly code?: string | undefined;
  /** Milliseconds; left out by what cannot say. */
  readonly tookMs?: number | undefined;
};

/**
 * What became of commands, counted. Names come from callers, who may send anything: what no
 * definition knows is counted as `unknown`, so that the number of counters is bounded.
 */
export class CommandTally {
  readonly #registry: Registry;
  readonly #counts = new Map<string, CommandCount>();
  readonly #durations = new Map<string, CommandDurations>();
  readonly #codes = new Set<string>();

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  add({ aggregate_type = '', command_type = '', outcome, code = '', tookMs }: Ended): void {
    let type = `${aggregate_type}/${command_type}`;
    // The names of a definition are found at once; any others are looked up first.
    let counted = this.#counts.get(`${type}/${outcome}/${code}`);
    if (!counted) {
      const names = this.#named(aggregate_type, command_type);
      type = `${names.aggregate_type}/${names.command_type}`;
      const known = code === '' ? '' : this.#known(code);
      const key = `${type}/${outcome}/${known}`;
      counted = this.#counts.get(key) ?? { ...names, outcome, code: known, count: 0 };
      this.#counts.set(key, counted);
    }
    counted.count++;
    if (tookMs === undefined) return;
    let durations = this.#durations.get(type);
    if (!durations) {
      const { aggregate_type, command_type } = counted;
      durations = { aggregate_type, command_type, seconds: new Distribution() };
      this.#durations.set(type, durations);
    }
    durations.seconds.observe(tookMs / 1_000);
  }

  get counts(): readonly CommandCount[] {
    return [...this.#counts.values()];
  }

  get durations(): readonly CommandDurations[] {
    return [...this.#durations.values()];
  }

  #named(
    aggregate: string,
    command: string,
  ): Pick<CommandCount, 'aggregate_type' | 'command_type'> {
    const definition = this.#registry.aggregate(aggregate);
    const found = definition && this.#registry.command(definition, command);
    return {
      aggregate_type: definition?.name ?? UNKNOWN,
      command_type: found?.type ?? UNKNOWN,
    };
  }

  #known(code: string): string {
    if (this.#codes.has(code)) return code;
    if (this.#codes.size >= CODES_MAX || !CODE.test(code)) return OTHER;
    this.#codes.add(code);
    return code;
  }
}
