import { setMaxListeners } from 'node:events';
import { setImmediate as others } from 'node:timers/promises';
import { type Principal, TRUSTED } from '../../core/access.js';
import { AskedTogether } from '../../core/asked-together.js';
import { isRefusal, type Refusal, refuse } from '../../core/refusal.js';
import type { Projections } from '../../read/projector/projections.js';
import type { Log } from '../../write/runtime/log.js';
import type { Runtime } from '../../write/runtime/runtime.js';
import type { EventStore } from '../../write/store/event-store.js';
import {
  familyOf,
  importIdOf,
  isImportId,
  keyOfFiles,
  ofOneModel,
  revertIdOf,
} from './import-id.js';
import { type ImportLog, importLog, type PastImport } from './import-log.js';
import type { ModelFormat, ModelImports, Plan, ReadModel, SourceFile } from './importer.js';
import { Job, type JobStatus } from './job.js';
import { landscapeOf } from './landscape.js';
import {
  GENERATIONS_MAX,
  IMPORTS_SHOWN_MAX,
  JOBS_KEPT,
  reportsCharsMax,
  STOP_WITHIN_MS,
} from './limits.js';
import { Places } from './places.js';
import {
  gone,
  isImportError,
  stoppedText,
  unapproved,
  unknownImport,
  unreadable,
} from './refusals.js';
import { Interrupted, runPlan } from './run-plan.js';
import { type Explain, toRuntime } from './send.js';

export type { SourceFile };

export type ImportsOptions = {
  readonly runtime: Runtime;
  readonly store: EventStore;
  readonly projections: Projections;
  readonly models: ModelImports;
  readonly log: Log;
  readonly clock: () => number;
  readonly explain: Explain;
};

/** What is imported, how, and by whom. */
export type ImportRequest = {
  readonly format: string;
  readonly files: readonly SourceFile[];
  readonly mapping?: SourceFile;
  readonly dryRun?: boolean;
  readonly by?: Principal | undefined;
  /** Aborted when whoever asks has gone: what is not begun by then is not begun. */
  readonly signal?: AbortSignal;
};
export type RevertRequest = {
  readonly approval_id?: string;
  readonly dryRun?: boolean;
  readonly by?: Principal | undefined;
};

export type StopRequest = {
  readonly by?: Principal | undefined;
  readonly address?: string | undefined;
};

/** What a job does: how it is planned, and how what it changes is signed. */
type Work = {
  readonly plan: (job: Job, signal: AbortSignal) => Promise<Plan | Refusal>;
  readonly because: string;
  readonly approval_id?: string;
  readonly by: Principal | undefined;
};

type Listed = PastImport & { readonly reverted: boolean };

const whoOf = (by: Principal | undefined): Pick<Principal, 'actor' | 'actor_type'> =>
  by && by !== TRUSTED ? by : { actor: 'import', actor_type: 'service' };

/** Imports of models, and their reverts, as jobs of one node. */
export class Imports {
  readonly #options: ImportsOptions;
  readonly #log: ImportLog;
  readonly #jobs = new Map<string, Job>();
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<void>>();
  readonly #listed = new AskedTogether(() => this.#list());
  readonly #places = new Places('under way');
  /** Of models that are being parsed. */
  readonly #readers = new Places('being read');

  constructor(options: ImportsOptions) {
    this.#options = options;
    // Every command that waits for its next attempt listens.
    setMaxListeners(0, this.#stopping.signal);
    this.#log = importLog(options.projections, options.store);
  }

  get formats(): readonly ModelFormat[] {
    return this.#options.models.formats;
  }

  /**
   * Read files and begin to import what they hold. The same files that are being imported already
   * are not imported twice: that job is answered.
   */
  async begin(request: ImportRequest): Promise<JobStatus | Refusal> {
    const { format: name, files, mapping, by } = request;
    const leaving = this.#stopping.signal;
    const signal = AbortSignal.any(request.signal ? [leaving, request.signal] : [leaving]);
    const format = this.formats.find((one) => one.name === name);
    if (!format)
      return refuse(
        'NOT_FOUND',
        `there is no import format "${name.slice(0, 64)}"; there are ${this.formats.map((one) => one.name).join(', ')}`,
      );
    const full = this.#readers.refusal(by);
    if (full) return full;
    const model = await this.#readers.hold(by, () =>
      format.read(files, { ...(mapping && { mapping }), signal }).catch((error: unknown) => {
        if (signal.aborted) return gone(leaving.aborted);
        return unreadable(error);
      }),
    );
    if (isRefusal(model)) return model;
    const key = keyOfFiles(name, model.source, mapping ? [...files, mapping] : files);
    const late = await this.#log.ready();
    if (late) return late;
    const import_id = await this.#generation((number) => importIdOf(key, number));
    const because = `import of ${files[0]!.path}${files.length > 1 ? ` and ${files.length - 1} more` : ''} (${import_id})`;
    const plan: Work['plan'] = (job, signal) =>
      this.#planImport(job, model, { family: familyOf(key), import_id, because, signal });
    if (signal.aborted) return gone(leaving.aborted);
    return this.#start({ import_id, correlation_id: import_id, operation: 'import' }, request, {
      plan,
      because,
      by,
    });
  }

  /** Begin to take an import back. */
  async revert(import_id: string, request: RevertRequest): Promise<JobStatus | Refusal> {
    const { by, approval_id } = request;
    const revert_id = revertIdOf(import_id);
    const late = await this.#log.ready();
    if (late) return late;
    if (!this.#isImport(import_id) || !(await this.#log.has(import_id)))
      return unknownImport(import_id);
    const because = `revert of import ${import_id}`;
    const plan: Work['plan'] = async (_, signal) => {
      const { runtime, store, models, clock } = this.#options;
      const touched = await this.#log.touched([import_id]);
      const made = await models.undo(landscapeOf(runtime, store, signal), touched, {
        import_id,
        revert_id,
        because,
      });
      if (request.dryRun) return made;
      const now = new Date(clock()).toISOString();
      const { actor } = whoOf(by);
      const subject = by?.subject ?? actor;
      const as = { runtime, approval_id, actor, subject, correlation_id: revert_id, now };
      return (await unapproved(made, as)) ?? made;
    };
    return this.#start({ import_id, correlation_id: revert_id, operation: 'revert' }, request, {
      plan,
      because,
      by,
      ...(approval_id !== undefined && { approval_id }),
    });
  }

  /** A job by its correlation id, newest state; only this node's, and only the last ones. */
  job(
    correlation_id: string,
  ): { readonly status: JobStatus; readonly lines: readonly string[] } | undefined {
    const job = this.#jobs.get(correlation_id);
    return job && { status: job.status(), lines: job.lines };
  }

  /**
   * Stop a job of this node where it stands, and wait, boundedly, until nothing of it is under way;
   * one that has ended stays as it is.
   */
  async stop(correlation_id: string, { by, address }: StopRequest): Promise<JobStatus | undefined> {
    const job = this.#jobs.get(correlation_id);
    if (!job) return undefined;
    const { actor, actor_type } = whoOf(by);
    if (job.stop(actor)) {
      const { operation, dry_run, done, total } = job.status();
      const what = dry_run ? `the dry run of the ${operation}` : `the ${operation}`;
      const when = total === 0 ? 'while it is planned' : `after ${done} of ${total} commands`;
      const about = {
        command_type: 'StopImport',
        source: 'import',
        correlation_id,
        actor,
        actor_type,
        message: `${what} ${correlation_id} is stopped ${when}`,
        ...(address !== undefined && { ip_address: address }),
      };
      this.#options.runtime.did('http', about, by);
    }
    await job.over(STOP_WITHIN_MS);
    return job.status();
  }

  /** The imports that the log knows, newest first; read once for all who ask meanwhile. */
  async list(): Promise<readonly Listed[] | Refusal> {
    return (await this.#log.ready()) ?? this.#listed.ask();
  }

  /** Stop where it stands; the same request goes on later. */
  async close(): Promise<void> {
    this.#stopping.abort(new Interrupted('STOPPED', 'stopped with the node, before all was sent'));
    await Promise.all(this.#running);
  }

  async #list(): Promise<readonly Listed[]> {
    const spans = await this.#log.spans();
    const ids = new Set(spans.map(({ import_id }) => import_id));
    const newest = spans
      .filter(({ import_id }) => this.#isImport(import_id))
      .sort((a, b) => (a.first_at < b.first_at ? 1 : -1))
      .slice(0, IMPORTS_SHOWN_MAX);
    const listed: Listed[] = [];
    for (const span of newest) {
      // An embedded read store answers within this thread.
      await others();
      const reverted = ids.has(revertIdOf(span.import_id));
      listed.push({ ...(await this.#log.one(span)), reverted });
    }
    return listed;
  }

  #isImport(id: string): boolean {
    return isImportId(
      id,
      this.formats.map(({ name }) => name),
    );
  }

  /** The first generation that was not taken back. */
  async #generation(idOf: (number: number) => string): Promise<string> {
    for (let number = 1; number < GENERATIONS_MAX; number++)
      if (!(await this.#log.has(revertIdOf(idOf(number))))) return idOf(number);
    return idOf(GENERATIONS_MAX);
  }

  async #planImport(
    job: Job,
    model: ReadModel,
    {
      family,
      import_id,
      because,
      signal,
    }: {
      readonly family: string;
      readonly import_id: string;
      readonly because: string;
      readonly signal: AbortSignal;
    },
  ): Promise<Plan> {
    const { runtime, store } = this.#options;
    job.found(model.found);
    await job.noted(model.notes);
    const relatives = (await this.#log.ids()).filter(
      (id) => id.startsWith(family) && id !== import_id,
    );
    const earlier = await this.#log.touched(relatives);
    return model.compare(landscapeOf(runtime, store, signal), { because, earlier });
  }

  async #start(
    what: Pick<JobStatus, 'import_id' | 'correlation_id' | 'operation'>,
    { dryRun = false }: { readonly dryRun?: boolean },
    work: Work,
  ): Promise<JobStatus | Refusal> {
    const { correlation_id } = what;
    const known = this.#jobs.get(correlation_id);
    if (known && known.status().ended_at === null) {
      const busy = (what: string): Refusal => refuse('BUSY', `${what}: ask again in a moment`);
      if (known.stopping.aborted) return busy(`${correlation_id} is being stopped`);
      if (known.status().dry_run === dryRun) return known.status();
      return busy(`a dry run of ${correlation_id}, or the real one, is under way`);
    }
    const other = dryRun ? undefined : this.#opposite(what);
    if (other)
      return refuse(
        'BUSY',
        `the ${other.operation} ${other.correlation_id} of the same model is under way: stop it, or ask again when it has ended`,
      );
    const full = this.#places.refusal(work.by);
    if (full) return full;
    const job = new Job(
      { ...what, dry_run: dryRun, by: whoOf(work.by).actor },
      this.#options.clock,
    );
    this.#jobs.delete(correlation_id);
    this.#jobs.set(correlation_id, job);
    this.#forget();
    const running = this.#places
      .hold(work.by, () => this.#run(job, work))
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
    return job.status();
  }

  /** What is bringing in what this would take back, or the other way round. */
  #opposite({
    import_id,
    operation,
  }: Pick<JobStatus, 'import_id' | 'operation'>): JobStatus | undefined {
    return [...this.#jobs.values()]
      .map((job) => job.status())
      .find(
        (one) =>
          one.ended_at === null &&
          !one.dry_run &&
          one.operation !== operation &&
          ofOneModel(one.import_id, import_id),
      );
  }

  /** The oldest that have ended, of those that are more or say more than are kept. */
  #forget(): void {
    let chars = [...this.#jobs.values()].reduce((sum, one) => sum + one.chars, 0);
    for (const [id, one] of this.#jobs) {
      if (this.#jobs.size <= JOBS_KEPT && chars <= reportsCharsMax()) return;
      if (one.status().ended_at === null) continue;
      this.#jobs.delete(id);
      chars -= one.chars;
    }
  }

  async #run(job: Job, { plan, because, approval_id, by }: Work): Promise<void> {
    const { runtime, clock, log } = this.#options;
    const { correlation_id, dry_run } = job.status();
    const signal = AbortSignal.any([job.stopping, this.#stopping.signal]);
    setMaxListeners(0, signal);
    try {
      const made = await plan(job, signal);
      if (isRefusal(made)) return job.ended('failed', made.refused, made.message);
      await job.noted(made.notes);
      await job.planned(made);
      if (!dry_run)
        await runPlan(made, {
          send: toRuntime(runtime, this.#options.explain, by),
          registry: runtime.registry,
          papers: {
            correlation_id,
            because,
            clock,
            ...whoOf(by),
            ...(approval_id !== undefined && { approval_id }),
          },
          onSent: (tally) => job.sent(tally),
          onLine: (line) => job.line(line),
          signal,
        });
      job.ended('finished');
    } catch (error) {
      if (error instanceof Interrupted) {
        if (!job.stopping.aborted) return job.ended('interrupted', error.code, error.message);
        return job.ended('stopped', 'STOPPED', stoppedText(job.status(), error.message));
      }
      if (isImportError(error)) return job.ended('failed', error.code, error.message);
      log.error({ err: error, correlation_id }, 'an import failed');
      const { code, message } = this.#options.explain(error, correlation_id);
      job.ended('failed', code, message);
    }
  }
}
