import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { ImportNote, Plan } from './importer.js';
import { REPORT_LINES_MAX, REPORT_SHARE, reportsCharsMax } from './limits.js';
import {
  commandsOf,
  Interrupted,
  type ReportLine,
  shownOf,
  sizeOf,
  type Tally,
} from './run-plan.js';
import { turns } from './turns.js';

/** How many of each kind of note or refusal there were. */
type Counts = Readonly<Record<string, number>>;

/** An import or a revert that is under way or has ended, as it is told to whoever asks. */
export type JobStatus = {
  readonly import_id: string;
  readonly correlation_id: string;
  readonly operation: 'import' | 'revert';
  readonly dry_run: boolean;
  /**
   * `interrupted`: the node went away; `stopped`: somebody asked for it. What was written stays, and
   * the same request again goes on where it ended.
   */
  readonly state: 'planning' | 'running' | 'finished' | 'interrupted' | 'stopped' | 'failed';
  /** Who asked that it stops: it does once no command of it is under way. */
  readonly stopped_by: string | null;
  readonly reason: string | null;
  readonly code: string | null;
  readonly by: string;
  readonly started_at: string;
  readonly ended_at: string | null;
  /** Commands done and to be done in all. */
  readonly done: number;
  readonly total: number;
  /** How many of each kind the files hold. */
  readonly found: Counts;
  readonly commands: Counts;
  readonly notes: Counts;
  readonly refusals: Counts;
  /** Nested, since a status with a field `refused` would look like a refusal. */
  readonly sent: Readonly<Tally>;
};

type Begun = Pick<JobStatus, 'import_id' | 'correlation_id' | 'operation' | 'dry_run' | 'by'>;

/** Characters of one report. */
export const REPORT_CHARS_MAX = reportsCharsMax() * REPORT_SHARE;

const add = (counts: Record<string, number>, key: string): void => {
  counts[key] = (counts[key] ?? 0) + 1;
};

/** The progress and the report of one import or revert. */
export class Job {
  readonly #begun: Begun;
  readonly #clock: () => number;
  readonly #started_at: string;
  /** As they are sent: what a plan shares among its commands is written out and counted once. */
  readonly #lines: string[] = [];
  #chars = 0;
  #leftOut = 0;
  readonly #notes: Record<string, number> = {};
  readonly #refusals: Record<string, number> = {};
  readonly #commands: Record<string, number> = {};
  #found: Counts = {};
  #state: JobStatus['state'] = 'planning';
  #why: Pick<JobStatus, 'reason' | 'code'> = { reason: null, code: null };
  #ended_at: string | null = null;
  #total = 0;
  #tally: Tally = { accepted: 0, replayed: 0, refused: 0, left_out: 0 };
  #stopped_by: string | null = null;
  readonly #stop = new AbortController();
  #settle = (): void => {};
  readonly #over = new Promise<void>((resolve) => {
    this.#settle = resolve;
  });

  constructor(begun: Begun, clock: () => number) {
    this.#begun = begun;
    this.#clock = clock;
    this.#started_at = new Date(clock()).toISOString();
    // Every command that waits for its next attempt listens.
    setMaxListeners(0, this.#stop.signal);
  }

  /** Aborted once somebody asked that it stops. */
  get stopping(): AbortSignal {
    return this.#stop.signal;
  }

  /** Ask that it stops; whether that is news. */
  stop(by: string): boolean {
    if (this.#ended_at !== null || this.#stopped_by !== null) return false;
    this.#stopped_by = by;
    this.#stop.abort(new Interrupted('STOPPED', 'stopped before anything was sent'));
    return true;
  }

  /** Settles when it has ended, or after so long. */
  async over(withinMs: number): Promise<void> {
    const waiting = new AbortController();
    const late = pause(withinMs, undefined, { signal: waiting.signal }).catch(() => undefined);
    await Promise.race([this.#over, late]);
    waiting.abort();
  }

  found(found: Counts): void {
    this.#found = found;
  }

  async noted(notes: readonly ImportNote[]): Promise<void> {
    const turn = turns();
    for (const note of notes) {
      await turn();
      this.line({ about: 'note', ...note });
    }
  }

  async planned(plan: Plan): Promise<void> {
    this.#state = 'running';
    this.#total = sizeOf(plan);
    const turn = turns();
    for (const planned of commandsOf(plan)) {
      await turn();
      add(this.#commands, planned.command_type);
      if (this.#begun.dry_run) this.line({ about: 'planned', ...shownOf(planned) });
    }
  }

  line(line: ReportLine): void {
    if (line.about === 'note') add(this.#notes, line.kind);
    else if (line.about !== 'planned') add(this.#refusals, line.code);
    if (this.#leftOut > 0 || this.#lines.length >= REPORT_LINES_MAX) this.#leftOut += 1;
    else {
      const text = JSON.stringify(line);
      if (this.#chars + text.length > REPORT_CHARS_MAX) this.#leftOut += 1;
      else this.#keep(text);
    }
  }

  #keep(text: string): void {
    this.#lines.push(text);
    this.#chars += text.length;
  }

  sent(tally: Tally): void {
    this.#tally = { ...tally };
  }

  ended(
    state: Exclude<JobStatus['state'], 'planning' | 'running'>,
    code?: string,
    reason?: string,
  ): void {
    if (this.#leftOut > 0) {
      const message = `and ${this.#leftOut} more lines, which are counted and not kept`;
      this.#keep(JSON.stringify({ about: 'note', where: 'the report', kind: 'more', message }));
    }
    this.#state = state;
    this.#why = { code: code ?? null, reason: reason ?? null };
    this.#ended_at = new Date(this.#clock()).toISOString();
    this.#settle();
  }

  /** JSON lines. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Characters of all lines. */
  get chars(): number {
    return this.#chars;
  }

  status(): JobStatus {
    const { accepted, replayed, refused, left_out } = this.#tally;
    return {
      ...this.#begun,
      state: this.#state,
      stopped_by: this.#stopped_by,
      ...this.#why,
      started_at: this.#started_at,
      ended_at: this.#ended_at,
      done: accepted + replayed + refused + left_out,
      total: this.#total,
      sent: this.#tally,
      found: this.#found,
      commands: this.#commands,
      notes: this.#notes,
      refusals: this.#refusals,
    };
  }
}
