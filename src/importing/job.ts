import type { ImportNote, Plan } from '../../imports/importer.js';
import { REPORT_LINES_MAX } from './limits.js';
import { type ReportLine, shownOf, sizeOf, type Tally } from './run-plan.js';

/** How many of each kind of note or refusal there were. */
type Counts = Readonly<Record<string, number>>;

/** An import or a revert that is under way or has ended, as it is told to whoever asks. */
export type JobStatus = {
  readonly import_id: string;
  readonly correlation_id: string;
  readonly operation: 'import' | 'revert';
  readonly dry_run: boolean;
  /** `interrupted` = the same request again goes on where it stopped. */
  readonly state: 'planning' | 'running' | 'finished' | 'interrupted' | 'failed';
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

const add = (counts: Record<string, number>, key: string): void => {
  counts[key] = (counts[key] ?? 0) + 1;
};

/** The progress and the report of one import or revert. */
export class Job {
  readonly #begun: Begun;
  readonly #clock: () => number;
  readonly #started_at: string;
  readonly #lines: ReportLine[] = [];
  readonly #notes: Record<string, number> = {};
  readonly #refusals: Record<string, number> = {};
  readonly #commands: Record<string, number> = {};
  #found: Counts = {};
  #state: JobStatus['state'] = 'planning';
  #why: Pick<JobStatus, 'reason' | 'code'> = { reason: null, code: null };
  #ended_at: string | null = null;
  #total = 0;
  #tally: Tally = { accepted: 0, replayed: 0, refused: 0, left_out: 0 };

  constructor(begun: Begun, clock: () => number) {
    this.#begun = begun;
    this.#clock = clock;
    this.#started_at = new Date(clock()).toISOString();
  }

  found(found: Counts): void {
    this.#found = found;
  }

  noted(notes: readonly ImportNote[]): void {
    for (const note of notes) this.line({ about: 'note', ...note });
  }

  planned(plan: Plan): void {
    this.#state = 'running';
    this.#total = sizeOf(plan);
    for (const { chains } of plan.phases)
      for (const planned of chains.flat()) {
        add(this.#commands, planned.command_type);
        if (this.#begun.dry_run) this.line({ about: 'planned', ...shownOf(planned) });
      }
  }

  line(line: ReportLine): void {
    if (line.about === 'note') add(this.#notes, line.kind);
    else if (line.about !== 'planned') add(this.#refusals, line.code);
    if (this.#lines.length < REPORT_LINES_MAX) this.#lines.push(line);
  }

  sent(tally: Tally): void {
    this.#tally = { ...tally };
  }

  ended(state: 'finished' | 'interrupted' | 'failed', code?: string, reason?: string): void {
    this.#state = state;
    this.#why = { code: code ?? null, reason: reason ?? null };
    this.#ended_at = new Date(this.#clock()).toISOString();
  }

  get lines(): readonly ReportLine[] {
    return this.#lines;
  }

  status(): JobStatus {
    const { accepted, replayed, refused, left_out } = this.#tally;
    return {
      ...this.#begun,
      ...{ state: this.#state, ...this.#why },
      ...{ started_at: this.#started_at, ended_at: this.#ended_at },
      ...{ done: accepted + replayed + refused + left_out, total: this.#total },
      sent: this.#tally,
      ...{ found: this.#found, commands: this.#commands },
      ...{ notes: this.#notes, refusals: this.#refusals },
    };
  }
}
