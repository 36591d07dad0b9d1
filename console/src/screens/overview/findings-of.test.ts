import { describe, expect, it } from 'vitest';
import { findingsOf, notReadyIn, type Part, type ProjectionState } from './findings-of.js';

const part = (name: string, state: string, reason: string | null = null): Part => ({
  name,
  state,
  reason,
});
const projection = (name: string, more: Partial<ProjectionState> = {}): ProjectionState => ({
  name,
  state: 'running',
  reason: null,
  lag_events: 0,
  lag_seconds: 0,
  parked_aggregates: 0,
  parked_events: 0,
  ...more,
});

describe('findingsOf', () => {
  it('finds nothing where all is in order', () => {
    const busy = projection('doors', { lag_events: 400, lag_seconds: 2 });
    expect(findingsOf([], [busy])).toEqual([]);
  });

  it('names what is down first, then what is late, then what waits', () => {
    const parts = [
      part('projection:doors', 'stopped', 'by ada'),
      part('event_store', 'down', 'no answer'),
    ];
    const all = [
      projection('keys', { parked_events: 3, parked_aggregates: 1 }),
      projection('rooms', { lag_events: 1, lag_seconds: 61.4 }),
      projection('doors', { lag_events: 900, lag_seconds: 900 }),
    ];
    expect(findingsOf(parts, all)).toEqual([
      { tone: 'bad', text: 'event store is down: no answer', href: '/doctor' },
      { tone: 'warn', text: 'Projection doors is stopped: by ada', href: '/projections/doors' },
      {
        tone: 'warn',
        text: 'Projection rooms is late: 1 event, 61 seconds',
        href: '/projections/rooms',
      },
      {
        tone: 'warn',
        text: '3 events of 1 aggregate could not be taken by projection keys and wait',
        href: '/parked',
      },
    ]);
  });
});

it('reads what is not ready from the answer that says no', () => {
  const parts = [part('node', 'draining'), part('projection:doors', 'waiting')];
  expect(notReadyIn({ parts, not_ready: ['node'] })).toEqual([parts[0]]);
  expect(notReadyIn({})).toEqual([]);
});
