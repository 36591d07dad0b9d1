import { Fault } from '../../core/refusal.js';
import { type Engine, within } from './engine.js';
import type { Checkpoint, OfLog } from './port.js';
import { liveCheckpoints } from './slots.js';
import type { Sql } from './tables.js';

/** What was found counts so long: a database may be emptied, or be put back, under a node. */
const KEPT_MS = 5_000;

const FOREIGN = 'READ_STORE_FOREIGN';

const foreign = (): Fault =>
  new Fault(
    FOREIGN,
    'the read store holds documents of another log: give each installation a database or a schema of its own (DATABASE_URL); where its own log is gone, restore that, or give it an empty read store',
  );

/** Whether nothing was begun in it yet. */
const isNew = async (db: Sql): Promise<boolean> =>
  (await db.selectFrom('stele_slot').select('generation').limit(1).execute()).length === 0;

const isOfEvent = ({ sequence, at }: Checkpoint): boolean => sequence > 0 && at !== null;

const note = async (db: Sql, { made }: OfLog): Promise<void> => {
  await db.deleteFrom('stele_log').execute();
  const rows = [...made].map(([source, created]) => ({ source, created }));
  if (rows.length > 0) await db.insertInto('stele_log').values(rows).execute();
};

/** The streams that documents are noted to be made from, and when each was made. */
export const notedLog = async (db: Sql): Promise<ReadonlyMap<string, string>> => {
  const rows = await db.selectFrom('stele_log').selectAll().execute();
  return new Map(rows.map(({ source, created }) => [source, created]));
};

/** How many streams are the same, made at the same moment. */
const shared = (noted: ReadonlyMap<string, string>, { made }: OfLog): number =>
  [...noted].filter(([source, created]) => made.get(source) === created).length;

/** @throws Fault READ_STORE_FOREIGN */
const claimIn = async (db: Sql, log: OfLog): Promise<void> => {
  const noted = await notedLog(db);
  // Streams may come, and one of several be made anew.
  if (shared(noted, log) > 0) return note(db, log);
  if (noted.size === 0 && (await isNew(db))) return note(db, log);
  const taken = await liveCheckpoints(db);
  // An older program noted nothing.
  if (noted.size === 0 && !taken.some(isOfEvent)) return note(db, log);
  // A log that moved to another server has streams of another moment, with the same events.
  if (!(await log.holds(taken))) throw foreign();
  await note(db, log);
};

/** Sees to it that a read store holds documents of one log alone. */
export class Claim {
  readonly #engine: Engine;
  readonly #log: OfLog;
  #asked: { readonly at: number; readonly answer: Promise<void> } | undefined;

  constructor(engine: Engine, log: OfLog) {
    this.#engine = engine;
    this.#log = log;
  }

  /** @throws Fault READ_STORE_FOREIGN, or what the store rejects with */
  verify(): Promise<void> {
    const now = performance.now();
    if (this.#asked && now - this.#asked.at < KEPT_MS) return this.#asked.answer;
    const answer = this.#claim();
    const asked = { at: now, answer };
    this.#asked = asked;
    // What could not be asked is asked again by the next one.
    answer.catch((error: unknown) => {
      if (error instanceof Fault && error.code === FOREIGN) return;
      if (this.#asked === asked) this.#asked = undefined;
    });
    return answer;
  }

  async #claim(): Promise<void> {
    const noted = await notedLog(this.#engine.db);
    const { size } = this.#log.made;
    if (size > 0 && noted.size === size && shared(noted, this.#log) === size) return;
    await within(this.#engine, 'write', async (db) => {
      await this.#engine.prepareAlone(db);
      await claimIn(db, this.#log);
    });
  }
}
