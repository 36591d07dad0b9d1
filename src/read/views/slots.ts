import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Column } from '../../core/projection.js';
import { type Engine, unavailable, within } from './engine.js';
import type { Checkpoint, Discarded, Parked, Slot, SlotSpec } from './port.js';
import { createSlotTables, dropSlotTables, type Sql, slotIndexes, slotTables } from './tables.js';

export const allSlots = async (engine: Engine): Promise<readonly Slot[]> => {
  const rows = await engine.db
    .selectFrom('stele_slot')
    .selectAll()
    .orderBy('projection')
    .orderBy('generation')
    .execute();
  return rows.flatMap(({ columns, search, role, ...row }) =>
    role === 'dropped'
      ? []
      : [
          {
            ...row,
            role,
            columns: JSON.parse(columns) as Column[],
            search: JSON.parse(search) as string[],
          },
        ],
  );
};

/** Also makes others who change the slots of this projection wait. */
const nextGeneration = async (db: Sql, name: string): Promise<number> => {
  const { generations } = await db
    .insertInto('stele_projection')
    .values({ name, generations: 1, stopped: 0 })
    .onConflict((conflict) =>
      conflict
        .column('name')
        .doUpdateSet((eb) => ({ generations: eb('stele_projection.generations', '+', 1) })),
    )
    .returning('generations')
    .executeTakeFirstOrThrow();
  return generations;
};

export const newSlot = (engine: Engine, spec: SlotSpec, role: Slot['role']): Promise<Slot> => {
  const { projection, version, hash, columns, search } = spec;
  return within(engine, 'write', async (db) => {
    const generation = await nextGeneration(db, projection);
    const slot: Slot = {
      projection,
      version,
      hash,
      columns,
      search,
      generation,
      role,
      created_at: new Date().toISOString(),
      revision: 0,
    };
    if (role === 'live') {
      const live = await db
        .selectFrom('stele_slot')
        .select('generation')
        .where('projection', '=', projection)
        .where('role', '=', 'live')
        .executeTakeFirst();
      if (live)
        throw unavailable(
          `${projection} has live documents already, of generation ${live.generation}: look again`,
        );
    }
    await db
      .insertInto('stele_slot')
      .values({
        ...slot,
        columns: JSON.stringify(columns),
        search: JSON.stringify(search),
      })
      .execute();
    await createSlotTables(db, slotTables(slot), engine.types);
    return slot;
  });
};

/** Each index by itself: others get their turn in between, and one that is there is kept. */
export const indexSlot = async (
  engine: Engine,
  slot: Slot,
  signal: AbortSignal | undefined,
): Promise<void> => {
  for (const statement of slotIndexes(slotTables(slot))) {
    await engine.makeIndex(statement, signal);
    await nextTurn();
  }
};

export const switchSlot = (
  engine: Engine,
  { projection, generation }: Slot,
  from: Slot | undefined,
): Promise<void> =>
  within(engine, 'write', async (db) => {
    await db
      .updateTable('stele_projection')
      .set((eb) => ({ generations: eb.ref('generations') }))
      .where('name', '=', projection)
      .execute();
    const live = await db
      .selectFrom('stele_slot')
      .select('generation')
      .where('projection', '=', projection)
      .where('role', '=', 'live')
      .executeTakeFirst();
    // Whoever was stopped for a while decided on what may be long past.
    if (live?.generation !== from?.generation)
      throw unavailable(
        `generation ${live?.generation ?? 'none'} of ${projection} is live, not ${from?.generation ?? 'none'}: look again`,
      );
    await db
      .updateTable('stele_slot')
      .set({ role: 'previous' })
      .where('projection', '=', projection)
      .where('role', '=', 'live')
      .where('generation', '!=', generation)
      .execute();
    const { numUpdatedRows } = await db
      .updateTable('stele_slot')
      .set({ role: 'live' })
      .where('projection', '=', projection)
      .where('generation', '=', generation)
      .where('role', '!=', 'dropped')
      .executeTakeFirst();
    if (numUpdatedRows !== 1n)
      throw unavailable(`generation ${generation} of ${projection} is gone: look again`);
  });

export const removeSlot = async (
  engine: Engine,
  { projection, generation }: Slot,
): Promise<void> => {
  await within(engine, 'write', async (db) => {
    // The slot first: a commit to it that comes now waits here, and then finds it gone.
    await db
      .updateTable('stele_slot')
      .set({ role: 'dropped' })
      .where('projection', '=', projection)
      .where('generation', '=', generation)
      .where('role', '!=', 'live')
      .execute();
    const live = await db
      .selectFrom('stele_slot')
      .select('generation')
      .where('projection', '=', projection)
      .where('generation', '=', generation)
      .where('role', '=', 'live')
      .executeTakeFirst();
    if (live) throw unavailable(`generation ${generation} of ${projection} is live: look again`);
    for (const table of [
      'stele_checkpoint',
      'stele_epoch',
      'stele_parked',
      'stele_discarded',
    ] as const)
      await db
        .deleteFrom(table)
        .where('projection', '=', projection)
        .where('generation', '=', generation)
        .execute();
  });
  await clearDropped(engine, projection);
};

/** Drop the tables of what was removed, unless somebody reads them: then at the next removal. */
const clearDropped = async (engine: Engine, projection: string): Promise<void> => {
  const dropped = await engine.db
    .selectFrom('stele_slot')
    .select('generation')
    .where('projection', '=', projection)
    .where('role', '=', 'dropped')
    .execute();
  for (const { generation } of dropped)
    await within(engine, 'drop', async (db) => {
      await dropSlotTables(db, slotTables({ projection, generation, columns: [], search: [] }));
      await db
        .deleteFrom('stele_slot')
        .where('projection', '=', projection)
        .where('generation', '=', generation)
        .execute();
    }).catch((error: unknown) => {
      if (!engine.busy(error)) throw error;
    });
};

/** The count of commits of a slot; null when it is gone. */
export const slotRevision = async (engine: Engine, slot: Slot): Promise<number | null> => {
  const row = await engine.db
    .selectFrom('stele_slot')
    .select('revision')
    .where('projection', '=', slot.projection)
    .where('generation', '=', slot.generation)
    .where('role', '!=', 'dropped')
    .executeTakeFirst();
  return row?.revision ?? null;
};

export const slotCheckpoints = (engine: Engine, slot: Slot): Promise<readonly Checkpoint[]> =>
  engine.db
    .selectFrom('stele_checkpoint')
    .select(['source', 'sequence', 'at'])
    .where('projection', '=', slot.projection)
    .where('generation', '=', slot.generation)
    .orderBy('source')
    .execute();

const liveOnes = (db: Sql) =>
  db
    .selectFrom('stele_checkpoint')
    .innerJoin('stele_slot', (join) =>
      join
        .onRef('stele_slot.projection', '=', 'stele_checkpoint.projection')
        .onRef('stele_slot.generation', '=', 'stele_checkpoint.generation'),
    )
    .select(['stele_checkpoint.source', 'stele_checkpoint.sequence', 'stele_checkpoint.at'])
    .where('stele_slot.role', '=', 'live')
    .distinct();

/** How far live documents were taken, whichever projections they are of, and in which epoch. */
export const liveCheckpoints = async (db: Sql): Promise<readonly Checkpoint[]> => {
  try {
    const rows = await liveOnes(db)
      .leftJoin('stele_epoch', (join) =>
        join
          .onRef('stele_epoch.projection', '=', 'stele_checkpoint.projection')
          .onRef('stele_epoch.generation', '=', 'stele_checkpoint.generation')
          .onRef('stele_epoch.source', '=', 'stele_checkpoint.source'),
      )
      .select('stele_epoch.epoch')
      .execute();
    return rows.map(({ epoch, ...one }) => (epoch === null ? one : { ...one, epoch }));
  } catch (error) {
    // Who only looks meets what an older program made.
    if (!(error as Error).message.includes('stele_epoch')) throw error;
    return liveOnes(db).execute();
  }
};

/** Note in which epoch of each log the checkpoints of a slot stand from now on; never an earlier one. */
export const noteEpochs = async (
  engine: Engine,
  { projection, generation }: Slot,
  epochs: ReadonlyMap<string, number>,
): Promise<void> => {
  const known = await engine.db
    .selectFrom('stele_epoch')
    .select(['source', 'epoch'])
    .where('projection', '=', projection)
    .where('generation', '=', generation)
    .execute();
  const noted = new Map(known.map(({ source, epoch }) => [source, epoch]));
  const later = [...epochs].filter(([source, epoch]) => epoch > (noted.get(source) ?? -1));
  if (later.length === 0) return;
  await within(engine, 'write', async (db) => {
    for (const [source, epoch] of later)
      await db
        .insertInto('stele_epoch')
        .values({ projection, generation, source, epoch })
        .onConflict((conflict) =>
          conflict.columns(['projection', 'generation', 'source']).doUpdateSet({ epoch }),
        )
        .execute();
  });
};

type InLog = { readonly source: string; readonly sequence: number };

const records = async <T extends InLog>(
  engine: Engine,
  table: 'stele_parked' | 'stele_discarded',
  slot: Slot,
): Promise<readonly T[]> => {
  const rows = await engine.db
    .selectFrom(table)
    .select('record')
    .where('projection', '=', slot.projection)
    .where('generation', '=', slot.generation)
    .execute();
  return rows
    .map(({ record }) => JSON.parse(record) as T)
    .sort((a, b) =>
      a.source === b.source ? a.sequence - b.sequence : a.source < b.source ? -1 : 1,
    );
};

export const slotParked = (engine: Engine, slot: Slot): Promise<readonly Parked[]> =>
  records<Parked>(engine, 'stele_parked', slot);

export const slotDiscarded = (engine: Engine, slot: Slot): Promise<readonly Discarded[]> =>
  records<Discarded>(engine, 'stele_discarded', slot);

export const stoppedProjections = async (engine: Engine): Promise<ReadonlySet<string>> => {
  const rows = await engine.db
    .selectFrom('stele_projection')
    .select('name')
    .where('stopped', '=', 1)
    .execute();
  return new Set(rows.map(({ name }) => name));
};

export const setProjectionStopped = async (
  engine: Engine,
  name: string,
  stopped: boolean,
): Promise<void> => {
  const flag = Number(stopped);
  await engine.db
    .insertInto('stele_projection')
    .values({ name, generations: 0, stopped: flag })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ stopped: flag }))
    .execute();
};
