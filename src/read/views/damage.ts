import type { Engine } from './engine.js';
import type { Damage } from './port.js';
import { allSlots } from './slots.js';
import { SHARED_TABLES, slotTables } from './tables.js';

/** Look at every table that is in use. */
export const damageOf = async (engine: Engine): Promise<readonly Damage[]> => {
  const first = async (tables: readonly string[]): Promise<string | undefined> => {
    for (const table of tables) {
      const what = await engine.damaged(table);
      if (what !== undefined) return what;
    }
    return undefined;
  };
  const shared = await first(SHARED_TABLES);
  // Without these it is not known what else there is.
  if (shared !== undefined) return [{ slot: null, what: shared }];
  const found: Damage[] = [];
  for (const slot of await allSlots(engine)) {
    const { documents, lists, folds } = slotTables(slot);
    const what = await first([documents, lists, folds]);
    const { projection, generation } = slot;
    if (what !== undefined) found.push({ slot: { projection, generation }, what });
  }
  return found;
};
