import { describe, expect, it } from 'vitest';
import type { Catalogue, CommandEntry, EventEntry } from './use-catalogue.js';
import { keyOf, wantedOf } from './wanted-of.js';

const event = (aggregate_type: string, event_type: string, more: Partial<EventEntry> = {}) => ({
  aggregate_type,
  event_type,
  summary: null,
  version: 1,
  versions: [1],
  upcasters: [],
  readable: true,
  unreadable_versions: [],
  definition: 'abc',
  schema: '',
  sensitive: false,
  critical: false,
  commands: [],
  transitions: [],
  projections: [],
  ...more,
});
const command: CommandEntry = {
  aggregate_type: 'Door',
  command_type: 'ShutDoor',
  summary: 'Shut it.',
  aliases: [],
  sensitive: true,
  critical: false,
  approval: false,
  creates: false,
  roles: [],
  emits: [],
  schema: '',
};
const catalogue: Catalogue = {
  events: [event('Door', 'DoorShut'), event('Key', 'KeyMade'), event('Door', 'DoorLost')],
  commands: [command],
};
const names = (wanted: Partial<Parameters<typeof wantedOf>[1]>) =>
  wantedOf(catalogue, { of: 'events', text: '', types: [], ...wanted }).flatMap(({ entries }) =>
    entries.map(keyOf),
  );

describe('wantedOf', () => {
  it('keeps what belongs together together', () => {
    expect(names({})).toEqual(['Door/DoorShut', 'Door/DoorLost', 'Key/KeyMade']);
  });

  it('finds by type and by text, whatever the case', () => {
    expect(names({ types: ['Key'] })).toEqual(['Key/KeyMade']);
    expect(names({ text: ' lost' })).toEqual(['Door/DoorLost']);
    expect(names({ of: 'commands', text: 'shut IT' })).toEqual(['Door/ShutDoor']);
    expect(names({ text: 'window' })).toEqual([]);
  });

  it('marks what one must know', () => {
    const odd = event('Door', 'DoorShut', { version: 3, readable: false, critical: true });
    const [group] = wantedOf(
      { ...catalogue, events: [odd] },
      { of: 'events', text: '', types: [] },
    );
    expect(group?.entries[0]?.marks).toEqual(['version 3', 'not readable', 'critical']);
  });
});
