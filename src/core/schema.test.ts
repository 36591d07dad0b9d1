import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseCommand } from './command.js';
import { defineAggregate } from './define-aggregate.js';
import { eventJson, seal } from './event.js';
import { eventId } from './ids.js';
import { personal, secret } from './marks.js';
import { command, event } from './message.js';
import { isRefusal } from './refusal.js';
import { registry } from './registry.js';
import { type JsonSchema, schemasOf } from './schema.js';

const Level = z.enum(['public', 'internal']);
const Door = defineAggregate({
  name: 'Door',
  summary: 'A door.',
  events: {
    DoorBuilt: z
      .object({ name: z.string(), builder: personal(z.string()).nullable() })
      .describe('A door was built.'),
    LevelChanged: event(z.object({ level: Level, reason: z.string().optional() }), {
      version: 2,
      upcast: { 1: (old) => old },
    }),
  },
  commands: {
    BuildDoor: command({
      data: z.object({
        name: z.string().trim().min(1).max(20),
        builder: personal(z.string()).nullable().default(null),
        key: secret(z.string().min(4)).optional(),
        built_on: z.iso.date().optional(),
        floors: z.array(z.int().min(0)).max(3).default([]),
      }),
      emits: ['DoorBuilt'],
      roles: ['builder', 'admin'],
      summary: 'Build a door.',
      aliases: ['CreateDoor'],
    }),
    SetLevel: command({
      data: z.object({ level: Level, reason: z.string().optional() }),
      emits: ['LevelChanged'],
      roles: ['guard'],
      sensitive: true,
      critical: true,
      approval: true,
    }),
  },
  data: z.object({ level: Level.default('internal') }),
  chart: {
    initial: 'absent',
    states: { absent: { on: { DoorBuilt: 'built' } }, built: { on: { LevelChanged: {} } } },
  },
  evolve: { DoorBuilt: null, LevelChanged: (_, { level }) => ({ level }) },
  decide: { BuildDoor: () => [], SetLevel: () => [] },
});

const all = registry([Door]);
const schemas = schemasOf(Door);
const ajv = () => new Ajv2020({ strict: true, validateFormats: false, allErrors: true });
const compiled = (schema: JsonSchema) => {
  const one = ajv();
  for (const word of Object.keys(schema).filter((key) => key.startsWith('x-')))
    one.addKeyword(word);
  one.addKeyword('x-mark');
  return one.compile(schema);
};
const built = {
  command_id: 'ABCDEFab-0000-4000-8000-000000000001',
  command_type: 'BuildDoor',
  aggregate_type: 'Door',
  actor: 'ada',
  actor_type: 'user',
  source: 'api',
  command_timestamp: '2026-01-06T10:00:00Z',
  data: { name: 'front' },
};
const levelled = {
  ...built,
  command_type: 'SetLevel',
  aggregate_id: 'door-1',
  data: { level: 'public' },
  metadata: { business_justification: 'opening day', approval_id: 'A-1' },
};
const without = (from: object, key: string) =>
  Object.fromEntries(Object.entries(from).filter(([name]) => name !== key));

describe('schemasOf', () => {
  it('gives every document its identity and its traits', () => {
    expect(schemas.commands.SetLevel!.envelope).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'urn:stele:Door:command:SetLevel',
      title: 'SetLevel',
      'x-roles': ['guard'],
      'x-emits': ['LevelChanged'],
      'x-sensitive': true,
      'x-critical': true,
      'x-approval': true,
      'x-aliases': [],
    });
    expect(schemas.commands.BuildDoor!.data).toMatchObject({
      $id: 'urn:stele:Door:command:BuildDoor:data',
      description: 'Build a door.',
      'x-aliases': ['CreateDoor'],
      'x-sensitive': false,
    });
    expect(schemas.events.LevelChanged).toMatchObject({
      $id: 'urn:stele:Door:event:LevelChanged:2',
      description: 'Written by SetLevel.',
      'x-critical': true,
    });
    expect(schemas.events.DoorBuilt).toMatchObject({ description: 'A door was built.' });
  });

  it('keeps the marks of fields', () => {
    const { data, envelope } = schemas.commands.BuildDoor!;
    for (const text of [data, envelope].map((one) => JSON.stringify(one)))
      for (const mark of ['secret', 'personal']) expect(text).toContain(`"x-mark":"${mark}"`);
    expect(JSON.stringify(schemas.events.DoorBuilt)).toContain('"x-mark":"personal"');
  });

  it.each([
    ['a creation', built],
    ['a creation with an id', { ...built, aggregate_id: 'd1' }],
    ['all that is optional', { ...built, correlation_id: 'c', expected_version: 0, dry_run: true }],
    ['a sensitive command with its papers', levelled],
    ['no justification', { ...levelled, metadata: { approval_id: 'A-1' } }],
    ['no approval', { ...levelled, metadata: { business_justification: 'x' } }],
    ['no metadata', without(levelled, 'metadata')],
    [
      'a blank justification',
      { ...levelled, metadata: { ...levelled.metadata, business_justification: ' ' } },
    ],
    ['no aggregate id', without(levelled, 'aggregate_id')],
    [
      'effective_at from an import',
      { ...built, source: 'import', metadata: { effective_at: built.command_timestamp } },
    ],
    [
      'effective_at from elsewhere',
      { ...built, metadata: { effective_at: built.command_timestamp } },
    ],
    ['an unknown field', { ...built, colour: 'red' }],
    ['an unknown field in metadata', { ...built, metadata: { colour: 'red' } }],
    ['an unknown field in data', { ...built, data: { name: 'front', colour: 'red' } }],
    ['a command id of version 1', { ...built, command_id: 'abcdefab-0000-1000-8000-000000000001' }],
    ['a time with an offset', { ...built, command_timestamp: '2026-01-06T10:00:00+01:00' }],
    ['an impossible day', { ...built, command_timestamp: '2026-02-30T10:00:00Z' }],
    ['an id with a dot', { ...built, aggregate_id: 'a.b' }],
    ['a blank name', { ...built, data: { name: '  ' } }],
    ['a number as a name', { ...built, data: { name: 7 } }],
    ['a negative version', { ...built, expected_version: -1 }],
    ['an actor of no type', { ...built, actor_type: 'robot' }],
    ['no data', without(built, 'data')],
    ['no time', without(built, 'command_timestamp')],
    ['a text', 'BuildDoor'],
  ])('says the same of %s as the runtime', (_, sample) => {
    const type = (sample as { command_type?: string }).command_type ?? 'BuildDoor';
    const accepts = compiled(schemas.commands[type]!.envelope);
    expect(accepts(sample)).toBe(!isRefusal(parseCommand(all, sample)));
  });

  it('accepts what is right', () => {
    for (const sample of [built, levelled])
      expect(compiled(schemas.commands[sample.command_type]!.envelope)(sample)).toBe(true);
  });

  it('says the same of any data as the runtime', () => {
    const name = fc.oneof(
      fc.string({ maxLength: 25 }).map((one) => one.trim()),
      fc.integer(),
    );
    const data = fc.record(
      {
        name,
        builder: fc.option(fc.string()),
        key: fc.string(),
        built_on: fc.constantFrom('2026-02-28', '2026-02-29', '28.2.2026'),
        floors: fc.array(fc.oneof(fc.integer({ min: -1, max: 3 }), fc.double())),
        extra: fc.constant(1),
      },
      { requiredKeys: [] },
    );
    const accepts = compiled(schemas.commands.BuildDoor!.data);
    const zod = Door.commands.BuildDoor!.data.strict();
    fc.assert(fc.property(data, (one) => accepts(one) === zod.safeParse(one).success));
  });

  it('describes an event exactly as it is shown', () => {
    const shown = eventJson(
      {
        ...seal({
          event_id: eventId(built.command_id, 0, {
            aggregate_type: 'Door',
            aggregate_id: 'door-1',
          }),
          event_type: 'LevelChanged',
          event_version: 2,
          aggregate_type: 'Door',
          aggregate_id: 'door-1',
          aggregate_version: 2,
          event_timestamp: '2026-01-06T10:00:00.000Z',
          actor: 'ada',
          actor_type: 'user',
          source: 'api',
          causation_id: built.command_id,
          command_hash: 'x',
          correlation_id: null,
          business_justification: 'opening day',
          approval_id: null,
          effective_at: '2026-01-01T00:00:00Z',
          traceparent: '00-1',
          data: { level: 'public' },
          previous_hash: null,
        }),
        sequence: 7,
      },
      'door',
    );
    const accepts = compiled(schemas.events.LevelChanged!);
    expect(accepts(shown), JSON.stringify(accepts.errors)).toBe(true);
    for (const key of Object.keys(shown))
      if (key !== 'effective_at') expect(accepts(without(shown, key)), key).toBe(false);
    expect(accepts({ ...shown, data: { level: 'secret' } })).toBe(false);
    expect(accepts({ ...shown, event_version: 1 })).toBe(false);
    expect(accepts({ ...shown, more: 1 })).toBe(false);
  });

  it('gives the same text every time', () => {
    expect(JSON.stringify(schemasOf(Door))).toBe(JSON.stringify(schemas));
  });
});
