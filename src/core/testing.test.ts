import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { folded, given } from '../testing/index.js';
import { defineBoundary } from './boundary.js';
import { defineAggregate } from './define-aggregate.js';
import { secret } from './marks.js';
import { command } from './message.js';
import { refuse } from './refusal.js';

const rooms = defineBoundary<{ full: boolean }>()({ of: 'Room', events: {}, on: {} });

const commands = {
  BuildDoor: command({
    data: z.object({
      name: z.string().min(1),
      room_id: z.string(),
      pin: secret(z.string()).optional(),
    }),
    emits: ['DoorBuilt'],
    roles: ['r'],
    references: { room: { of: 'Room', by: 'room_id', view: z.object({ name: z.string() }) } },
    boundaries: ['rooms'],
  }),
  RenameDoor: command({
    data: z.object({ name: z.string() }),
    emits: ['DoorRenamed'],
    roles: ['r'],
  }),
  BurnDoor: command({
    data: z.object({}),
    emits: ['DoorBurnt'],
    roles: ['r'],
    sensitive: true,
    approval: true,
  }),
};

const Door = defineAggregate({
  name: 'Door',
  summary: 'A door.',
  events: {
    DoorBuilt: z.object({ name: z.string(), seen: z.string().default('') }),
    DoorRenamed: z.object({ previous_name: z.string(), new_name: z.string() }),
    DoorBurnt: z.object({ why: z.string().nullable(), by: z.string().nullable() }),
  },
  commands,
  data: z.object({ name: z.string().default(''), born: z.string().default('') }),
  chart: {
    initial: 'absent',
    states: {
      absent: { on: { DoorBuilt: 'built' } },
      built: { on: { DoorRenamed: {}, DoorBurnt: 'gone' } },
      gone: { kind: 'deleted' },
    },
  },
  boundaries: { rooms },
  evolve: {
    DoorBuilt: (_, { name }, { event_id }) => ({ name, born: event_id }),
    DoorRenamed: (_, { new_name }) => ({ name: new_name }),
    DoorBurnt: null,
  },
  decide: {
    BuildDoor: (
      _,
      { name, room_id },
      { references: { room }, boundaries, now, id, actor, source },
    ) =>
      boundaries.rooms.get(room_id)?.full
        ? refuse('ROOM_FULL', `${room?.data.name} is full`)
        : [
            {
              type: 'DoorBuilt',
              data: { name, seen: [room?.data.name, now, id, actor, source].join(' ') },
            },
          ],
    /** `a>b` renames twice. */
    RenameDoor: ({ data }, { name }) =>
      name === data.name
        ? []
        : name.split('>').map((one, index, names) => ({
            type: 'DoorRenamed' as const,
            data: { previous_name: names[index - 1] ?? data.name, new_name: one },
          })),
    BurnDoor: (_, __, { business_justification: why, approval_id: by }) => [
      { type: 'DoorBurnt', data: { why, by } },
    ],
  },
});

const built = { type: 'DoorBuilt', data: { name: 'front' } };
const rename = (name: string) => given(Door, built).when({ type: 'RenameDoor', data: { name } });
const renamed = { type: 'DoorRenamed', data: { previous_name: 'front', new_name: 'back' } };

describe('the sentence of a test', () => {
  const again = { type: 'DoorRenamed', data: { previous_name: 'back', new_name: 'rear' } };

  it('holds when it is true', () => {
    rename('back').then(renamed);
    rename('back>rear').then(renamed, again);
    rename('back').thenData({ name: 'back' }, 'built');
    rename('front').thenRefused('NO_CHANGE', /change nothing/);
    given(Door)
      .when({ type: 'RenameDoor', data: { name: 'x' } })
      .thenRefused('NOT_FOUND');
  });

  it.each<[string, () => void, readonly string[]]>([
    ['another event', () => rename('back').then(built), ['DoorBuilt', 'DoorRenamed']],
    [
      'other data',
      () => rename('back').then({ ...renamed, data: { ...renamed.data, new_name: 'rear' } }),
      ['"new_name": "rear"', '"new_name": "back"'],
    ],
    ['another order', () => rename('back>rear').then(again, renamed), ['"previous_name": "back"']],
    ['one event too many', () => rename('back').then(renamed, renamed), ['DoorRenamed']],
    ['one event too few', () => rename('back').then(), ['expected []', 'DoorRenamed']],
    ['events of a refusal', () => rename('front').then(renamed), ['DoorRenamed', 'NO_CHANGE']],
    ['no events of a refusal', () => rename('front').then(), ['expected []', 'NO_CHANGE']],
    [
      'a refusal of events',
      () => rename('back').thenRefused('NO_CHANGE'),
      ['NO_CHANGE', 'DoorRenamed'],
    ],
    ['another refusal', () => rename('front').thenRefused('DELETED'), ['DELETED', 'NO_CHANGE']],
    [
      'another message',
      () => rename('front').thenRefused('NO_CHANGE', /at night/),
      ['/at night/', 'would change nothing'],
    ],
    ['other data afterwards', () => rename('back').thenData({ name: 'rear' }), ['"name": "rear"']],
    ['data of a refusal', () => rename('front').thenData({ name: 'front' }), ['NO_CHANGE']],
    ['another status', () => rename('back').thenData({}, 'gone'), ['"status": "gone"']],
  ])('fails when it expects %s, and shows both sides', (_, sentence, shown) => {
    expect(sentence).toThrow(expect.objectContaining({ name: 'Expectation' }));
    for (const part of ['expected', 'got', ...shown]) expect(sentence).toThrow(part);
  });
});

describe('what a test gives', () => {
  it('is folded with the schemas of events and data, from the start', () => {
    expect(given(Door, built, renamed).state).toMatchObject({
      status: 'built',
      data: { name: 'back' },
    });
    expect(folded(Door, [])).toEqual(Door.initial);
    expect(folded(Door, [{ ...built, event_id: 'e-1' }]).data.born).toBe('e-1');
    expect(given(Door, built).state.data.born).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    ['an event that is none', { type: 'DoorEaten' }, 'Door has no event DoorEaten'],
    ['an event that does not fit', renamed, 'does not fit the chart in status "absent"'],
    ['data that is not right', { type: 'DoorBuilt', data: { name: 7 } }, 'name'],
  ])('may not be %s', (_, one, message) => {
    expect(() => given(Door, one)).toThrow(message);
  });
});

describe('what else a decision sees', () => {
  const room = { id: 'r1', status: 'built', data: { name: 'hall' } };
  const build = { type: 'BuildDoor', data: { name: 'front', room_id: 'r1' } };
  const seen = (outcome: { readonly events: readonly { readonly data: object }[] }) =>
    (outcome.events[0]?.data as { seen?: string } | undefined)?.seen;

  it('is nothing at a fixed time unless a test says more', () => {
    expect(seen(given(Door).when(build))).toBe(' 2026-01-06T10:00:00.000Z under-test tester api');
  });

  it('is what `and` looks up: references, time, id; and who asks', () => {
    const sentence = given(Door)
      .and({ references: { room }, now: '2030-01-01T00:00:00.000Z' })
      .and({ id: 'd9' });
    expect(seen(sentence.when({ ...build, actor: 'ada', source: 'import' }))).toBe(
      'hall 2030-01-01T00:00:00.000Z d9 ada import',
    );
  });

  it.each([
    ['an object', { r1: { full: true } }],
    ['a map', new Map([['r1', { full: true }]])],
  ])('is a boundary, from %s', (_, entries) => {
    const full = given(Door).and({ references: { room }, boundaries: { rooms: entries } });
    full.when(build).thenRefused('ROOM_FULL', /^hall is full$/);
    full.and({ boundaries: {} }).when(build).thenData({ name: 'front' });
  });

  it('is the papers of the command, which it also needs', () => {
    const door = given(Door, built);
    door.when({ type: 'BurnDoor' }).thenRefused('JUSTIFICATION_REQUIRED');
    door.when({ type: 'BurnDoor', business_justification: 'x' }).thenRefused('APPROVAL_REQUIRED');
    door
      .when({ type: 'BurnDoor', business_justification: 'x', approval_id: 'A' })
      .then({ type: 'DoorBurnt', data: { why: 'x', by: 'A' } });
  });

  it('is checked as it would be over a wire', () => {
    given(Door)
      .when({ type: 'BuildDoor', data: { name: '' } })
      .thenRefused('VALIDATION_ERROR');
    given(Door).when({ type: 'EatDoor' }).thenRefused('UNKNOWN_COMMAND');
  });
});
