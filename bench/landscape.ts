import type { EventRecord } from '../src/core/event.js';
import type { EventStore } from '../src/write/store/event-store.js';
import { appendTo, eachOf } from './fixtures.js';
import { growAll, type Life } from './lives.js';
import { historyLike, idsOf, ownerEvents, typicalHistory } from './samples.js';

/** Events of each application of a landscape: the six typical ones, and changes of the owner. */
export const EVENTS_EACH = 10;
/** Teams that own the applications, each as many as the others. */
export const TEAMS = 200;
/**
 * Applications that change at the same time: the next event of one comes after one of each of the
 * others. No batch of a projector then holds two events of one document, as it would in a log that
 * was imported one history after the other.
 */
const CHANGING_AT_ONCE = 5_000;
/** Events after which the lives that are spread over a landscape go on. */
const WRITTEN_AT_ONCE = 1_000;

/** The ids of the applications of a landscape, the same in every process. */
export const landscapeIds = (count: number): readonly string[] => idsOf('landscape', count);
/** The team that owns the nth application in the end. */
export const teamOf = (index: number): string => `team-of-${index % TEAMS}`;

/** A whole history, decided once: the others are sealed after its example. */
const example = (): readonly EventRecord[] => {
  const typical = typicalHistory(idsOf('example', 1)[0]!);
  const more = EVENTS_EACH - typical.length;
  return [...typical, ...ownerEvents(typical[typical.length - 1]!, 2, more)];
};

/**
 * Write a landscape, a part of the applications after the other, and `lives` spread all over it.
 * Returns the sequence of the last event.
 */
export const writeLandscape = async (
  store: EventStore,
  count: number,
  lives: readonly Life[],
): Promise<number> => {
  const ids = landscapeIds(count);
  const history = example();
  let last = 0;
  for (let from = 0; from < count; from += CHANGING_AT_ONCE) {
    const changing = ids.slice(from, from + CHANGING_AT_ONCE).map((id, at) => ({
      events: historyLike(history, { id, owner: teamOf(from + at) }),
      sequence: 0,
    }));
    for (let at = 0; at < EVENTS_EACH; at++)
      for (let begin = 0; begin < changing.length; begin += WRITTEN_AT_ONCE) {
        const some = changing.slice(begin, begin + WRITTEN_AT_ONCE);
        await eachOf(some, async (one) => {
          one.sequence = await appendTo(store, [one.events[at]!], one.sequence);
          last = Math.max(last, one.sequence);
        });
        const written = from + (changing.length * at + begin + some.length) / EVENTS_EACH;
        await growAll(store, lives, written / count);
      }
  }
  return Math.max(last, ...lives.map(({ folded }) => folded.sequence));
};
