import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { given } from '../testing/index.js';
import { defineAggregate } from './define-aggregate.js';
import { sets } from './field.js';
import { pluralOf } from './ids.js';
import { secret } from './marks.js';
import { command, event } from './message.js';

const Bell = {
  name: 'Bell',
  summary: 'A bell.',
  commands: { HangBell: command({ data: z.object({}), emits: ['BellHung'], roles: ['ringer'] }) },
  events: { BellHung: z.object({ by: z.string() }) },
  data: z.object({ by: z.string().default('') }),
  chart: { initial: 'absent', states: { absent: { on: { BellHung: 'hung' } }, hung: {} } },
  evolve: { BellHung: (_: unknown, { by }: { by: string }) => ({ by }) },
  decide: { HangBell: () => [{ type: 'BellHung', data: { by: 'ann' } }] },
} as const;
const define = (change: object = {}) =>
  defineAggregate({ ...Bell, ...change } as unknown as Parameters<typeof defineAggregate>[0]);

describe('the hash of a definition, by which snapshots are trusted', () => {
  it('stays while nothing changes that a folded state depends on', () => {
    expect(define().hash).toBe(define().hash);
    expect(define({ summary: 'A big bell.', revision: 1 }).hash).toBe(define().hash);
  });

  it.each<[string, object]>([
    ['the revision', { revision: 2 }],
    ['evolve', { evolve: { BellHung: () => ({ by: 'bob' }) } }],
    ['the schema of the data', { data: z.object({ by: z.string().default('nobody') }) }],
    [
      'the chart',
      { chart: { ...Bell.chart, states: { ...Bell.chart.states, hung: { kind: 'deleted' } } } },
    ],
    [
      'the version of an event',
      {
        events: { BellHung: event(Bell.events.BellHung, { version: 2, upcast: { 1: (d) => d } }) },
      },
    ],
  ])('changes with %s', (_, change) => {
    expect(define(change).hash).not.toBe(define().hash);
  });
});

describe('a field that is declared', () => {
  const Bells = (by: string, terms: object = {}) =>
    define({
      data: z.object({ by: z.string().nullable().default(null), to: z.string().default('') }),
      commands: {
        ...Bell.commands,
        HandBell: sets(by, z.string(), {
          event: 'BellHanded',
          summary: 'Hand it.',
          roles: ['ringer'],
          called: 'hand',
          ...terms,
        }),
      },
    });
  const cleared = { command: 'LayBellDown', event: 'BellLaidDown', summary: 'Lay it down.' };

  it('brings its event, its arrow, what it decides and changes, and the way back', () => {
    const { events, commands, chart, data } = Bells('by', { cleared });
    expect(Object.keys(events)).toEqual(['BellHung', 'BellHanded', 'BellLaidDown']);
    expect(Object.keys(commands)).toEqual(['HangBell', 'HandBell', 'LayBellDown']);
    expect(chart.states.hung?.on).toEqual({ BellHanded: {}, BellLaidDown: {} });
    expect(chart.states.absent?.on).toEqual({ BellHung: 'hung' });
    expect(commands.LayBellDown).toMatchObject({ roles: ['ringer'], sets: { by: 'clear' } });
    expect(data.parse({})).toEqual({ by: null, to: '' });
    const bell = given(Bells('by', { cleared }), { type: 'BellHung', data: { by: 'ann' } });
    bell.when({ type: 'HandBell', data: { by: 'bob' } }).then({
      type: 'BellHanded',
      data: { previous_hand: 'ann', new_hand: 'bob' },
    });
    bell.when({ type: 'HandBell', data: { by: 'ann' } }).thenRefused('NO_CHANGE', /ann" already/);
    bell.when({ type: 'LayBellDown' }).thenData({ by: null });
  });

  it('stands where the chart says, when the chart names its event', () => {
    const states = { absent: { on: { BellHung: 'hung', BellHanded: 'hung' } }, hung: {} };
    const { chart } = define({
      ...Bells('by'),
      events: Bell.events,
      chart: { initial: 'absent', states },
    });
    expect(chart.states).toEqual(states);
  });

  it('changes the hash with what it changes', () => {
    expect(Bells('by').hash).toBe(Bells('by').hash);
    expect(Bells('by', { what: 'the ringer' }).hash).toBe(Bells('by').hash);
    expect(Bells('to').hash).not.toBe(Bells('by').hash);
    expect(Bells('by', { empty: 'nobody' }).hash).not.toBe(Bells('by').hash);
  });
});

describe('a definition', () => {
  it('needs a default for every field of its data', () => {
    expect(() => define({ data: z.object({ by: z.string() }) })).toThrow(
      /^Bell: every field of "data" needs a default/,
    );
  });

  it('may not hide secrets where they could not be found again', () => {
    const Vault = z.object({
      pin: secret(z.string()),
      get inner() {
        return Vault.optional();
      },
    });
    const HangBell = command({ data: Vault, emits: ['BellHung'], roles: ['ringer'] });
    expect(() => define({ commands: { HangBell } })).toThrow(
      /^Bell: command HangBell has secret or personal fields in a schema that holds itself/,
    );
  });

  it('may not have two command names under one path', () => {
    const { HangBell } = Bell.commands;
    const commands = { HangBell, HangBELL: HangBell };
    const decide = { ...Bell.decide, HangBELL: Bell.decide.HangBell };
    expect(() => define({ commands, decide })).toThrow(
      /^Bell: the command name HangBELL is used twice/,
    );
  });

  it('is found under its slug and plural', () => {
    expect(define()).toMatchObject({ slug: 'bell', plural: 'bells' });
    expect(['business-capability', 'key', 'server'].map(pluralOf)).toEqual([
      'business-capabilities',
      'keys',
      'servers',
    ]);
  });
});
