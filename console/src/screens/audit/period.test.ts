import { describe, expect, it } from 'vitest';
import { instantsOf, queryOf } from './period.js';

const params = new URLSearchParams(
  'tab=commands&actor=ann&from=2026-01-01&to=2026-01-31&sensitive=true&code=FORBIDDEN',
);

describe('what is asked of each list', () => {
  it('is the same person and period, with what only that list has', () => {
    expect(queryOf('changes', params)).toEqual({
      actor: ['ann'],
      sensitive: ['true'],
      'recorded_at.gte': '2026-01-01',
      'recorded_at.lte': '2026-01-31',
    });
    expect(queryOf('commands', params)).toEqual({
      actor: ['ann'],
      code: ['FORBIDDEN'],
      'received_at.gte': '2026-01-01',
      'received_at.lte': '2026-01-31',
    });
  });

  it('is only what was refused among the refusals', () => {
    expect(queryOf('refusals', params)).toMatchObject({ outcome: 'refused', actor: ['ann'] });
  });
});

describe('the period of the report', () => {
  it('includes its last day', () => {
    expect(instantsOf({ from: '2026-01-01', to: '2026-01-31' })).toEqual({
      from: '2026-01-01T00:00:00Z',
      to: '2026-02-01T00:00:00.000Z',
    });
    expect(
      instantsOf({ from: '2026-01-01T10:00:00.000Z', to: '2026-01-01T10:59:59.999Z' }),
    ).toEqual({ from: '2026-01-01T10:00:00.000Z', to: '2026-01-01T11:00:00.000Z' });
    expect(instantsOf({ from: undefined, to: undefined })).toEqual({});
  });
});
