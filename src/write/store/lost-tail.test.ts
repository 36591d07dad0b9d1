import { expect, it } from 'vitest';
import { chain, KIND } from '../../../test/support/events.js';
import { Hole } from '../../core/history-broken.js';
import { replacedSince } from '../../read/projector/same-log.js';
import type { EventStore } from './event-store.js';
import { isReplaced, markAt } from './lost-tail.js';
import { memoryStore } from './memory-store.js';

it('a log is known by its last event also where others near its end are gone', async () => {
  const memory = memoryStore();
  const events = chain('a', 10);
  await memory.append({ kind: KIND, aggregate_id: 'a', expected: 0, events, claims: [] });
  const store: EventStore = {
    ...memory,
    async *scan(kind, from) {
      for await (const entry of memory.scan(kind, from))
        if (entry.sequence === 8) throw new Hole('EVT_LAMP', 8, 8);
        else yield entry;
    },
  };
  const mark = { sequence: 10, event_id: events[9]!.event_id };
  expect(await markAt(store, KIND, 10)).toEqual(mark);
  expect(await isReplaced(store, KIND, mark)).toBe(false);
  expect(await isReplaced(store, KIND, { sequence: 8, event_id: 'gone' })).toBe(false);
  expect(await isReplaced(store, KIND, { ...mark, event_id: 'other' })).toBe(true);
  const at = events[9]!.event_timestamp;
  const source = { definition: KIND };
  expect(await replacedSince(store, source, { sequence: 10, at })).toBeUndefined();
  expect(await replacedSince(store, source, { sequence: 10, at: 'then' })).toContain('replaced');
});
