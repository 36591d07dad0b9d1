import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonical, sha256 } from './canonical.js';
import {
  CHAIN_START,
  canonicalEvent,
  chainBreak,
  type EventRecord,
  eventJson,
  HASH_RECIPE,
  hashOf,
  linkBreak,
  occurredAt,
  position,
  seal,
} from './event.js';

const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), fc.uuid());
const version = fc.oneof(fc.nat(), fc.constantFrom(1e21, Number.MAX_SAFE_INTEGER));
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(-0, 1e21, 1e-7, 0.1 + 0.2, 5e-324),
);
const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { maxDepth: 3 },
    fc.oneof(text, number, fc.boolean(), fc.constant(null)),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(text, tie('json'), { maxKeys: 4 }),
  ),
}));
const orNull = fc.option(text);
const record: fc.Arbitrary<Omit<EventRecord, 'hash'>> = fc.record({
  event_id: text,
  event_type: text,
  event_version: version,
  aggregate_type: text,
  aggregate_id: text,
  aggregate_version: version,
  event_timestamp: text,
  actor: text,
  actor_type: text,
  source: text,
  causation_id: text,
  command_hash: text,
  correlation_id: orNull,
  business_justification: orNull,
  approval_id: orNull,
  effective_at: orNull,
  traceparent: orNull,
  data: fc.dictionary(text, json) as fc.Arbitrary<Record<string, unknown>>,
  hash_recipe: version,
  previous_hash: orNull,
});

const one = (more: Partial<EventRecord> = {}): EventRecord => ({
  ...seal({
    event_id: 'e1',
    event_type: 'DoorBuilt',
    event_version: 2,
    aggregate_type: 'Door',
    aggregate_id: 'd1',
    aggregate_version: 1,
    event_timestamp: '2026-01-06T10:00:00.000Z',
    actor: 'ada',
    actor_type: 'user',
    source: 'api',
    causation_id: 'c1',
    command_hash: 'h',
    correlation_id: null,
    business_justification: null,
    approval_id: null,
    effective_at: null,
    traceparent: null,
    data: { name: 'front' },
    previous_hash: null,
    ...more,
  }),
});

describe('the hash of an event', () => {
  it('is over the canonical JSON of all its other fields, as the library writes it', () => {
    fc.assert(
      fc.property(record, (event) => {
        expect(canonicalEvent(event)).toBe(canonical(event));
        expect(JSON.parse(canonicalEvent(event))).toEqual(JSON.parse(JSON.stringify(event)));
      }),
      { numRuns: 300 },
    );
  });

  it('changes when any field changes', () => {
    fc.assert(
      fc.property(
        record,
        record,
        fc.constantFrom(...(Object.keys(one()) as (keyof EventRecord)[])),
        (event, other, field) => {
          if (field === 'hash') return;
          const changed = { ...event, [field]: other[field] };
          expect(hashOf(changed) === hashOf(event)).toBe(
            canonical(other[field]) === canonical(event[field]),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('does not depend on the order in which data was written', () => {
    const [a, b] = [
      one({ data: { x: 1, y: { p: 1, q: 2 } } }),
      one({ data: { y: { q: 2, p: 1 }, x: 1 } }),
    ];
    expect(a.hash).toBe(b.hash);
  });

  it('is the one the recipe has always given', () => {
    const sealed = one();
    expect(sealed.hash_recipe).toBe(HASH_RECIPE);
    const { hash, ...rest } = sealed;
    expect(hash).toBe(sha256(canonical(rest)));
    expect(hash).toMatchInlineSnapshot(
      `"6ded7dd60e35c1683cbffff971cceb5cca56039e37196570b3267665d73cc901"`,
    );
  });

  it('knows no value that JSON cannot hold', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => one({ data: { value } })).toThrow();
    expect(() => canonical(undefined)).toThrow(TypeError);
  });
});

describe('a chain of events', () => {
  const first = one();
  const head = { version: 1, hash: first.hash };
  const second = one({ aggregate_version: 2, previous_hash: first.hash, event_id: 'e2' });

  it('holds from the first event on', () => {
    expect(chainBreak(CHAIN_START, first)).toBeUndefined();
    expect(chainBreak(head, second)).toBeUndefined();
    expect(linkBreak(head, second)).toBeUndefined();
  });

  it.each<[string, EventRecord, string]>([
    ['an event that is missing', one({ aggregate_version: 3 }), 'version 3 where 2 was expected'],
    ['an event that comes twice', first, 'version 1 where 2 was expected'],
    [
      'an event that follows another',
      one({ aggregate_version: 2, previous_hash: 'f'.repeat(64) }),
      'version 2 does not carry the hash of version 1',
    ],
    [
      'an event that follows nothing',
      one({ aggregate_version: 2, previous_hash: null }),
      'version 2 does not carry the hash of version 1',
    ],
  ])('shows %s, by the link alone', (_, event, broken) => {
    expect(linkBreak(head, event)).toBe(broken);
    expect(chainBreak(head, event)).toBe(broken);
  });

  it.each<[string, EventRecord, string]>([
    [
      'a field that was altered',
      { ...second, actor: 'eve' },
      'version 2 does not match its own hash',
    ],
    [
      'data that was altered',
      { ...second, data: { name: 'back' } },
      'version 2 does not match its',
    ],
    [
      'a hash that was altered',
      { ...second, hash: 'f'.repeat(64) },
      'version 2 does not match its',
    ],
    ['a recipe of the future', { ...second, hash_recipe: 2 }, 'version 2 was hashed by recipe 2'],
  ])('shows %s, by the hash', (_, event, broken) => {
    expect(linkBreak(head, event)).toBeUndefined();
    expect(chainBreak(head, event)).toContain(broken);
  });
});

describe('an event as it is shown', () => {
  const REQUIRED = [
    'event_id',
    'event_type',
    'aggregate_id',
    'aggregate_type',
    'aggregate_version',
    'event_timestamp',
    'actor',
    'source',
    'causation_id',
    'data',
  ];
  const shown = eventJson({ ...one(), sequence: 42 }, 'door');

  it('has the fields of requirement 000 in its order, with what REQ-019 adds between', () => {
    expect(Object.keys(shown).filter((key) => REQUIRED.includes(key))).toEqual(REQUIRED);
    expect(Object.keys(shown)).toEqual([
      'event_id',
      'event_type',
      'aggregate_id',
      'aggregate_type',
      'aggregate_version',
      'event_timestamp',
      'actor',
      'actor_type',
      'source',
      'causation_id',
      'correlation_id',
      'business_justification',
      'approval_id',
      'event_version',
      'data',
      'metadata',
    ]);
  });

  it('has every value, and says where it stands', () => {
    expect(shown).toEqual({
      event_id: 'e1',
      event_type: 'DoorBuilt',
      aggregate_id: 'd1',
      aggregate_type: 'Door',
      aggregate_version: 1,
      event_timestamp: '2026-01-06T10:00:00.000Z',
      actor: 'ada',
      actor_type: 'user',
      source: 'api',
      causation_id: 'c1',
      correlation_id: null,
      business_justification: null,
      approval_id: null,
      event_version: 2,
      data: { name: 'front' },
      metadata: { position: 'door:42', previous_hash: null, hash: one().hash },
    });
    expect(position('door', 42)).toBe('door:42');
  });

  it('shows what an import or a trace added, and no place before it has one', () => {
    const json = eventJson(one({ effective_at: '2016-12-14T00:00:00Z', traceparent: '00-a' }), 'x');
    expect(json.effective_at).toBe('2016-12-14T00:00:00Z');
    expect(json.metadata).toMatchObject({ traceparent: '00-a' });
    expect(json.metadata).not.toHaveProperty('position');
  });
});

it('happened when an import says that it did, else when it was recorded, in the one form', () => {
  const recorded = one();
  expect(occurredAt(recorded)).toBe(recorded.event_timestamp);
  const effective_at = '2016-12-14T00:00:00Z';
  expect(occurredAt(one({ effective_at }))).toBe('2016-12-14T00:00:00.000Z');
});
