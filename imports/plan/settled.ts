import type { Happened, Landscape, Touched } from '../importer.js';
import { keysOf } from './inverses.js';

const DATE_CHARS = 'YYYY-MM-DD'.length;

/** Who said something, for people. */
export const saidBy = ({ actor, event_timestamp, event_type }: Happened): string =>
  `${actor} on ${event_timestamp.slice(0, DATE_CHARS)} (${event_type})`;

const within = (key: string, asked: string): boolean =>
  key === asked || asked.startsWith(`${key}/`);

/** Asks the log who had the last word; each aggregate is read once. */
export const settledIn = (landscape: Landscape) => {
  const known = new Map<string, Promise<readonly Happened[]>>();
  const eventsOf = ({ aggregate_type, aggregate_id }: Touched): Promise<readonly Happened[]> => {
    const address = `${aggregate_type}/${aggregate_id}`;
    const events = known.get(address) ?? landscape.events(aggregate_type, aggregate_id);
    known.set(address, events);
    return events;
  };
  /** The event that set something last; what nobody set since stands as it was created. */
  const lastOn = async (of: Touched, key: string): Promise<Happened | undefined> => {
    const events = await eventsOf(of);
    return events.findLast((event) => keysOf(event).some((set) => within(set, key))) ?? events[0];
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
