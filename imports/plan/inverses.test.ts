import { describe, expect, it, vi } from 'vitest';
import { actors } from '../../actors/index.js';
import { eventId } from '../../src/core/ids.js';
import type { Happened, Landscape, Standing } from '../../src/operate/importing/importer.js';
import { turnsDuring } from '../../test/support/turns-during.js';
import { INVERSES, keysOf } from './inverses.js';
import { KINDS } from './kinds.js';
import { undo } from './undo.js';

/** Every command that the planner can issue, by type of aggregate. */
const issued = (): ReadonlyMap<string, ReadonlySet<string>> => {
  const found = new Map<string, Set<string>>();
  const add = (type: string, command: string): void =>
    void found.set(type, (found.get(type) ?? new Set()).add(command));
  for (const { aggregate_type: type, create, set, clear, lists } of Object.values(KINDS)) {
    add(type, create);
    for (const make of Object.values(set)) add(type, make({}, '').command_type);
    for (const make of Object.values(clear)) add(type, make('').command_type);
    for (const list of Object.values(lists))
      for (const one of [list.add, list.remove]) add(type, one);
  }
  for (const one of [
    'TransitionLifecycle',
    'AssignToServer',
    'RemoveFromServer',
    'LinkInterfaceToService',
  ])
    add('Application', one);
  for (const one of ['CreateRelation', 'UpdateRelationDescription', 'SetEffectivePeriod'])
    add('Relation', one);
  return found;
};

describe('what an import can do', () => {
  const cases = [...issued()].flatMap(([type, commands]) =>
    [...commands].map((command) => [type, command] as const),
  );
  const definitionOf = (type: string) => actors.find(({ name }) => name === type)!;

  it.each(cases)('%s %s is a command, and each of its events has an inverse', (type, command) => {
    const commands = definitionOf(type).commands as Readonly<
      Record<string, { readonly emits: readonly string[] }>
    >;
    expect(Object.keys(commands)).toContain(command);
    for (const event of commands[command]!.emits)
      expect(Object.keys(INVERSES[type]!)).toContain(event);
  });

  it('is taken back by commands that exist', () => {
    for (const [type, inverses] of Object.entries(INVERSES))
      for (const [event_type, { back, begins }] of Object.entries(inverses)) {
        expect(Object.keys(definitionOf(type).events)).toContain(event_type);
        const data = new Proxy({}, { get: (_, field) => (field === 'tags' ? ['a'] : 'before') });
        const told = back({ data, event_id: 'e', keys: ['tags/a'], because: 'why' });
        if ('cannot' in told) continue;
        for (const { command_type } of [told].flat())
          expect(Object.keys(definitionOf(type).commands)).toContain(command_type);
        if (begins) expect(keysOf({ aggregate_type: type, event_type, data: {} })).toEqual([]);
      }
  });
});

describe('taking back', () => {
  const of = { import_id: 'imp', revert_id: 'revert-imp', because: 'revert of imp' };
  const touched = { aggregate_type: 'Application', aggregate_id: 'a' };
  type Said = readonly [event_type: string, data: object, correlation_id: string, actor?: string];
  const landscape = (said: readonly Said[], standing: Partial<Standing> = {}): Landscape => ({
    state: async () => ({
      presence: 'present',
      status: 'active',
      data: { name: 'A' },
      ...standing,
    }),
    identity: () => undefined,
    holder: async () => undefined,
    events: async () =>
      said.map(
        ([event_type, data, correlation_id, actor = 'importer'], index): Happened => ({
          ...touched,
          event_type,
          data: data as Happened['data'],
          correlation_id,
          actor,
          event_id: eventId('c', index, touched),
          aggregate_version: index + 1,
          sequence: index + 1,
          event_timestamp: '2026-11-21T10:00:00.000Z',
          source: correlation_id.endsWith('imp') && actor !== 'eve' ? 'import' : 'api',
        }),
      ),
  });
  const run = (said: readonly Said[], standing?: Partial<Standing>) =>
    undo(landscape(said, standing), [touched], of);
  const commands = async (said: readonly Said[], standing?: Partial<Standing>) =>
    (await run(said, standing)).phases
      .flatMap(({ chains }) => chains.flat())
      .map(({ command_type, data }) => [command_type, data]);
  const born: Said = ['ApplicationCreated', {}, 'other'];

  it('deletes what the import created', async () => {
    expect(
      await commands([
        ['ApplicationCreated', {}, 'imp'],
        ['TagsAdded', { tags: ['x'] }, 'imp'],
      ]),
    ).toEqual([['DeleteApplication', { reason: of.because }]]);
  });

  it('keeps what somebody changed since, and says who and when', async () => {
    const { phases, notes } = await run([
      ['ApplicationCreated', {}, 'imp'],
      ['OwnerSet', {}, 'x', 'ann'],
    ]);
    expect(phases).toEqual([]);
    expect(notes).toMatchObject([
      {
        kind: 'kept',
        message: 'Application "A" is kept: it was changed since by ann on 2026-11-21 (OwnerSet)',
      },
    ]);
  });

  it('keeps what somebody else wrote under its id', async () => {
    const created: Said = ['ApplicationCreated', {}, 'imp'];
    expect(await commands([created, ['OwnerSet', {}, 'imp', 'eve']])).toEqual([]);
    expect(await commands([created, ['OwnerSet', {}, 'revert-imp', 'eve']])).toEqual([]);
    expect(await commands([['ApplicationCreated', {}, 'imp', 'eve']])).toEqual([]);
    const { phases, notes } = await run([
      born,
      ['OwnerSet', { previous_owner: 'a', new_owner: 'b' }, 'imp'],
      ['OwnerSet', { previous_owner: 'b', new_owner: 'c' }, 'revert-imp', 'eve'],
    ]);
    expect(phases).toEqual([]);
    expect(notes).toMatchObject([{ kind: 'kept', message: expect.stringMatching(/by eve/) }]);
  });

  it('gives a field the value it had before the first change, unless others had the last word', async () => {
    const twice: Said[] = [
      born,
      ['OwnerSet', { previous_owner: 'a', new_owner: 'b' }, 'imp'],
      ['OwnerSet', { previous_owner: 'b', new_owner: 'c' }, 'imp'],
    ];
    expect(await commands(twice)).toEqual([['SetOwner', { owner: 'a', reason: of.because }]]);
    const { phases, notes } = await run([...twice, ['OwnerSet', {}, 'x', 'ann']]);
    expect(phases).toEqual([]);
    expect(notes).toMatchObject([{ kind: 'kept' }]);
    expect(notes[0]!.message).toMatch(/^owner of Application "A" is kept: changed since by ann/);
  });

  it('removes only the tags that are still the import’s', async () => {
    const said: Said[] = [
      born,
      ['TagsAdded', { tags: ['x', 'y'] }, 'imp'],
      ['TagsRemoved', { tags: ['x'] }, 'o', 'ann'],
    ];
    expect(await commands(said)).toEqual([['RemoveTags', { tags: ['y'] }]]);
  });

  it('keeps a service that others said something of', async () => {
    const offered: Said = ['ServiceOffered', { service_id: 's' }, 'imp'];
    expect(await commands([born, offered])).toEqual([
      ['WithdrawService', { service_id: 's', reason: of.because }],
    ]);
    expect(
      await commands([born, offered, ['ServiceSlaChanged', { service_id: 's' }, 'o', 'ann']]),
    ).toEqual([]);
  });

  it.each([[['above', 'below']], [['below', 'above']]])(
    'gives places in a tree back in the other order, whichever is looked at first: %j',
    async (ids) => {
      // The import put what was above under what was below.
      const moves: Readonly<Record<string, Said>> = {
        below: ['ParentRemoved', { previous_parent_id: 'above' }, 'imp'],
        above: ['ParentAssigned', { previous_parent_id: null }, 'imp'],
      };
      const { events, ...others } = landscape([]);
      const swapped: Landscape = {
        ...others,
        events: async (aggregate_type, aggregate_id) => {
          const born: Said = ['CapabilityCreated', {}, 'other'];
          const said = await landscape([born, moves[aggregate_id]!]).events(aggregate_type, 'a');
          return said.map((event, index) => ({
            ...event,
            aggregate_type,
            aggregate_id,
            sequence: aggregate_id === 'above' ? 9 : index,
          }));
        },
      };
      const all = ids.map((id) => ({ aggregate_type: 'BusinessCapability', aggregate_id: id }));
      const { phases } = await undo(swapped, all, of);
      expect(phases.map(({ atOnce }) => atOnce)).toEqual([1]);
      expect(phases[0]!.chains.flat().map(({ command_type: type }) => type)).toEqual([
        'RemoveParentFromCapability',
        'AddParentToCapability',
      ]);
    },
  );

  it('does nothing twice', async () => {
    expect(
      await commands([
        born,
        ['OwnerSet', { previous_owner: 'a' }, 'imp'],
        ['OwnerSet', {}, 'revert-imp'],
      ]),
    ).toEqual([]);
    expect(await commands([['ApplicationCreated', {}, 'imp']], { presence: 'deleted' })).toEqual(
      [],
    );
  });

  it('says what no command takes back', async () => {
    const { phases, notes } = await run([born, ['ServiceWithdrawn', { service_id: 's' }, 'imp']]);
    expect(phases).toEqual([]);
    expect(notes).toMatchObject([{ kind: 'not-undone' }]);
  });

  it.each([
    ['CriticalitySet', { previous_criticality: null }, 'ClearCriticality', {}],
    [
      'ServiceSlaChanged',
      { service_id: 's', previous_sla: null },
      'ClearServiceSla',
      { service_id: 's', reason: of.because },
    ],
    [
      'InterfaceEndpointMoved',
      { interface_id: 'i', previous_endpoint: null },
      'ClearInterfaceEndpoint',
      { interface_id: 'i', reason: of.because },
    ],
    [
      'ServiceCapabilityChanged',
      { service_id: 's', previous_capability_id: null },
      'RealignService',
      { service_id: 's', capability_id: null },
    ],
    [
      'DescriptionUpdated',
      { previous_description: null },
      'UpdateDescription',
      { description: '' },
    ],
    [
      'SunsetCancelled',
      { previous_sunset_date: '2027-01-31' },
      'RescheduleSunset',
      { sunset_date: '2027-01-31', reason: of.because },
    ],
  ])('takes %s back to what was, also where that was nothing', async (type, data, back, sent) => {
    expect(await commands([born, [type, data, 'imp']])).toEqual([[back, sent]]);
  });

  it('looks once at each key of a long history, and lets others in meanwhile', async () => {
    const ROUNDS = 300;
    const TAGS = 10;
    const rounds = (correlation_id: string): Said[] =>
      Array.from({ length: ROUNDS }, (_, round): Said => {
        const tags = Array.from({ length: TAGS }, (_, n) => `${correlation_id}-${round}-${n}`);
        return ['TagsAdded', { tags }, correlation_id];
      });
    const begins = vi.spyOn(String.prototype, 'startsWith');
    const { turns, made } = await turnsDuring(() => run([born, ...rounds('imp'), ...rounds('x')]));
    const looks = begins.mock.calls.length;
    begins.mockRestore();
    expect(made.phases[0]!.chains).toHaveLength(ROUNDS);
    expect(looks).toBeLessThan(ROUNDS * TAGS);
    expect(turns).toBeGreaterThan(ROUNDS);
  });
});
