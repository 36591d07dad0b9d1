import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AGGREGATE_ID,
  aggregateIdFrom,
  eventId,
  kebab,
  stableCommandId,
  stableUuid5,
  UUID,
  UUID_V4,
} from './ids.js';

const VERSION_8 = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('ids', () => {
  const of = (aggregate_type: string, aggregate_id: string) => ({ aggregate_type, aggregate_id });

  it('of events are UUIDs of version 8, the same for the same command, place and aggregate', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.nat(300), fc.string(), (command, index, aggregate) => {
        const id = eventId(command, index, of('Door', aggregate));
        expect(id).toMatch(VERSION_8);
        expect(id).toMatch(UUID);
        expect(eventId(command, index, of('Door', aggregate))).toBe(id);
      }),
    );
  });

  it('of events differ by command, by place, by aggregate and by its type', () => {
    const all = ['Door', 'Gate'].flatMap((type) => ['a', 'b', 'a1'].map((id) => of(type, id)));
    const ids = ['c1', 'c2'].flatMap((command) =>
      [0, 1, 11].flatMap((index) => all.map((one) => eventId(command, index, one))),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  // Stored in logs: they must never come out differently.
  it('stay as they are for ever', () => {
    const command = '5f1c2f0e-7f63-4b7e-9a58-0f6f0c7d3a11';
    expect(eventId(command, 0, of('Application', 'app-1'))).toMatchInlineSnapshot(
      `"2c15b5b3-3a52-81e5-ba5b-224a8f5c8556"`,
    );
    expect(aggregateIdFrom(command, 'application')).toMatchInlineSnapshot(
      `"3d660ae0-9b66-4da0-b614-cc24934738b4"`,
    );
    expect(stableCommandId('import', 'row', '7')).toMatchInlineSnapshot(
      `"419ad95e-3257-4a79-993f-96b19f448a55"`,
    );
  });

  it('of commands that are found again have the shape REQ-005 asks for', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (parts) => {
        expect(stableCommandId(...parts)).toMatch(UUID_V4);
        expect(stableCommandId(...parts)).toBe(stableCommandId(...parts));
      }),
    );
  });

  it('of commands keep their parts apart', () => {
    const ids = [['ab', 'c'], ['a', 'bc'], ['abc'], ['ab', 'c', ''], ['c', 'ab'], []];
    expect(new Set(ids.map((parts) => stableCommandId(...parts))).size).toBe(ids.length);
  });

  it('of aggregates follow from the command and the type, and may be used as ids', () => {
    const id = aggregateIdFrom('c1', 'door');
    expect(id).toMatch(AGGREGATE_ID);
    expect(aggregateIdFrom('c1', 'door')).toBe(id);
    expect(new Set([id, aggregateIdFrom('c1', 'room'), aggregateIdFrom('c2', 'door')]).size).toBe(
      3,
    );
  });
});

describe('an id as it may be written', () => {
  it.each(['a', 'A-1_b', 'f47ac10b-58cc-4372-a567-0e02b2c3d479', 'x'.repeat(128)])('%s', (id) => {
    expect(id).toMatch(AGGREGATE_ID);
  });
  it.each(['', 'a.b', '*', '>', 'a b', 'é', 'a/b', 'a\n', 'x'.repeat(129)])('never "%s"', (id) => {
    expect(id).not.toMatch(AGGREGATE_ID);
  });
  it('a command id is a UUID of version 4 in either case, and no other', () => {
    expect('f47ac10b-58cc-4372-a567-0e02b2c3d479').toMatch(UUID_V4);
    expect('F47AC10B-58CC-4372-A567-0E02B2C3D479').toMatch(UUID_V4);
    for (const id of [
      'f47ac10b-58cc-1372-a567-0e02b2c3d479',
      'f47ac10b-58cc-4372-c567-0e02b2c3d479',
      'f47ac10b58cc4372a5670e02b2c3d479',
      '{f47ac10b-58cc-4372-a567-0e02b2c3d479}',
      'f47ac10b-58cc-4372-a567-0e02b2c3d479\n',
    ])
      expect(id).not.toMatch(UUID_V4);
  });
});

describe('stable UUIDs of version 5', () => {
  const DNS = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';

  it('follow from a namespace and names, as anybody would compute them', () => {
    // uuid.uuid5(uuid.NAMESPACE_DNS, '["a","b"]') in Python.
    expect(stableUuid5(DNS, 'a', 'b')).toBe('bd4c1fe6-dea7-51ca-b3f3-2a90b4817ead');
    expect(stableUuid5(DNS, 'a', 'b')).toMatch(AGGREGATE_ID);
  });

  it('differ by namespace, by name, by order and by where a name ends', () => {
    const other = '6ba7b811-9dad-11d1-80b4-00c04fd430c8';
    const ids = [['a', 'b'], ['b', 'a'], ['ab'], ['a', 'b', ''], ['a","b']].flatMap((names) => [
      stableUuid5(DNS, ...names),
      stableUuid5(other, ...names),
    ]);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('kebab', () => {
  it.each([
    ['Server', 'server'],
    ['BusinessCapability', 'business-capability'],
    ['AddParentToCapability', 'add-parent-to-capability'],
    ['SetTier2Support', 'set-tier2-support'],
    ['ChangeServiceSLA', 'change-service-sla'],
  ])('%s → %s', (pascal, expected) => {
    expect(kebab(pascal)).toBe(expected);
    expect(kebab(expected)).toBe(expected);
  });
});
