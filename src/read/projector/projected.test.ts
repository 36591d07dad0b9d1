import { expect, it } from 'vitest';
import { type EventRecord, hashOf, seal } from '../../core/event.js';
import { projected } from './projected.js';

const stored = (effective_at: string | null): EventRecord & { readonly sequence: number } => ({
  ...seal({
    event_id: 'e1',
    event_type: 'LampPut',
    event_version: 1,
    aggregate_type: 'Lamp',
    aggregate_id: 'l1',
    aggregate_version: 1,
    event_timestamp: '2026-01-06T10:00:00.000Z',
    actor: 'ada',
    actor_type: 'user',
    source: 'import',
    causation_id: 'c1',
    command_hash: '',
    correlation_id: null,
    business_justification: null,
    approval_id: null,
    effective_at,
    traceparent: null,
    data: {},
    previous_hash: null,
  }),
  sequence: 1,
});

it('handlers get the times of an old event in one form, and the event stays what was hashed', () => {
  const event = stored('2020-01-01T00:00:00Z');
  expect(projected(event, event.data)).toMatchObject({
    event_timestamp: '2026-01-06T10:00:00.000Z',
    effective_at: '2020-01-01T00:00:00.000Z',
    occurred_at: '2020-01-01T00:00:00.000Z',
  });
  expect(event.effective_at).toBe('2020-01-01T00:00:00Z');
  expect(hashOf(event)).toBe(event.hash);
  expect(projected(stored(null), {})).toMatchObject({
    effective_at: null,
    occurred_at: '2026-01-06T10:00:00.000Z',
  });
});
