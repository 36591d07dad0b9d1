import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineAggregate } from './define-aggregate.js';
import { apply, replay } from './fold.js';
import { command } from './message.js';
import { Fault } from './refusal.js';

const Door = defineAggregate({
  name: 'Door',
  summary: 'A door.',
  events: {
    DoorBuilt: z.object({ name: z.string() }),
    DoorOpened: z.object({}),
    DoorNoted: z.object({ note: z.string() }),
    DoorMoved: z.object({ to: z.enum(['shut', 'open']) }),
  },
  commands: {
    BuildDoor: command({
      data: z.object({}),
      emits: ['DoorBuilt', 'DoorOpened', 'DoorNoted', 'DoorMoved'],
      roles: ['r'],
    }),
  },
  data: z.object({
    name: z.string().default(''),
    note: z.string().default(''),
    at: z.string().default(''),
  }),
  chart: {
    initial: 'absent',
    states: {
      absent: { on: { DoorBuilt: 'shut' } },
      shut: {
        on: { DoorOpened: 'open', DoorNoted: {}, DoorMoved: { by: 'to', to: { open: 'open' } } },
      },
      open: {},
    },
  },
  evolve: {
    DoorBuilt: (_, { name }, meta) => ({
      name,
      at: `${meta.event_id} ${meta.event_timestamp} ${meta.aggregate_version}`,
    }),
    DoorNoted: (_, { note }) => ({ note }),
    DoorMoved: null,
  },
  decide: { BuildDoor: () => [] },
});

const of = (event_type: string, data = {}) => ({
  event_type,
  data,
  event_id: 'e1',
  event_timestamp: 't1',
  aggregate_version: 4,
});
const shut = { status: 'shut', data: { name: 'front', note: '', at: '' } };

describe('folding an event', () => {
  it('moves along the chart and lets evolve see the data and when it was', () => {
    expect(apply(Door, Door.initial, of('DoorBuilt', { name: 'front' }))).toEqual({
      status: 'shut',
      data: { name: 'front', note: '', at: 'e1 t1 4' },
    });
  });

  it('keeps what evolve does not mention, and the state it started from', () => {
    const frozen = { status: 'shut', data: Object.freeze({ ...shut.data }) };
    expect(apply(Door, frozen, of('DoorNoted', { note: 'creaks' }))).toEqual({
      status: 'shut',
      data: { name: 'front', note: 'creaks', at: '' },
    });
    expect(frozen).toEqual(shut);
  });

  it('needs no evolve to change only the status', () => {
    expect(apply(Door, shut, of('DoorOpened'))).toEqual({ ...shut, status: 'open' });
  });

  it.each([
    ['that the status does not know', of('DoorBuilt', { name: 'x' })],
    ['of a branch that is not drawn', of('DoorMoved', { to: 'shut' })],
    ['that nobody knows', of('DoorBurnt')],
  ])('leads nowhere %s', (_, event) => {
    expect(apply(Door, shut, event)).toBeUndefined();
    expect(() => replay(Door, shut, event)).toThrow(Fault);
    expect(() => replay(Door, shut, event)).toThrow(
      `Door: the stored event ${event.event_type} (version 4) does not fit the chart in status "shut"`,
    );
  });

  it('says HISTORY_MISFIT when it is history', () => {
    try {
      replay(Door, shut, of('DoorBurnt'));
      expect.unreachable();
    } catch (fault) {
      expect(fault).toMatchObject({ code: 'HISTORY_MISFIT' });
    }
    expect(replay(Door, shut, of('DoorOpened'))).toEqual(apply(Door, shut, of('DoorOpened')));
  });
});
