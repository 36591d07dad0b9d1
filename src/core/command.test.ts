import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Aggregate } from './aggregate.js';
import type { Allowance } from './authorize.js';
import {
  type Command,
  commandNamedBy,
  creates,
  parseCommand,
  unknownCommand,
  withoutMarked,
} from './command.js';
import { defineAggregate } from './define-aggregate.js';
import { aggregateIdFrom } from './ids.js';
import { personal, secret } from './marks.js';
import { command } from './message.js';
import { isRefusal, type Refusal, refuse } from './refusal.js';
import { registry } from './registry.js';

const Door = defineAggregate({
  name: 'Door',
  summary: 'A door.',
  aliases: ['Gate'],
  events: { DoorBuilt: z.object({}), DoorPainted: z.object({}), DoorBurnt: z.object({}) },
  commands: {
    BuildDoor: command({
      data: z.object({
        name: z.string().trim().min(1).max(10),
        floor: z.int().min(0).max(99).default(0),
        built_on: z.iso.date().optional(),
        kind: z.enum(['oak', 'steel']).default('oak'),
        owner: personal(z.string()).optional(),
        pin: secret(z.string()).optional(),
        extra: z.record(z.string(), z.unknown()).optional(),
      }),
      emits: ['DoorBuilt'],
      roles: ['builder'],
      aliases: ['RaiseDoor'],
    }),
    PaintDoor: command({ data: z.object({}), emits: ['DoorPainted'], roles: ['painter'] }),
    BurnDoor: command({
      data: z.object({ reason: z.string() }),
      emits: ['DoorBurnt'],
      roles: ['admin'],
      sensitive: true,
      approval: true,
    }),
  },
  data: z.object({}),
  chart: {
    initial: 'absent',
    states: {
      absent: { on: { DoorBuilt: 'built' } },
      built: { on: { DoorPainted: {}, DoorBurnt: 'gone' } },
      gone: { kind: 'deleted' },
    },
  },
  evolve: {},
  decide: { BuildDoor: () => [], PaintDoor: () => [], BurnDoor: () => [] },
});
/** What is between two doors: its id follows from them. It may be built, or found. */
const Passage = defineAggregate({
  name: 'Passage',
  summary: 'A passage.',
  events: { PassageBuilt: z.object({}), PassageFound: z.object({}) },
  commands: {
    BuildPassage: command({
      data: z.object({ from: z.string(), to: z.string() }),
      emits: ['PassageBuilt'],
      roles: ['builder'],
      identity: ({ from, to }) => `${from}-${to}`,
    }),
    FindPassage: command({ data: z.object({}), emits: ['PassageFound'], roles: ['builder'] }),
  },
  data: z.object({}),
  chart: {
    initial: 'absent',
    states: { absent: { on: { PassageBuilt: 'there', PassageFound: 'there' } }, there: {} },
  },
  evolve: {},
  decide: { BuildPassage: () => [], FindPassage: () => [] },
});
const all = registry([Door, Passage]);

const ID = 'f47ac10b-58cc-4372-a567-0e02b2c3d479';
const TRACE = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
const build = {
  command_id: ID,
  command_type: 'BuildDoor',
  aggregate_id: 'door-1',
  aggregate_type: 'Door',
  actor: 'ada',
  actor_type: 'user',
  source: 'api',
  command_timestamp: '2026-01-06T10:00:00Z',
  data: { name: 'front' } as Record<string, unknown>,
};
const papers = { business_justification: 'it is old', approval_id: 'A-1' };
const buildPassage = {
  ...build,
  command_type: 'BuildPassage',
  aggregate_type: 'Passage',
  aggregate_id: 'front-back',
  data: { from: 'front', to: 'back' },
};
const burn = { ...build, command_type: 'BurnDoor', data: { reason: 'old' }, metadata: papers };

const without = (from: object, ...keys: string[]) =>
  Object.fromEntries(Object.entries(from).filter(([key]) => !keys.includes(key)));
const parsed = (input: unknown): Command => {
  const result = parseCommand(all, input);
  if (isRefusal(result)) throw new Error(`${result.refused}: ${result.message}`);
  return result;
};
const refused = (input: unknown): Refusal => {
  const result = parseCommand(all, input);
  if (!isRefusal(result)) throw new Error('accepted');
  return result;
};
const rules = (input: unknown): Record<string, string> =>
  Object.fromEntries((refused(input).errors ?? []).map(({ field, rule }) => [field, rule]));

describe('a command is read', () => {
  it('with everything the envelope says', () => {
    const input = {
      ...burn,
      command_id: ID.toUpperCase(),
      correlation_id: ' c-1 ',
      source: 'import',
      expected_version: 0,
      dry_run: true,
      metadata: {
        ...papers,
        ip_address: '::1',
        effective_at: '2016-12-14T00:00:00Z',
        traceparent: TRACE,
      },
    };
    const { hash, ...rest } = parsed(input);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(rest).toEqual({
      teams: null,
      subject: 'ada',
      definition: Door,
      spec: Door.commands.BurnDoor,
      command_id: ID,
      command_type: 'BurnDoor',
      aggregate_id: 'door-1',
      actor: 'ada',
      actor_type: 'user',
      source: 'import',
      command_timestamp: '2026-01-06T10:00:00.000Z',
      correlation_id: 'c-1',
      business_justification: 'it is old',
      approval_id: 'A-1',
      effective_at: '2016-12-14T00:00:00.000Z',
      traceparent: TRACE,
      expected_version: 0,
      dry_run: true,
      ip_address: '::1',
      asked: burn.data,
      data: { reason: 'old' },
    });
  });

  it('with null for what it does not say, and its data as the schema makes it', () => {
    expect(parsed({ ...build, data: { name: ' front ' } })).toMatchObject({
      data: { name: 'front', floor: 0, kind: 'oak' },
      correlation_id: null,
      business_justification: null,
      approval_id: null,
      effective_at: null,
      traceparent: null,
      ip_address: null,
      expected_version: null,
      dry_run: false,
    });
  });

  it.each([
    ['an alias of the command', { command_type: 'RaiseDoor' }],
    ['its kebab-case name', { command_type: 'build-door' }],
    ['an alias of the aggregate', { aggregate_type: 'Gate' }],
    ['the plural of the aggregate', { aggregate_type: 'doors' }],
  ])('by %s, under its own name', (_, names) => {
    const { command_type, definition, hash } = parsed({ ...build, ...names });
    expect([command_type, definition, hash]).toEqual(['BuildDoor', Door, parsed(build).hash]);
  });

  it.each([
    ['the top level', { correlation_id: 'top' }, 'top'],
    ['metadata', { metadata: { correlation_id: 'inner' } }, 'inner'],
    [
      'the top level, where both say it',
      { correlation_id: 'top', metadata: { correlation_id: 'inner' } },
      'top',
    ],
  ])('with the correlation id of %s', (_, more, expected) => {
    expect(parsed({ ...build, ...more }).correlation_id).toBe(expected);
  });

  it('for an aggregate it names itself when it creates one, the same one each time', () => {
    const { aggregate_id } = parsed(without(build, 'aggregate_id'));
    expect(aggregate_id).toBe(aggregateIdFrom(ID, 'door'));
    const upper = { ...build, command_id: ID.toUpperCase() };
    expect(parsed(without(upper, 'aggregate_id')).aggregate_id).toBe(aggregate_id);
  });

  it('knows which commands create: each that can be the first', () => {
    const creating = (definition: Aggregate) =>
      Object.entries(definition.commands)
        .filter(([, spec]) => creates(definition, spec))
        .map(([type]) => type);
    expect(creating(Door)).toEqual(['BuildDoor']);
    expect(creating(Passage)).toEqual(['BuildPassage', 'FindPassage']);
  });
});

describe('the id of something that is what it connects', () => {
  it('follows from what is said, whether the command says it too or not', () => {
    expect(parsed(buildPassage).aggregate_id).toBe('front-back');
    expect(parsed(without(buildPassage, 'aggregate_id')).aggregate_id).toBe('front-back');
    const other = { ...buildPassage, aggregate_id: 'a-b', data: { from: 'a', to: 'b' } };
    expect(parsed(other).aggregate_id).toBe('a-b');
  });

  it('can be no other: whoever gives one is told the right one', () => {
    expect(refused({ ...buildPassage, aggregate_id: 'back-front' })).toMatchObject({
      refused: 'VALIDATION_ERROR',
      message: expect.stringContaining('makes this Passage front-back'),
      errors: [{ field: 'aggregate_id', message: 'expected front-back', rule: 'FORMAT' }],
    });
  });
});

describe('whether somebody may send a command', () => {
  const asking = (input: unknown, answer: Allowance | Refusal) => {
    const questions: unknown[] = [];
    const result = parseCommand(all, input, (question) => {
      questions.push(question);
      return answer;
    });
    return { questions, result };
  };

  it('is asked of its own name, whoever sends it, and before its data is looked at', () => {
    const no = refuse('FORBIDDEN', 'not you');
    const input = { ...build, command_type: 'RaiseDoor', data: { wrong: true } };
    const { questions, result } = asking(input, no);
    expect(result).toBe(no);
    expect(questions).toEqual([
      {
        type: 'BuildDoor',
        spec: Door.commands.BuildDoor,
        envelope: expect.objectContaining({ actor: 'ada', source: 'api' }),
      },
    ]);
  });

  it('may depend on who owns what it is for: the command says which teams', () => {
    const signed = { actor: 'bea', actor_type: 'service', subject: 'Bea B.' } as const;
    expect(asking(build, { teams: ['carpenters'], signed }).result).toMatchObject(signed);
    expect(asking(build, { teams: ['carpenters'] }).result).toMatchObject({
      command_type: 'BuildDoor',
      teams: ['carpenters'],
    });
  });
});

describe('the hash of a command', () => {
  const hash = (data: object, more: object = {}) => parsed({ ...build, data, ...more }).hash;

  it('changes with the type and the data, and with nothing else', () => {
    expect(hash({ name: 'back' })).not.toBe(hash({ name: 'front' }));
    expect(parsed({ ...burn, data: { reason: 'x' } }).hash).not.toBe(parsed(burn).hash);
    expect(hash({ name: 'front' }, { actor: 'eve', aggregate_id: 'd2' })).toBe(hash(build.data));
    expect(hash({ kind: 'oak', name: 'front' })).toBe(hash({ name: 'front', kind: 'oak' }));
  });

  it('says nothing of a secret, only that there was one', () => {
    expect(hash({ name: 'front', pin: '1234' })).toBe(hash({ name: 'front', pin: '9876' }));
    expect(hash({ name: 'front', pin: '1234' })).not.toBe(hash({ name: 'front' }));
    expect(hash({ name: 'front', owner: 'ada' })).not.toBe(hash({ name: 'front', owner: 'bob' }));
  });

  it('says nothing of a secret from the first command of its kind on', () => {
    const unseen = () =>
      registry([{ ...Door, commands: { BuildDoor: { ...Door.commands.BuildDoor! } } }]);
    const hashOf = (pin: string) => {
      const result = parseCommand(unseen(), { ...build, data: { name: 'front', pin } });
      return isRefusal(result) ? result : result.hash;
    };
    expect(hashOf('1234')).toBe(hashOf('9876'));
  });
});

describe('what is kept of a command', () => {
  it('has neither secrets nor what is about a person', () => {
    const { spec, data } = parsed({ ...build, data: { name: 'front', pin: '1234', owner: 'ada' } });
    for (const known of [spec, { ...spec }])
      expect(withoutMarked(known, data)).toMatchObject({
        name: 'front',
        pin: '[redacted]',
        owner: '[redacted]',
      });
  });
});

describe('a malformed envelope', () => {
  it('is refused with all of its mistakes at once', () => {
    const input = {
      command_id: 'TOP-SECRET-1',
      command_type: 'Build Door',
      aggregate_id: 'a.b',
      aggregate_type: 'Door',
      actor: ' ',
      actor_type: 'robot',
      command_timestamp: 'yesterday',
      data: [],
      colour: 'TOP-SECRET-2',
      metadata: { approval_id: '', mood: 'TOP-SECRET-3', traceparent: 'TOP-SECRET-4' },
    };
    expect(refused(input)).toMatchObject({ refused: 'MALFORMED_COMMAND' });
    expect(rules(input)).toEqual({
      command_id: 'FORMAT',
      command_type: 'FORMAT',
      aggregate_id: 'FORMAT',
      actor: 'RANGE',
      actor_type: 'ENUM',
      source: 'REQUIRED',
      command_timestamp: 'FORMAT',
      data: 'FORMAT',
      colour: 'UNKNOWN',
      'metadata.approval_id': 'RANGE',
      'metadata.mood': 'UNKNOWN',
      'metadata.traceparent': 'FORMAT',
    });
    const { message, errors } = refused(input);
    for (const field of errors!.map((one) => one.field)) expect(message).toContain(`${field}: `);
    expect(JSON.stringify(refused(input))).not.toMatch(/TOP-SECRET|robot|yesterday|a\.b/);
  });

  it.each([
    'command_id',
    'command_type',
    'aggregate_type',
    'actor',
    'actor_type',
    'source',
    'command_timestamp',
    'data',
  ])('needs %s', (field) => {
    expect(rules(without(build, field))).toEqual({ [field]: 'REQUIRED' });
    expect(refused(without(build, field)).message).toContain(`${field}: this field is required`);
  });

  it('says which fields there are when it meets one that is none', () => {
    expect(refused({ ...build, comand_type: 'x' }).message).toMatch(
      /comand_type: unknown field, did you mean "command_type"\? Known here: command_id, /,
    );
  });

  it.each([null, undefined, 7, 'BuildDoor', true, [], [build]])('is %j', (input) => {
    expect(refused(input)).toMatchObject({ refused: 'MALFORMED_COMMAND' });
    expect(refused(input).errors).toEqual([
      expect.objectContaining({
        field: '(body)',
        rule: input === undefined ? 'REQUIRED' : 'FORMAT',
      }),
    ]);
  });

  it.each<[string, object, string]>([
    ['a command id of version 1', { command_id: 'f47ac10b-58cc-1372-a567-0e02b2c3d479' }, 'FORMAT'],
    ['a time with an offset', { command_timestamp: '2026-01-06T10:00:00+01:00' }, 'FORMAT'],
    ['a day that is none', { command_timestamp: '2026-02-30T10:00:00Z' }, 'FORMAT'],
    ['an actor of 256 letters', { actor: 'x'.repeat(256) }, 'TOO_LONG'],
    ['a negative version', { expected_version: -1 }, 'RANGE'],
    ['half a version', { expected_version: 0.5 }, 'FORMAT'],
    ['a dry run that is no boolean', { dry_run: 'true' }, 'FORMAT'],
    ['an unknown source', { source: 'pigeon' }, 'ENUM'],
    ['a correlation id that is null', { correlation_id: null }, 'FORMAT'],
  ])('has %s', (_, more, rule) => {
    expect(refused({ ...build, ...more }).refused).toBe('MALFORMED_COMMAND');
    expect(rules({ ...build, ...more })).toEqual({ [Object.keys(more)[0]!]: rule });
  });

  it.each<[string, object, string]>([
    ['NUL in the actor', { actor: 'a\0b' }, 'actor'],
    ['half a surrogate pair in the data', { data: { name: '\ud800' } }, 'data.name'],
    [
      'NUL deep in the data',
      { data: { name: 'x', extra: { a: [{ b: '\0' }] } } },
      'data.extra.a.0.b',
    ],
    [
      'half a surrogate pair in a key',
      { data: { name: 'x', extra: { '\udc00': 1 } } },
      'data.extra',
    ],
    ['NUL in metadata', { metadata: { approval_id: '\0' } }, 'metadata.approval_id'],
  ])('holds text that is ill-formed: %s', (_, more, field) => {
    expect(refused({ ...build, ...more }).refused).toBe('MALFORMED_COMMAND');
    expect(rules({ ...build, ...more })).toEqual({ [field]: 'FORMAT' });
  });

  it('holds data that no stack could walk, or numbers that JSON cannot hold', () => {
    const deep = JSON.parse(`${'['.repeat(200_000)}${']'.repeat(200_000)}`);
    const huge = JSON.parse('{"name":"x","extra":{"n":1e999}}');
    for (const data of [{ name: 'x', extra: { deep } }, { name: 'x', unknown: deep }, huge])
      expect(rules({ ...build, data })).toEqual({ data: 'FORMAT' });
  });

  it('names no aggregate though it creates none', () => {
    expect(refused(without(burn, 'aggregate_id'))).toMatchObject({
      refused: 'MALFORMED_COMMAND',
      message: 'aggregate_id: BurnDoor must say which Door it is for',
      errors: [{ field: 'aggregate_id', rule: 'REQUIRED' }],
    });
  });
});

describe('a command that does not exist', () => {
  it('of an aggregate type that is none is told which there are', () => {
    expect(refused({ ...build, aggregate_type: 'Window' })).toMatchObject({
      refused: 'UNKNOWN_AGGREGATE_TYPE',
      message: 'there is no aggregate type Window; there are Door, Passage',
      details: { aggregate_types: ['Door', 'Passage'] },
    });
  });

  it.each(['PaintRoom', 'constructor', 'toString', 'builddoor'])(
    '%s is told which there are',
    (command_type) => {
      expect(refused({ ...build, command_type })).toMatchObject({
        refused: 'UNKNOWN_COMMAND',
        message: expect.stringMatching(
          new RegExp(
            `^Door has no command ${command_type}.*it has BuildDoor, PaintDoor, BurnDoor$`,
            'i',
          ),
        ),
        details: { commands: ['BuildDoor', 'PaintDoor', 'BurnDoor'] },
      });
    },
  );

  it.each(['UpdateDoor', 'UpdateDoors', 'PatchFields', 'SetGate', 'UpdateColour'])(
    '%s is told that no generic update does',
    (command_type) => {
      const { refused: code, message, details } = refused({ ...build, command_type });
      expect(code).toBe('FORBIDDEN_GENERIC_COMMAND');
      expect(message).toContain(`${command_type} is a generic update`);
      expect(message).toContain('BuildDoor, PaintDoor, BurnDoor');
      expect(details).toEqual({ commands: ['BuildDoor', 'PaintDoor', 'BurnDoor'] });
    },
  );
});

describe('a definition of many commands', () => {
  it('names a few of them to whoever sends a generic update, and lists them all', () => {
    const like = Door.commands.PaintDoor!;
    const commands = { ...Door.commands, OilDoor: like, SweepDoor: like };
    const result = parseCommand(registry([{ ...Door, commands }]), {
      ...build,
      command_type: 'UpdateDoor',
    });
    expect(result).toMatchObject({
      message: expect.stringMatching(/such as BuildDoor, PaintDoor, BurnDoor, OilDoor$/),
      details: { commands: Object.keys(commands) },
    });
  });
});

describe('data that is not right', () => {
  it.each<[string, object, Record<string, string>]>([
    ['a field that is missing', {}, { 'data.name': 'REQUIRED' }],
    ['another type', { name: 7 }, { 'data.name': 'FORMAT' }],
    ['null', { name: null }, { 'data.name': 'FORMAT' }],
    ['another format', { name: 'x', built_on: '6.1.2026' }, { 'data.built_on': 'FORMAT' }],
    ['too few letters', { name: ' ' }, { 'data.name': 'RANGE' }],
    ['too many letters', { name: 'x'.repeat(11) }, { 'data.name': 'TOO_LONG' }],
    ['too small a number', { name: 'x', floor: -1 }, { 'data.floor': 'RANGE' }],
    ['too large a number', { name: 'x', floor: 100 }, { 'data.floor': 'RANGE' }],
    ['a value that is not listed', { name: 'x', kind: 'glass' }, { 'data.kind': 'ENUM' }],
    ['a field that is not known', { name: 'x', colour: 'red' }, { 'data.colour': 'UNKNOWN' }],
    [
      'several things',
      { floor: 100, kind: 'glass', a: 1, b: 2 },
      {
        'data.name': 'REQUIRED',
        'data.floor': 'RANGE',
        'data.kind': 'ENUM',
        'data.a': 'UNKNOWN',
        'data.b': 'UNKNOWN',
      },
    ],
  ])('is refused with the rule it breaks: %s', (_, data, expected) => {
    const { refused: code, message, errors } = refused({ ...build, data });
    expect(code).toBe('VALIDATION_ERROR');
    expect(rules({ ...build, data })).toEqual(expected);
    expect(message).toMatch(/^BuildDoor is not right: /);
    for (const one of errors!) expect(message).toContain(`${one.field}: ${one.message}`);
  });

  it('is told the fields there are, and what may stand in them', () => {
    expect(refused({ ...build, data: { name: 'x', colour: 'red' } }).message).toContain(
      'data.colour: unknown field; known here: name, floor, built_on, kind, owner, pin, extra',
    );
    expect(refused({ ...build, data: { name: 'x', kind: 'glass' } }).message).toContain('"steel"');
  });

  it('never comes back', () => {
    const data = { name: 'TOP-SECRET', pin: 7, kind: 'TOP-SECRET', built_on: 'TOP-SECRET' };
    expect(JSON.stringify(refused({ ...build, data }))).not.toContain('TOP-SECRET');
  });

  it('cannot reach a prototype', () => {
    const input = (text: string) => JSON.parse(JSON.stringify(build).replace('"data":{', text));
    expect(rules(input('"data":{"__proto__":{"dry":1},'))).toEqual({ 'data.__proto__': 'UNKNOWN' });
    expect(rules(input('"data":{"extra":{"a":[{"__proto__":1}]},'))).toEqual({
      'data.extra.a.0.__proto__': 'UNKNOWN',
    });
    expect(rules(input('"data":{"constructor":{"prototype":1},'))).toEqual({
      'data.constructor': 'UNKNOWN',
    });
    expect(rules(input('"__proto__":{"dry_run":true},"data":{'))).toEqual({
      ['__proto__']: 'UNKNOWN',
    });
    expect(rules(input('"constructor":1,"data":{'))).toEqual({ constructor: 'UNKNOWN' });
    expect(({} as Record<string, unknown>).dry).toBeUndefined();
  });
});

describe('papers', () => {
  it.each([
    ['no metadata', undefined, 'JUSTIFICATION_REQUIRED', 'metadata.business_justification'],
    [
      'only an approval',
      { approval_id: 'A' },
      'JUSTIFICATION_REQUIRED',
      'metadata.business_justification',
    ],
    ['only a reason', { business_justification: 'x' }, 'APPROVAL_REQUIRED', 'metadata.approval_id'],
  ])('are missing: %s', (_, metadata, code, field) => {
    const input = metadata ? { ...burn, metadata } : without(burn, 'metadata');
    const { refused: refusedWith, errors } = refused(input);
    expect(refusedWith).toBe(code);
    expect(errors?.[0]).toMatchObject({ field, rule: 'REQUIRED' });
    const both = code === 'JUSTIFICATION_REQUIRED' && !metadata;
    expect(errors).toHaveLength(both ? 2 : 1);
    expect(refused(input).message).toContain(field);
    expect(refused(input).message).toContain('BurnDoor');
  });

  it('do not count when they are blank', () => {
    const metadata = { ...papers, business_justification: '   ' };
    expect(rules({ ...burn, metadata })).toEqual({ 'metadata.business_justification': 'RANGE' });
    for (const business_justification of ['\u200b\u2060', '\u2800', '\u0007'])
      expect(refused({ ...burn, metadata: { ...papers, business_justification } }).refused).toBe(
        'JUSTIFICATION_REQUIRED',
      );
  });

  it('are not made of what nobody sees, where a definition asks why', () => {
    const data = { reason: '\u200b\u00ad' };
    expect(rules({ ...burn, data })).toEqual({ 'data.reason': 'FORMAT' });
    expect(parsed({ ...burn, data: { reason: '' } }).data).toEqual({ reason: '' });
  });

  it('may say when it was true in the world only for an import', () => {
    const metadata = { effective_at: '2016-12-14T00:00:00Z' };
    for (const source of ['ui', 'api', 'webhook', 'system'])
      expect(refused({ ...build, source, metadata })).toMatchObject({
        refused: 'VALIDATION_ERROR',
        errors: [{ field: 'metadata.effective_at', rule: 'UNKNOWN' }],
      });
    expect(parsed({ ...build, source: 'import', metadata }).effective_at).toBe(
      '2016-12-14T00:00:00.000Z',
    );
  });

  it('say every time in one form, so that times can be compared as texts', () => {
    const said = [
      '2016-12-14T00:00:00Z',
      '2016-12-14T00:00:00.0000009Z',
      '2016-12-14T00:00:00.5Z',
      '2016-12-14T00:00:01Z',
    ];
    const kept = said.map((time) =>
      parsed({
        ...build,
        source: 'import',
        command_timestamp: time,
        metadata: { effective_at: time },
      }),
    );
    const canonical = [
      '2016-12-14T00:00:00.000Z',
      '2016-12-14T00:00:00.000Z',
      '2016-12-14T00:00:00.500Z',
      '2016-12-14T00:00:01.000Z',
    ];
    expect(kept.map(({ effective_at }) => effective_at)).toEqual(canonical);
    expect(kept.map(({ command_timestamp }) => command_timestamp)).toEqual(canonical);
  });
});

describe('whatever comes in', () => {
  // Marked, so that a text of the input is recognized wherever it comes out.
  const text = fc.string({ unit: 'binary', maxLength: 12 }).map((one) => `<<${one}>>`);
  const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      fc.oneof(
        text,
        fc.double(),
        fc.boolean(),
        fc.constant(null),
        fc.bigInt({ max: 9n }).map(Number),
      ),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('name', 'pin', 'x', '__proto__', 'toString'), tie('any')),
    ),
  })).any;
  const oftenRight = <T>(right: T): fc.Arbitrary<unknown> =>
    fc.oneof({ weight: 40, arbitrary: fc.constant(right) }, { weight: 1, arbitrary: value });
  const input = fc.oneof(
    value,
    fc.record(
      {
        command_id: oftenRight(ID),
        command_type: fc.oneof(
          fc.constantFrom(...Object.keys(Door.commands)),
          oftenRight('PaintDoor'),
        ),
        aggregate_id: oftenRight('door-1'),
        aggregate_type: oftenRight('Door'),
        actor: oftenRight('ada'),
        actor_type: oftenRight('user'),
        source: oftenRight('api'),
        command_timestamp: oftenRight('2026-01-06T10:00:00Z'),
        expected_version: oftenRight(3),
        dry_run: oftenRight(false),
        correlation_id: oftenRight('c'),
        data: fc.oneof(
          value,
          fc.constantFrom({}, { reason: 'old' }),
          fc.record(
            {
              name: oftenRight('front'),
              floor: oftenRight(1),
              built_on: oftenRight('2026-01-06'),
              kind: oftenRight('oak'),
              pin: value,
              extra: value,
              reason: value,
            },
            { requiredKeys: [] },
          ),
        ),
        metadata: oftenRight(papers),
        more: value,
      },
      {
        requiredKeys: [
          'command_id',
          'command_type',
          'aggregate_type',
          'actor',
          'actor_type',
          'source',
          'command_timestamp',
          'data',
        ] as never,
      },
    ),
  );
  const textsIn = (one: unknown): string[] => {
    if (typeof one === 'string') return one.startsWith('<<') ? [one] : [];
    return typeof one === 'object' && one !== null ? Object.values(one).flatMap(textsIn) : [];
  };

  it('becomes a command or a refusal, and no value of it comes back', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(input, (one) => {
        const json: unknown = JSON.parse(JSON.stringify(one) ?? 'null');
        const result = parseCommand(all, json);
        seen.add(isRefusal(result) ? result.refused : 'accepted');
        if (!isRefusal(result)) return;
        expect(result.message).not.toBe('');
        const said = [result.message, ...(result.errors ?? []).map(({ message }) => message)];
        for (const secretText of textsIn(json))
          for (const sentence of said) expect(sentence).not.toContain(secretText);
      }),
      { numRuns: 1_000 },
    );
    // A property about nothing proves nothing.
    expect([...seen]).toEqual(
      expect.arrayContaining(['accepted', 'MALFORMED_COMMAND', 'VALIDATION_ERROR']),
    );
  });
});

it('an unknown command is named in few words, however long its name is', () => {
  const { refused, message } = unknownCommand(all, Door, 'Open'.repeat(10_000));
  expect([refused, message.length < 1_000]).toEqual(['UNKNOWN_COMMAND', true]);
});

describe('the command that an input names', () => {
  it('is found by its names, aliases among them, whatever else is wrong', () => {
    expect(commandNamedBy(all, { ...build, data: 7 })).toMatchObject({ type: 'BuildDoor' });
    const named = { aggregate_type: 'Gate', command_type: 'BuildDoor' };
    expect(commandNamedBy(all, named)?.definition.name).toBe('Door');
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'BuildDoor'],
    ['no type', { command_type: 'BuildDoor' }],
    ['a type that is no text', { aggregate_type: 7, command_type: 'BuildDoor' }],
    ['an unknown type', { aggregate_type: 'Window', command_type: 'BuildDoor' }],
    ['no command', { aggregate_type: 'Door' }],
    ['a command that is no text', { aggregate_type: 'Door', command_type: ['BuildDoor'] }],
    ['an unknown command', { aggregate_type: 'Door', command_type: 'SingDoor' }],
  ])('is none of %s', (_, input) => {
    expect(commandNamedBy(all, input)).toBeUndefined();
  });
});

it('answers from the definition the registry holds', () => {
  const { definition } = parsed(build);
  expect(definition satisfies Aggregate).toBe(all.definitions[0]);
});
