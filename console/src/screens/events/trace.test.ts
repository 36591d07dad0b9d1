import { describe, expect, it } from 'vitest';
import type { StoredEvent } from '../../api/types.js';
import { around, causesOf, named, type Trace } from './causes-of.js';
import { pictureOf } from './picture-of.js';

const event = (event_id: string, more: Partial<StoredEvent> = {}): StoredEvent => ({
  event_id,
  event_type: 'LampLit',
  aggregate_type: 'Lamp',
  aggregate_id: 'a',
  aggregate_version: 1,
  position: 'lamp:1',
  data: {},
  actor: 'ann',
  actor_type: 'user',
  source: 'ui',
  recorded_at: '2026-01-01T00:00:00.000Z',
  effective_at: null,
  occurred_at: '2026-01-01T00:00:00.000Z',
  correlation_id: 'k',
  approval_id: null,
  business_justification: null,
  command_id: 'c1',
  command_type: 'Light',
  status: 'lit',
  sensitive: false,
  critical: false,
  fields: [],
  changes: [],
  ...more,
});
const later = { recorded_at: '2026-01-02T00:00:00.000Z', command_id: 'c2', command_type: null };

describe('causes', () => {
  it('are the commands in the order of time, each with its events', () => {
    const all = [
      event('e3', later),
      event('e2', { aggregate_version: 2, command_type: null }),
      event('e1'),
      event('e1'),
    ];
    const found = causesOf(all).map(({ command_id, command_type, events }) => [
      command_id,
      command_type,
      events.map(({ event_id }) => event_id),
    ]);
    expect(found).toEqual([
      ['c1', 'Light', ['e1', 'e2']],
      ['c2', null, ['e3']],
    ]);
  });

  it('get their names from the journal where events do not tell', () => {
    const journal = [
      { command_id: 'c1', command_type: 'Other' },
      { command_id: 'c2', command_type: 'Dim' },
    ];
    const names = named(causesOf([event('e1'), event('e3', later)]), journal);
    expect(names.map(({ command_type }) => command_type)).toEqual(['Light', 'Dim']);
  });

  it('are cut to those around the one that matters', () => {
    const all = [0, 1, 2, 3, 4, 5];
    expect([around(all, 0, 3), around(all, 3, 3), around(all, 5, 3), around(all, 1, 9)]).toEqual([
      [0, 1, 2],
      [2, 3, 4],
      [3, 4, 5],
      all,
    ]);
  });
});

describe('the picture of a trace', () => {
  const here = event('e1');
  const trace = (more: Partial<Trace> = {}): Trace => ({
    here,
    causes: causesOf([here, event('e3', later)]),
    approval: [],
    original: undefined,
    corrections: [],
    allowed: [],
    ...more,
  });

  it('has commands and their events beside each other', () => {
    const { nodes, edges, columns } = pictureOf(trace());
    expect(nodes.map(({ kind, x, here: at }) => [kind, x, at])).toEqual([
      ['command', 0, false],
      ['event', 288, true],
      ['command', 0, false],
      ['event', 288, false],
    ]);
    expect(edges.length).toBe(2);
    expect(columns.map(({ label }) => label)).toEqual(['Command', 'Event']);
  });

  it('shows what it was for on the left, and what followed on the right', () => {
    const { nodes, edges, columns } = pictureOf(
      trace({ approval: [event('a1'), event('a2')], corrections: [event('e9')] }),
    );
    const of = (kind: string) => nodes.filter((one) => one.kind === kind).map(({ x }) => x);
    expect([of('approval'), of('correction')]).toEqual([[0, 0], [864]]);
    expect(edges.length).toBe(5);
    expect(columns.length).toBe(4);
  });

  it('leaves out what is far off, and says so', () => {
    const many = Array.from({ length: 50 }, (_, nth) =>
      event(`x${nth}`, { ...later, command_id: `d${nth}` }),
    );
    const { nodes, more } = pictureOf(trace({ causes: causesOf([here, ...many]) }));
    expect(more).toBe(43);
    expect(nodes.some((one) => one.here)).toBe(true);
  });
});
