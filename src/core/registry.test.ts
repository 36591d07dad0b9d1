import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Aggregate } from './aggregate.js';
import { defineBoundary } from './boundary.js';
import { defineAggregate } from './define-aggregate.js';
import { pluralOf } from './ids.js';
import { command } from './message.js';
import { registry } from './registry.js';

const chart = {
  initial: 'absent',
  states: { absent: { on: { Built: 'built' } }, built: {} },
} as const;
const define = (name: string, more: object = {}): Aggregate =>
  defineAggregate({
    name,
    summary: name,
    events: { Built: z.object({}) },
    commands: {
      BuildIt: command({ data: z.object({}), emits: ['Built'], roles: ['r'], aliases: ['MakeIt'] }),
    },
    data: z.object({}),
    chart,
    evolve: {},
    decide: { BuildIt: () => [] },
    ...more,
  });

const Capability = define('BusinessCapability', { aliases: ['Capability'] });
const Application = define('Application');
const all = registry([Capability, Application]);

describe('a definition is found', () => {
  it.each([
    'BusinessCapability',
    'business-capability',
    'business_capability',
    'businesscapability',
    'BUSINESSCAPABILITY',
    'business-capabilities',
    'BusinessCapabilities',
    'Capability',
    'capability',
    'capabilities',
  ])('as %s', (name) => expect(all.aggregate(name)).toBe(Capability));

  it.each(['', 'Capabilitys', 'Server', 'constructor', '__proto__', 'toString'])(
    'but not as "%s"',
    (name) => expect(all.aggregate(name)).toBeUndefined(),
  );

  it('by a plural of its own, and still by the regular one', () => {
    const people = registry([define('Person', { plural: 'people' })]);
    expect(people.aggregate('people')?.name).toBe('Person');
    expect(people.aggregate('persons')?.name).toBe('Person');
  });
});

describe('a command is found', () => {
  it.each(['BuildIt', 'build-it', 'MakeIt', 'make-it'])('as %s, under its own name', (name) => {
    expect(all.command(Application, name)).toEqual({
      definition: Application,
      type: 'BuildIt',
      spec: Application.commands.BuildIt,
    });
  });

  it.each(['', 'buildit', 'Build', 'constructor', '__proto__'])('but not as "%s"', (name) => {
    expect(all.command(Application, name)).toBeUndefined();
  });

  it('for no definition that the registry does not hold', () => {
    expect(all.command(define('Stranger'), 'BuildIt')).toBeUndefined();
  });
});

describe('a name is generic', () => {
  it.each([
    'UpdateApplication',
    'UpdateAnything',
    'Update',
    'UpdateCapabilities',
    'EditApplication',
    'PatchFields',
    'ModifyEntity',
    'SaveApplication',
    'UpsertApplication',
    'ReplaceApplications',
    'PutAll',
    'Put',
    'SetFields',
    'Set',
    'ChangeApplication',
    'MutateAggregate',
    'ChangeBusinessCapability',
    'SetCapability',
  ])('%s', (name) => expect(all.isGeneric(name)).toBe(true));

  it.each([
    'SetDataClassification',
    'SetOwner',
    'ChangeServiceSla',
    'ReplaceServer',
    'SaveDraft',
    'CreateApplication',
    'RenameApplication',
    'DeleteApplication',
    'AddTags',
    'Settle',
    'CorrectionCommand',
    'TransitionLifecycle',
    'AssignToServer',
    'ReinstateApplication',
    '',
  ])('but not %s', (name) => expect(all.isGeneric(name)).toBe(false));
});

describe('a registry is refused', () => {
  it.each<[string, object, string]>([
    ['two definitions share a name', {}, 'Application and Application are both called'],
    [
      'an alias is the name of another',
      { name: 'System', aliases: ['Application'] },
      'System and Application are both called "application"',
    ],
    [
      'a plural is the name of another',
      { name: 'System', plural: 'applications' },
      'System and Application are both called "applications"',
    ],
  ])('when %s', (_, more, message) => {
    expect(() => registry([Application, define('Application', more)])).toThrow(TypeError);
    expect(() => registry([Application, define('Application', more)])).toThrow(message);
  });

  const referring = (of: string) =>
    define('Door', {
      commands: {
        BuildIt: command({
          data: z.object({ room_id: z.string() }),
          emits: ['Built'],
          roles: ['r'],
          references: { room: { of, by: 'room_id', view: z.object({}) } },
        }),
      },
    });
  it('when a command refers to what is not there', () => {
    expect(() => registry([referring('Room')])).toThrow(
      'Door: command BuildIt refers to Room, but there is no such definition',
    );
    expect(registry([referring('Room'), define('Room')]).definitions).toHaveLength(2);
  });

  const folding = (of: string, type: string) => {
    const events = { [type]: z.object({}) };
    const on = { [type]: () => [] };
    return define('Door', { boundaries: { rooms: defineBoundary()({ of, events, on }) } });
  };
  it.each([
    ['of a type that is not there', folding('Hall', 'Built'), 'which Hall does not have'],
    ['that the other does not have', folding('Room', 'Burnt'), 'which Room does not have'],
  ])('when a boundary folds an event %s', (_, door, message) => {
    expect(() => registry([door, define('Room')])).toThrow(message);
  });
  it('but not when it has the event', () => {
    expect(() => registry([folding('Room', 'Built'), define('Room')])).not.toThrow();
  });
});

describe('pluralOf', () => {
  it.each([
    ['server', 'servers'],
    ['capability', 'capabilities'],
    ['business-capability', 'business-capabilities'],
    ['key', 'keys'],
  ])('%s → %s', (one, many) => expect(pluralOf(one)).toBe(many));
});
