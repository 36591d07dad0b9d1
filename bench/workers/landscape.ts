import { consumed, type Opened, openStore } from '../fixtures.js';
import { writeLandscape } from '../landscape.js';
import { type Life, unborn } from '../lives.js';
import { idsOf } from '../samples.js';
import { TRAVELLED, type Travelled } from '../travelled.js';
import { answerCalls } from '../worker.js';

/** As often as the runtime makes one. */
const SNAPSHOT_EVERY = 100;

let opened: Opened;

const livesOf = (of: Record<Travelled, number>): Life[] =>
  Object.entries(TRAVELLED).flatMap(([name, events]) => {
    const count = Math.floor(events / SNAPSHOT_EVERY);
    const snapshots = Array.from({ length: count }, (_, at) => (at + 1) * SNAPSHOT_EVERY);
    return idsOf(name, of[name as Travelled]).map((id) => unborn({ id, events, snapshots }));
  });

/** Writes what is read afterwards, and reads it as nobody can do it faster. */
const handlers = {
  /**
   * Writes a landscape of so many applications, and applications to travel to spread all over it.
   * Returns the sequence of the last event.
   */
  write: async (asked: {
    url: string;
    applications: number;
    of: Record<Travelled, number>;
  }): Promise<number> => {
    opened = await openStore(asked.url);
    return writeLandscape(opened.store, asked.applications, livesOf(asked.of));
  },
  /** Events per second of raw consumption. */
  consume: ({ upTo }: { upTo: number }): Promise<number> => consumed(opened.nc, upTo),
};
export type Landscape = typeof handlers;

answerCalls(handlers, async () => {
  await opened?.store.close();
  await opened?.nc.close();
});
