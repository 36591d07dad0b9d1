import { expect, it } from 'vitest';
import { z } from 'zod';
import { defineAggregate } from '../../core/define-aggregate.js';
import { command, event } from '../../core/message.js';
import { catalogueOf } from './catalogue.js';

const Bell = defineAggregate({
  name: 'Bell',
  summary: 'Rings.',
  events: {
    BellHung: event(z.object({ tone: z.string() }).describe('It hangs now.'), {
      version: 3,
      upcast: { 1: (old) => old, 2: (old) => old },
    }),
    BellMelted: z.object({}),
  },
  commands: {
    HangBell: command({
      data: z.object({ tone: z.string() }),
      emits: ['BellHung'],
      roles: ['ringer'],
      aliases: ['PutBell'],
    }),
    MeltBell: command({
      data: z.object({}),
      emits: ['BellMelted'],
      roles: ['smith'],
      sensitive: true,
      critical: true,
    }),
  },
  data: z.object({ tone: z.string().default('') }),
  chart: {
    initial: 'absent',
    states: {
      absent: { on: { BellHung: 'hanging' } },
      hanging: { on: { BellMelted: 'melted' } },
      melted: { kind: 'deleted' },
    },
  },
  evolve: { BellHung: (_, { tone }) => ({ tone }) },
  decide: {
    HangBell: (_, data) => [{ type: 'BellHung', data }],
    MeltBell: () => [{ type: 'BellMelted', data: {} }],
  },
});

const takesHung = { name: 'tones', wants: (_: string, type: string) => type === 'BellHung' };

it('says who writes, reads and takes an event, and whether old ones can be read', () => {
  const [hung, melted] = catalogueOf([Bell], [takesHung]).events;
  expect(hung).toEqual({
    aggregate_type: 'Bell',
    event_type: 'BellHung',
    summary: 'It hangs now.',
    version: 3,
    versions: [1, 2, 3],
    readable: true,
    unreadable_versions: [],
    definition: Bell.hash,
    upcasters: [
      { from: 1, to: 2 },
      { from: 2, to: 3 },
    ],
    sensitive: false,
    critical: false,
    commands: ['HangBell'],
    projections: ['tones'],
    transitions: [{ from: 'absent', to: 'hanging' }],
  });
  expect(melted).toMatchObject({ sensitive: true, critical: true, projections: [] });
});

it('calls versions unreadable from which no upcasters lead on', () => {
  const { BellHung } = Bell.events;
  const gap = { ...BellHung!, upcast: { 1: BellHung!.upcast[1]! } };
  const [hung] = catalogueOf([{ ...Bell, events: { BellHung: gap } }], []).events;
  expect(hung).toMatchObject({ readable: false, unreadable_versions: [1, 2] });
});

it('says what a command needs and what may come of it', () => {
  const [hang, melt] = catalogueOf([Bell], []).commands;
  expect(hang).toMatchObject({ creates: true, aliases: ['PutBell'], emits: ['BellHung'] });
  expect(melt).toMatchObject({ creates: false, sensitive: true, approval: false });
});
