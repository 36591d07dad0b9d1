import { describe, expect, test } from 'vitest';
import { eventId, UUID_V4 } from '../../src/core/ids.js';
import type { ImportCommand } from '../../src/operate/importing/importer.js';
import { advance, NOTHING_YET } from './commands.js';
import type { InventoryRow } from './read-inventory.js';

const row = (name: string, more: Partial<InventoryRow> = {}): InventoryRow => ({
  name,
  owner: 'team',
  type: null,
  hosted_on: null,
  retired: false,
  ...more,
});

const commit = (n: number) => ({
  sha: String(n).repeat(40),
  at: `2020-01-0${n}T00:00:00.000Z`,
  actor: 'dev-1',
});

/** The steps of a sequence of inventories, committed as 1, 2, 3 … */
const steps = (...inventories: readonly (readonly InventoryRow[])[]) => {
  let imported = NOTHING_YET;
  return inventories.map((rows, index) => {
    const step = advance(imported, rows, commit(index + 1));
    imported = step.imported;
    return step;
  });
};

const last = (...inventories: readonly (readonly InventoryRow[])[]) => steps(...inventories).at(-1);
const said = (commands: readonly ImportCommand[] = []) =>
  commands.map(({ command_type, data }) => [command_type, data]);
const types = (commands: readonly ImportCommand[] = []) =>
  commands.map(({ command_type }) => command_type);

describe('names that differ in case only', () => {
  test('are one type, one host, and two applications', () => {
    const rows = [
      row('case-one', { type: 'Data engineering', hosted_on: 'EKS' }),
      row('Case-One', { type: 'Data Engineering', hosted_on: 'eks' }),
    ];
    const [first, second] = steps(rows, [
      row('case-one', { type: 'DATA engineering', hosted_on: 'Eks' }),
      row('Case-One', { type: null, hosted_on: 'eks' }),
    ]);
    expect(types(first?.commands).filter((type) => type.startsWith('Create'))).toEqual([
      'CreateCapability',
      'CreateServer',
      'CreateApplication',
      'CreateApplication',
    ]);
    const names = first?.commands.map(({ data }) => data.name);
    expect(names).toEqual(expect.arrayContaining(['case-one', 'Case-One (2)']));
    expect(first?.notes).toMatchObject([{ kind: 'duplicate-name' }]);
    expect(types(second?.commands)).toEqual(['RemoveCapability']);
  });
});

describe('an application that appears', () => {
  test('is created with its capability and its server', () => {
    const commands = last([row('a', { type: 'APIs', hosted_on: 'eks' })])?.commands ?? [];
    const [capability, server] = commands;
    expect(said(commands)).toEqual([
      ['CreateCapability', { name: 'APIs' }],
      [
        'CreateServer',
        { hostname: 'eks', environment: 'prod', criticality: 'medium', platform: 'eks' },
      ],
      [
        'CreateApplication',
        {
          name: 'a',
          owner: 'team',
          data_classification: 'internal',
          lifecycle: 'active',
          capability_id: capability?.aggregate_id,
        },
      ],
      ['AssignToServer', { server_id: server?.aggregate_id, environment: 'prod' }],
    ]);
  });

  test('without team or type has the owner "unassigned" and no capability', () => {
    expect(said(last([row('a', { owner: null })])?.commands)).toEqual([
      [
        'CreateApplication',
        {
          name: 'a',
          owner: 'unassigned',
          data_classification: 'internal',
          lifecycle: 'active',
        },
      ],
    ]);
  });

  test('retired is created as retired, hosted or not', () => {
    const commands = last([row('a', { retired: true, hosted_on: 'aws' })])?.commands;
    expect(types(commands)).toEqual(['CreateServer', 'CreateApplication', 'AssignToServer']);
    expect(commands?.[1]?.data.lifecycle).toBe('retired');
  });

  test('shares the capability and the server of another', () => {
    const rows = [row('a', { type: 'T', hosted_on: 'h' }), row('b', { type: 'T', hosted_on: 'h' })];
    expect(types(last(rows)?.commands)).toEqual([
      'CreateCapability',
      'CreateServer',
      'CreateApplication',
      'AssignToServer',
      'CreateApplication',
      'AssignToServer',
    ]);
  });
});

describe('an application that changes', () => {
  test('not at all: no command', () => {
    expect(last([row('a')], [row('a')])?.commands).toEqual([]);
  });

  test('its place in the inventory: no command', () => {
    expect(last([row('a'), row('b')], [row('b'), row('a')])?.commands).toEqual([]);
  });

  test('team', () => {
    expect(said(last([row('a')], [row('a', { owner: 'other' })])?.commands)).toEqual([
      ['SetOwner', { owner: 'other', reason: 'commit 222222222222' }],
    ]);
  });

  test('from no team to a team of that name: no command, since nothing changes', () => {
    const before = [row('a', { owner: null })];
    expect(last(before, [row('a', { owner: 'unassigned' })])?.commands).toEqual([]);
  });

  test('type', () => {
    const [first, second, third] = steps(
      [row('a', { type: 'Old' })],
      [row('a', { type: 'New' })],
      [row('a', { type: null })],
    );
    expect(first?.commands[1]?.data.capability_id).toBe(first?.commands[0]?.aggregate_id);
    expect(said(second?.commands)).toEqual([
      ['CreateCapability', { name: 'New' }],
      ['AssignCapability', { capability_id: second?.commands[0]?.aggregate_id }],
    ]);
    expect(said(third?.commands)).toEqual([
      ['RemoveCapability', { reason: 'commit 333333333333' }],
    ]);
  });

  test('hosting', () => {
    const [first, second, third] = steps(
      [row('a', { hosted_on: 'old' })],
      [row('a', { hosted_on: 'new' })],
      [row('a')],
    );
    const [older, newer] = [first, second].map((step) => step?.commands[0]?.aggregate_id);
    expect(said(second?.commands).slice(1)).toEqual([
      [
        'RemoveFromServer',
        { server_id: older, environment: 'prod', reason: 'commit 222222222222' },
      ],
      ['AssignToServer', { server_id: newer, environment: 'prod' }],
    ]);
    expect(said(third?.commands)).toEqual([
      [
        'RemoveFromServer',
        { server_id: newer, environment: 'prod', reason: 'commit 333333333333' },
      ],
    ]);
  });
});

describe('retirement', () => {
  const retired = row('a', { retired: true });

  test('goes through deprecated', () => {
    expect(said(last([row('a')], [retired])?.commands)).toEqual([
      ['TransitionLifecycle', { target_lifecycle: 'deprecated' }],
      ['TransitionLifecycle', { target_lifecycle: 'retired' }],
    ]);
  });

  test('comes after what else changed', () => {
    const before = [row('a', { hosted_on: 'aws' })];
    expect(types(last(before, [{ ...retired, owner: 'other' }])?.commands)).toEqual([
      'SetOwner',
      'RemoveFromServer',
      'TransitionLifecycle',
      'TransitionLifecycle',
    ]);
  });

  test('taken back is a correction of the transition, with its papers', () => {
    const [, second, third] = steps([row('a')], [retired], [row('a')]);
    const transition = second?.commands[1];
    expect(said(third?.commands)).toEqual([
      [
        'CorrectLifecycle',
        {
          corrects_event_id: eventId(transition!.command_id, 0, transition!),
          corrected_value: 'active',
          reason: 'commit 333333333333',
        },
      ],
    ]);
    expect(third?.commands[0]?.metadata).toEqual({
      approval_id: `commit:${'3'.repeat(40)}`,
      business_justification:
        'GOV.UK developer docs commit 333333333333: no longer marked as retired',
      effective_at: '2020-01-03T00:00:00.000Z',
    });
    expect(third?.notes.map(({ kind }) => kind)).toEqual(['taken-back']);
  });

  test('at first sight, taken back, is a correction of the creation', () => {
    const [first, second] = steps([retired], [row('a')]);
    const creation = first?.commands[0];
    expect(second?.commands[0]?.data.corrects_event_id).toBe(
      eventId(creation!.command_id, 0, creation!),
    );
  });

  test('a second time, taken back again, corrects the second', () => {
    const all = steps([row('a')], [retired], [row('a')], [retired], [row('a')]);
    const [, , , fourth, fifth] = all;
    const transition = fourth?.commands[1];
    expect(fifth?.commands[0]?.data.corrects_event_id).toBe(
      eventId(transition!.command_id, 0, transition!),
    );
  });

  test('taken back comes before what else changed', () => {
    expect(types(last([retired], [row('a', { hosted_on: 'aws' })])?.commands)).toEqual([
      'CreateServer',
      'CorrectLifecycle',
      'AssignToServer',
    ]);
  });
});

describe('an application that disappears', () => {
  test('is deleted, with its papers', () => {
    const [deletion] = last([row('a')], [])?.commands ?? [];
    expect(deletion).toMatchObject({
      command_type: 'DeleteApplication',
      data: { reason: 'no longer in the inventory (commit 222222222222)' },
      metadata: {
        approval_id: `commit:${'2'.repeat(40)}`,
        business_justification:
          'GOV.UK developer docs commit 222222222222: no longer in the inventory',
      },
    });
  });

  test('before the ones that appear are created, after capabilities and servers', () => {
    const after = [row('b', { type: 'T', hosted_on: 'h' })];
    expect(types(last([row('a')], after)?.commands)).toEqual([
      'CreateCapability',
      'CreateServer',
      'DeleteApplication',
      'CreateApplication',
      'AssignToServer',
    ]);
  });

  test('and comes back is a new application', () => {
    const [first, , third] = steps([row('a')], [], [row('a')]);
    expect(types(third?.commands)).toEqual(['CreateApplication']);
    expect(third?.commands[0]?.aggregate_id).not.toBe(first?.commands[0]?.aggregate_id);
    expect(third?.notes).toEqual([
      {
        where: 'commit 333333333333',
        kind: 'came-back',
        message: 'a was deleted before; read as a new application',
      },
    ]);
  });
});

test('the envelope names the author, the time of the commit and one correlation per commit', () => {
  const [first, second] = steps([row('a', { type: 'T' })], [row('a', { owner: 'x' })]);
  const [creation, application] = first?.commands ?? [];
  expect(creation).toEqual({
    command_id: expect.stringMatching(UUID_V4),
    command_type: 'CreateCapability',
    aggregate_type: 'BusinessCapability',
    aggregate_id: expect.stringMatching(UUID_V4),
    correlation_id: expect.stringMatching(UUID_V4),
    actor: 'dev-1',
    actor_type: 'user',
    source: 'import',
    command_timestamp: '2020-01-01T00:00:00.000Z',
    data: { name: 'T' },
    metadata: { effective_at: '2020-01-01T00:00:00.000Z' },
  });
  expect(application?.correlation_id).toBe(creation?.correlation_id);
  expect(second?.commands[0]?.correlation_id).not.toBe(creation?.correlation_id);
});

test('a capability and a server of the same name are two aggregates', () => {
  const [capability, server] = last([row('x', { type: 'x', hosted_on: 'x' })])?.commands ?? [];
  expect(capability?.aggregate_id).not.toBe(server?.aggregate_id);
});
