import type { Aggregate } from '../../core/aggregate.js';
import type { Projection } from '../../core/projection.js';
import { Fault } from '../../core/refusal.js';
import type { Room } from '../../nats-server/room.js';
import type { ViewStore } from '../../read/views/port.js';
import { reaching } from '../../write/store/nats/unavailable.js';
import type { Topology } from '../../write/store/topology.js';
import { diagnoseReadSide, type ReadSideDiagnosis } from './diagnose-read-side.js';
import { type DiagnosisJson, diagnosisJson } from './diagnosis.js';
import { examineLog, examineServer, type LogExamination } from './examine-log.js';
import { examineRoom, examineWriting } from './examine-room.js';
import { examineStrangers } from './examine-strangers.js';
import { type Pace, paceUntil } from './pace.js';
import type { OpenedStore } from './reading-store.js';

/** How far the examination of this node is, and what the last one found. */
export type DoctorStatus = {
  readonly state: 'never' | 'running' | 'done' | 'failed';
  /** The one type that is examined; null = everything. */
  readonly aggregate_type: string | null;
  readonly progress: { readonly done: number; readonly total: number } | null;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  /** Why it failed. */
  readonly reason: string | null;
  readonly result: DiagnosisJson | null;
};

export type DoctorOptions = {
  /** Made when it is needed first; the doctor lets it go. */
  readonly open: () => Promise<OpenedStore>;
  readonly server: () => DiagnosisJson['server'];
  readonly definitions: readonly Aggregate[];
  readonly projections: readonly Projection[];
  readonly topology: Topology;
  readonly replicas: number;
  /** What is left where events are kept, and whether the node may write. */
  readonly room: () => Room | undefined;
  readonly ready: () => Promise<boolean>;
  /** The read store of the node, which stays open. */
  readonly views: ViewStore;
  readonly log: { error(what: object, message: string): void };
  /** Milliseconds since 1970. */
  readonly clock: () => number;
};

const NEVER: DoctorStatus = {
  state: 'never',
  aggregate_type: null,
  progress: null,
  started_at: null,
  finished_at: null,
  reason: null,
  result: null,
};
const NO_READ_SIDE: ReadSideDiagnosis = { readSide: null, findings: [] };

/**
 * Examines the store beside a running node: one whole examination at a time, in the background, at
 * a pace that leaves the node to its work. It remembers the last one.
 */
export class Doctor {
  readonly #options: DoctorOptions;
  readonly #ending = new AbortController();
  readonly #pace: Pace;
  #store: Promise<OpenedStore> | undefined;
  #running: Promise<void> | undefined;
  #status: DoctorStatus = NEVER;
  #progress: DoctorStatus['progress'] = null;

  constructor(options: DoctorOptions) {
    this.#options = options;
    this.#pace = paceUntil(this.#ending.signal);
  }

  get status(): DoctorStatus {
    return this.#progress ? { ...this.#status, progress: this.#progress } : this.#status;
  }

  /** Begin with everything, or with one type; when one is under way, that one goes on. */
  begin(definition?: Aggregate): DoctorStatus {
    if (this.#running) return this.status;
    this.#status = {
      ...NEVER,
      state: 'running',
      aggregate_type: definition?.name ?? null,
      started_at: this.#now(),
    };
    this.#running = this.#run(definition).finally(() => {
      this.#running = undefined;
      this.#progress = null;
    });
    return this.#status;
  }

  /**
   * One aggregate, at once; undefined when there is none.
   * @throws Fault STORE_UNAVAILABLE, or SHUTTING_DOWN
   */
  async examine(definition: Aggregate, id: string): Promise<DiagnosisJson | undefined> {
    return reaching(async () => {
      const around = await this.#around();
      const found = await examineLog({ ...around, definitions: [definition], id });
      return found && this.#diagnosis(found, NO_READ_SIDE);
    });
  }

  /** What is under way is given up. */
  async close(): Promise<void> {
    this.#ending.abort(new Fault('SHUTTING_DOWN', 'the node is shutting down'));
    await this.#running;
    (await this.#store?.catch(() => undefined))?.close();
  }

  #now(): string {
    return new Date(this.#options.clock()).toISOString();
  }

  async #around(): Promise<Omit<LogExamination, 'definitions'> & { readonly store: OpenedStore }> {
    const { open, topology, replicas } = this.#options;
    this.#store ??= open().catch((error: unknown) => {
      this.#store = undefined; // the next one tries again
      throw error;
    });
    return { store: await this.#store, topology, replicas, pace: this.#pace };
  }

  async #run(definition: Aggregate | undefined): Promise<void> {
    try {
      const result = await reaching(() => this.#examineAll(definition));
      const finished_at = this.#now();
      this.#status = { ...this.#status, state: 'done', finished_at, result };
    } catch (err) {
      const reason =
        err instanceof Fault ? err.message : 'it met an error; the log of the node has it';
      const finished_at = this.#now();
      this.#status = { ...this.#status, state: 'failed', finished_at, reason };
      if (!this.#ending.signal.aborted)
        this.#options.log.error({ err }, 'an examination of the store failed');
    }
  }

  async #examineAll(definition: Aggregate | undefined): Promise<DiagnosisJson> {
    const { definitions, projections, views } = this.#options;
    const around = await this.#around();
    const found = await examineLog({
      ...around,
      definitions: definition ? [definition] : definitions,
      onProgress: (done, total) => {
        this.#progress = { done, total };
      },
    });
    // One type has no read side of its own.
    const strangers = definition ? [] : await examineStrangers(around.store, definitions);
    const opened = { views, close: async () => {} };
    const read = definition
      ? NO_READ_SIDE
      : await diagnoseReadSide(around.store, projections, async () => opened);
    const { room, ready } = this.#options;
    const writing = [...examineRoom(room()), ...(await examineWriting(ready))];
    const findings = [...writing, ...found!.findings, ...strangers];
    return this.#diagnosis({ ...found!, findings }, read);
  }

  #diagnosis(
    found: Pick<DiagnosisJson, 'journal' | 'findings'> &
      Pick<Parameters<typeof diagnosisJson>[0], 'streams'>,
    read: ReadSideDiagnosis,
  ): DiagnosisJson {
    const server = this.#options.server();
    const findings = [...examineServer(server.version), ...found.findings, ...read.findings];
    return diagnosisJson({ ...found, findings, server, read_side: read.readSide, node: null });
  }
}
