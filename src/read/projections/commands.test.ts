import { describe, expect, it } from 'vitest';
import { givenEvents } from '../../testing/index.js';
import { commands } from './commands.js';

const entry = (outcome: string, received_at: string, more: object = {}) => ({
  journal: { outcome, received_at, via: 'http', duration_ms: 3, ...more },
});

describe('a command', () => {
  it('is a document with what became of it', () => {
    givenEvents(
      commands,
      entry('accepted', '2026-01-01T10:00:00.000Z', {
        command_id: 'c1',
        command_type: 'Join',
        aggregate_type: 'Member',
        aggregate_id: 'm',
        actor: 'ann',
        actor_type: 'user',
        source: 'ui',
        correlation_id: 'k',
        business_justification: 'why not',
        approval_id: 'chg-1',
        ip_address: '10.0.0.1',
        command_timestamp: '2026-01-01T09:59:59Z',
        version: 4,
        position: 'member:9',
        data: { name: '[redacted]' },
      }),
    ).then({
      '1-0': {
        entry_id: '1-0',
        outcome: 'accepted',
        code: null,
        denied: false,
        command_type: 'Join',
        actor: 'ann',
        aggregate_version: 4,
        position: 'member:9',
        ip_address: '10.0.0.1',
        data: { name: '[redacted]' },
      },
    });
  });

  it('may be one that nobody could read', () => {
    givenEvents(commands, {
      journal: { outcome: 'refused', code: 'MALFORMED_COMMAND', actor: 7 },
    }).then({ '1-0': { actor: null, received_at: '', duration_ms: 0, via: '', data: null } });
  });

  it('that was only tried was refused to nobody', () => {
    givenEvents(commands, entry('dry_run', '2026-01-01T10:00:00.000Z', { code: 'FORBIDDEN' })).then(
      { '1-0': { outcome: 'dry_run', code: 'FORBIDDEN', denied: false } },
    );
  });

  it('has no column that could hold its data', () => {
    expect(commands.columns.map(({ name }) => name)).not.toContain('data');
    expect(commands.search).not.toContain('message');
  });
});

describe('the rejections', () => {
  const refused = (at: string, code: string, actor: string) =>
    entry('refused', `${at}:00.000Z`, { code, actor, command_type: 'Join' });
  const given = givenEvents(
    commands,
    entry('accepted', '2026-01-01T10:00:00.000Z', { actor: 'ann' }),
    entry('failed', '2026-01-01T10:00:00.000Z', { actor: 'ann', code: 'STORE_REFUSED' }),
    refused('2026-01-01T10:00', 'NO_CHANGE', 'ann'),
    refused('2026-01-01T11:00', 'FORBIDDEN', 'bob'),
    refused('2026-01-03T10:00', 'NO_CHANGE', 'ann'),
    entry('refused', '2026-02-01T00:00:00.000Z', { code: 'MALFORMED_COMMAND' }),
  );

  it('are counted by code, by actor, by command and over time', () => {
    expect(given.report('rejections')).toEqual({
      rejections: 4,
      denials: 1,
      by_code: {
        shown: [
          { value: 'NO_CHANGE', count: 2 },
          { value: 'FORBIDDEN', count: 1 },
          { value: 'MALFORMED_COMMAND', count: 1 },
        ],
        more: 0,
      },
      by_actor: {
        shown: [
          { value: 'ann', count: 2 },
          { value: 'bob', count: 1 },
          { value: null, count: 1 },
        ],
        more: 0,
      },
      by_command_type: {
        shown: [
          { value: 'Join', count: 3 },
          { value: null, count: 1 },
        ],
        more: 0,
      },
      over_time: [
        {
          period: '2026-01-01',
          rejections: 2,
          denials: 1,
          by_code: {
            shown: [
              { value: 'FORBIDDEN', count: 1 },
              { value: 'NO_CHANGE', count: 1 },
            ],
            more: 0,
          },
        },
        {
          period: '2026-01-03',
          rejections: 1,
          denials: 0,
          by_code: { shown: [{ value: 'NO_CHANGE', count: 1 }], more: 0 },
        },
        {
          period: '2026-02-01',
          rejections: 1,
          denials: 0,
          by_code: { shown: [{ value: 'MALFORMED_COMMAND', count: 1 }], more: 0 },
        },
      ],
    });
  });

  it('that were summed up count as many as there were', () => {
    const many = entry('refused', '2026-01-01T10:00:00.000Z', { code: 'FORBIDDEN', times: 40 });
    const dry = entry('dry_run', '2026-01-01T10:00:00.000Z', { code: 'FORBIDDEN', times: 9 });
    expect(givenEvents(commands, many, dry, many).report('rejections')).toMatchObject({
      rejections: 80,
      denials: 80,
      by_code: { shown: [{ value: 'FORBIDDEN', count: 80 }] },
      over_time: [{ rejections: 80, denials: 80 }],
    });
  });

  it('can be asked for between two moments, and per hour or month', () => {
    const between = { from: '2026-01-01T11:00:00Z', to: '2026-02-01T00:00:00Z', per: 'month' };
    expect(given.report('rejections', between)).toMatchObject({
      rejections: 2,
      over_time: [{ period: '2026-01', rejections: 2 }],
    });
    expect(given.report('rejections', { per: 'hour' })).toMatchObject({
      over_time: [
        { period: '2026-01-01T10' },
        { period: '2026-01-01T11' },
        { period: '2026-01-03T10' },
        { period: '2026-02-01T00' },
      ],
    });
  });

  it.each<[object, number]>([
    [{ from: '2026-01-01T10:00:00Z' }, 4],
    [{ from: '2026-01-01T10:00:00.001Z' }, 3],
    [{ from: '2026-01-01T13:00:00+02:00' }, 3],
    [{ to: '2026-01-01T11:00:00Z' }, 1],
    [{ to: '2026-01-01T11:00:00.0000001Z' }, 1],
    [{ from: '2026-01-01', to: '2026-01-01' }, 2],
    [{ from: '2026-01-03', to: '2026-02-01' }, 2],
    [{ from: '2026-01-01', to: '2026-01-31' }, 3],
  ])('within %j are %i, by time and not by letters; a date is a whole day', (within, count) => {
    expect(given.report('rejections', within as Record<string, string>)).toMatchObject({
      rejections: count,
    });
  });

  it.each(['2026-02-30', 'yesterday', '2026-01-01T10:00:00', '2026', '', '2026-01-01T30:00:00Z'])(
    'cannot be asked for from "%s" on',
    (time) => {
      const { params } = commands.reports.rejections!;
      expect(params.safeParse({ from: time }).success).toBe(false);
      expect(params.safeParse({ to: time }).success).toBe(false);
    },
  );

  it('list the most frequent names only, and say how many more there are', () => {
    const many = Array.from({ length: 60 }, (_, n) =>
      refused('2026-01-01T10:00', 'NO_CHANGE', `actor-${n}`),
    );
    const { by_actor } = givenEvents(commands, ...many).report('rejections') as {
      readonly by_actor: { readonly shown: readonly unknown[]; readonly more: number };
    };
    expect([by_actor.shown.length, by_actor.more]).toEqual([50, 10]);
  });
});
