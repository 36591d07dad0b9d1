import { describe, expect, it } from 'vitest';
import { correctedBy, reasonsOf, takenBy } from './taken-by.js';

describe('what an event has to do with others', () => {
  it('is said by its data when it corrects one', () => {
    expect(correctedBy({ data: { original_event_id: 'e1' } })).toBe('e1');
    expect(correctedBy({ data: { corrects_event_id: 'e2' } })).toBe('e2');
    expect(correctedBy({ data: { original_event_id: 7 } })).toBeUndefined();
  });

  it('gives every reason once', () => {
    expect(
      reasonsOf({ business_justification: 'audit', data: { reason: 'audit', comment: 'late' } }),
    ).toEqual(['audit', 'late']);
    expect(reasonsOf({ business_justification: null, data: { reason: '' } })).toEqual([]);
  });

  it('tells which read models took it', () => {
    const taker = (name: string, sequence: number, source = 'work-item') => ({
      name,
      state: 'running',
      parked_events: 0,
      sources: [{ source, sequence }],
    });
    expect(
      takenBy({ position: 'work-item:5', aggregate_type: 'WorkItem' }, [
        taker('has', 5),
        taker('late', 4),
        taker('other', 9, 'relation'),
      ]),
    ).toEqual([
      { name: 'has', state: 'running', has: true },
      { name: 'late', state: 'running', has: false },
    ]);
  });
});
