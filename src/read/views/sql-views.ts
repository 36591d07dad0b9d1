import { sql } from 'kysely';
import { Claim, notedLog } from './claim.js';
import { writeCommit } from './commit.js';
import { damageOf } from './damage.js';
import { asFault, type Engine, unavailable, within } from './engine.js';
import { VIEW_LIMITS, type ViewLimits } from './limits.js';
import type { OfLog, ViewStore } from './port.js';
import {
  countDocuments,
  documentAt,
  documentsAfter,
  documentsByKey,
  findDocuments,
  foldsById,
  groupDocuments,
  groupDocumentsRanged,
  pageOfDocuments,
} from './query.js';
import { ReadTransactions } from './read-transaction.js';
import {
  allSlots,
  indexSlot,
  liveCheckpoints,
  newSlot,
  noteEpochs,
  removeSlot,
  setProjectionStopped,
  slotCheckpoints,
  slotDiscarded,
  slotParked,
  slotRevision,
  stoppedProjections,
  switchSlot,
} from './slots.js';
import { createShared, SCHEMA_VERSION } from './tables.js';

/** Makes the shared tables, or refuses those of a newer program. */
export const prepareTables = (engine: Engine): Promise<void> =>
  within(engine, 'write', async (db) => {
    await engine.prepareAlone(db);
    await createShared(db, engine.types);
    const made = await db.selectFrom('stele_schema').select('version').executeTakeFirst();
    if (!made) await db.insertInto('stele_schema').values({ version: SCHEMA_VERSION }).execute();
    else if (made.version > SCHEMA_VERSION)
      throw unavailable(
        `the read store was made by a newer program (schema ${made.version}, this one knows ${SCHEMA_VERSION}): run that one, or give this one a read store of its own`,
      );
  }).catch((error: unknown) => {
    throw asFault(engine, error);
  });

/** The read store in SQL, whichever the engine; given a log, for the documents of that one alone. */
export const sqlViews = (
  engine: Engine,
  {
    limits = {},
    log,
  }: { readonly limits?: Partial<ViewLimits> | undefined; readonly log?: OfLog | undefined } = {},
): ViewStore => {
  const claim = log && new Claim(engine, log);
  const transactions = new ReadTransactions(engine, { ...VIEW_LIMITS, ...limits });
  let closed: Promise<void> | undefined;
  const running = new Set<Promise<unknown>>();
  const answered =
    <A extends readonly unknown[], T>(call: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      if (closed) throw unavailable('the read store was closed: Stele is ending');
      const answer = (async () => {
        await engine.verify();
        return call(...args);
      })();
      running.add(answer);
      try {
        return await answer;
      } catch (error) {
        engine.failed(error);
        throw asFault(engine, error);
      } finally {
        running.delete(answer);
      }
    };
  const guarded = <A extends readonly unknown[], T>(call: (...args: A) => Promise<T>) =>
    answered(async (...args: A): Promise<T> => {
      await claim?.verify();
      return call(...args);
    });
  /** A read whose connection was cut is asked again: those that idled may all be gone at once. */
  const reading = <A extends readonly unknown[], T>(call: (...args: A) => Promise<T>) =>
    guarded(async (...args: A): Promise<T> => {
      for (let left = engine.connectionsMax; left > 0; left--)
        try {
          return await call(...args);
        } catch (error) {
          if (!engine.cut(error)) throw error;
        }
      return call(...args);
    });
  return {
    engine: engine.name,
    readTransaction: reading((who?: string) => transactions.begin(who)),
    slots: reading(() => allSlots(engine)),
    createSlot: guarded((spec, role) => newSlot(engine, spec, role)),
    index: guarded((slot, signal) => indexSlot(engine, slot, signal)),
    switchTo: guarded((slot, from) => switchSlot(engine, slot, from)),
    dropSlot: guarded((slot) => removeSlot(engine, slot)),
    log: answered(() => notedLog(engine.db)),
    taken: reading(() => liveCheckpoints(engine.db)),
    noteEpochs: guarded((slot, epochs) => noteEpochs(engine, slot, epochs)),
    revision: reading((slot) => slotRevision(engine, slot)),
    documentAt: reading((slot, key) => documentAt(engine, slot, key)),
    checkpoints: reading((slot) => slotCheckpoints(engine, slot)),
    documents: reading((slot, keys) => documentsByKey(engine, slot, keys)),
    folds: reading((slot, source, ids) => foldsById(engine, slot, { source, ids })),
    parked: reading((slot) => slotParked(engine, slot)),
    discarded: reading((slot) => slotDiscarded(engine, slot)),
    commit: guarded((slot, commit) => writeCommit(engine, slot, commit)),
    find: reading((slot, query) => findDocuments(engine, slot, query)),
    page: reading((slot, query) => pageOfDocuments(engine, slot, query)),
    group: reading((slot, column, query) => groupDocuments(engine, slot, { column, ...query })),
    groupRanged: reading((slot, column, query) =>
      groupDocumentsRanged(engine, slot, { column, ...query }),
    ),
    pageByKey: reading((slot, after, limit) => documentsAfter(engine, slot, { after, limit })),
    count: reading((slot) => countDocuments(engine, slot)),
    lead: guarded((projection) => engine.lead(projection)),
    stopped: reading(() => stoppedProjections(engine)),
    setStopped: guarded((projection, stopped) => setProjectionStopped(engine, projection, stopped)),
    damage: answered(() => damageOf(engine)),
    takeBroken: () => engine.takeBroken(),
    ready: reading(async () => {
      await sql`select 1 from stele_schema`.execute(engine.db);
    }),
    close: () => {
      if (!closed) engine.closing();
      // Whoever is at work comes first; each has a time limit of its own.
      closed ??= Promise.allSettled(running)
        .then(() => transactions.ended())
        .then(() => engine.close());
      return closed;
    },
  };
};
