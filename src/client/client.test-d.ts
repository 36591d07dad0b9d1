import { describe, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { defineAggregate } from '../core/define-aggregate.js';
import { command } from '../core/message.js';
import { createClient } from './client.js';

const Lamp = defineAggregate({
  name: 'Lamp',
  summary: 'A lamp.',
  events: { LampHung: z.object({ room: z.string() }), LampDimmed: z.object({ to: z.number() }) },
  commands: {
    HangLamp: command({
      data: z.object({ room: z.string(), watts: z.number().default(40) }),
      emits: ['LampHung'],
      roles: ['user'],
    }),
    DimLamp: command({
      data: z.object({ to: z.number() }),
      emits: ['LampDimmed'],
      roles: ['user'],
    }),
  },
  data: z.object({ room: z.string().default(''), level: z.number().default(0) }),
  chart: {
    initial: 'absent',
    states: { absent: { on: { LampHung: 'on' } }, on: { on: { LampDimmed: {} } } },
  },
  evolve: {},
  decide: { HangLamp: () => [], DimLamp: () => [] },
});
const StreetLight = defineAggregate({
  name: 'StreetLight',
  summary: 'A street light.',
  events: { LightPlaced: z.object({ street: z.string() }) },
  commands: {
    PlaceLight: command({
      data: z.object({ street: z.string() }),
      emits: ['LightPlaced'],
      roles: ['user'],
    }),
  },
  data: z.object({ street: z.string().default('') }),
  chart: { initial: 'absent', states: { absent: { on: { LightPlaced: 'on' } }, on: {} } },
  evolve: {},
  decide: { PlaceLight: () => [] },
});
const definitions = [Lamp, StreetLight];
const stele = createClient<typeof definitions>({ url: '' });

describe('a client', () => {
  it('knows every type by its name, and its commands', () => {
    const lamp = stele.lamp('l1');
    expectTypeOf(lamp.send<'DimLamp'>)
      .parameter(1)
      .toEqualTypeOf<{ to: number }>();
    expectTypeOf(lamp.send<'HangLamp'>)
      .parameter(1)
      .toEqualTypeOf<{ room: string; watts?: number | undefined }>();
    expectTypeOf(stele.streetLight('s1').send).parameter(0).toEqualTypeOf<'PlaceLight'>();
    () => lamp.send('DimLamp', { to: 3 }, { justification: 'night' });
    // @ts-expect-error a text is no number
    () => lamp.send('DimLamp', { to: '3' });
    // @ts-expect-error street lights are placed, not lamps
    () => lamp.send('PlaceLight', { street: 'x' });
    // @ts-expect-error there is no such type
    () => stele.chandelier('c');
  });

  it('tells events apart', () => {
    async () => {
      for await (const event of stele.events()) {
        if (event.event_type === 'LampDimmed') expectTypeOf(event.data.to).toEqualTypeOf<number>();
        if (event.event_type === 'LightPlaced')
          expectTypeOf(event.aggregate_type).toEqualTypeOf<'StreetLight'>();
      }
      const { events } = await stele.lamp('l').send('DimLamp', { to: 1 });
      expectTypeOf(events[0]!.event_type).toEqualTypeOf<'LampHung' | 'LampDimmed'>();
    };
  });

  it('knows fields, and documents where it is told what they are like', () => {
    () => stele.lamp.create({ room: 'hall', level: null });
    // @ts-expect-error a level is a number
    () => stele.lamp('l').patch({ level: 'high' });
    async () => {
      expectTypeOf((await stele.lamp('l').get()).room).toEqualTypeOf<string | undefined>();
      const told = createClient<typeof definitions, { lamp: { bright: boolean } }>({ url: '' });
      expectTypeOf(await told.lamp('l').get()).toEqualTypeOf<{ bright: boolean }>();
      for await (const one of told.lamp.list()) expectTypeOf(one.bright).toEqualTypeOf<boolean>();
    };
  });
});
