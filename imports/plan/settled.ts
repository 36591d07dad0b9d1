import type { Happened, Landscape, Touched } from '../../src/operate/importing/importer.js';
import { turns } from '../../src/operate/importing/turns.js';
import { above } from './above.js';
import { keysOf } from './inverses.js';

const DATE_CHARS = 'YYYY-MM-DD'.length;

/** Who said something, for people. */
export const saidBy = ({ actor, event_timestamp, event_type }: Happened): string =>
  `${actor} on ${event_timestamp.slice(0, DATE_CHARS)} (${event_type})`;

/** Asks the log who had the last word; each aggregate is read once. */
export const settledIn = (landscape: Landscape) => {
  const known = new Map<string, Promise<readonly Happened[]>>();
  const eventsOf = ({ aggregate_type, aggregate_id }: Touched): Promise<readonly Happened[]> => {
    const address = `${aggregate_type}/${aggregate_id}`;
    const events = known.get(address) ?? landscape.events(aggregate_type, aggregate_id);
    known.set(address, events);
    return events;
  };
  const lasts = new Map<string, Promise<ReadonlyMap<string, number>>>();
  const turn = turns();
  /** Where in the history of an aggregate each key was set last; looked through once. */
  const lastsOf = (of: Touched): Promise<ReadonlyMap<string, number>> => {
    const address = `${of.aggregate_type}/${of.aggregate_id}`;
    const look = async (): Promise<ReadonlyMap<string, number>> => {
      const found = new Map<string, number>();
      for (const [at, event] of (await eventsOf(of)).entries()) {
        await turn();
        for (const key of keysOf(event)) found.set(key, at);
      }
      return found;
    };
    const known = lasts.get(address) ?? look();
    lasts.set(address, known);
    return known;
  };
  /** The event that set something last; what nobody set since stands as it was created. */
  const lastOn = async (of: Touched, key: string): Promise<Happened | undefined> => {
    const [events, found] = [await eventsOf(of), await lastsOf(of)];
    let last = found.get(key) ?? 0;
    for (const part of above(key)) last = Math.max(last, found.get(part) ?? 0);
    return events[last];
  };
  return {
    eventsOf,
    /** The event by which somebody else than an import had the last word. */
    byPeople: async (of: Touched, key: string): Promise<Happened | undefined> => {
      const last = await lastOn(of, key);
      return last && last.source !== 'import' ? last : undefined;
    },
    /** The event that deleted it, unless an import or a revert did. */
    deletedByPeople: async (of: Touched): Promise<Happened | undefined> => {
      const last = (await eventsOf(of)).at(-1);
      return last && last.source !== 'import' ? last : undefined;
    },
  };
};
export type Settled = ReturnType<typeof settledIn>;
