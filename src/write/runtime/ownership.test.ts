import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import type { Principal, Roles } from '../../core/access.js';
import { defineAggregate } from '../../core/define-aggregate.js';
import { command } from '../../core/message.js';
import { Fault, isRefusal } from '../../core/refusal.js';
import { memoryStore } from '../store/memory-store.js';
import { areSame, type Owner } from './ownership.js';
import { Runtime } from './runtime.js';

const roles = {
  admin: { summary: 'Changes everything.', may: ['read'] },
  owner: { summary: 'Changes the own.', may: ['read'], ownedOnly: true },
} as const satisfies Roles;

const Owned = z.object({ owner: z.string() });
const House = defineAggregate({
  name: 'House',
  summary: 'A house that a team owns.',
  events: { HouseBuilt: Owned, HouseSold: Owned },
  commands: {
    BuildHouse: command({ data: Owned, emits: ['HouseBuilt'], roles: ['admin'] }),
    SellHouse: command({ data: Owned, emits: ['HouseSold'], roles: ['admin'] }),
  },
  data: z.object({ owner: z.string().default('') }),
  chart: {
    initial: 'absent',
    states: { absent: { on: { HouseBuilt: 'built' } }, built: { on: { HouseSold: {} } } },
  },
  evolve: { HouseBuilt: (_, { owner }) => ({ owner }), HouseSold: (_, { owner }) => ({ owner }) },
  decide: {
    BuildHouse: (_, data) => [{ type: 'HouseBuilt', data }],
    SellHouse: (_, data) => [{ type: 'HouseSold', data }],
  },
});
const ownerIn = (house: { readonly data: unknown } | null | undefined): string[] =>
  house ? [Owned.parse(house.data).owner] : [];

const InHouse = z.object({ house_id: z.string() });
const Lamp = defineAggregate({
  name: 'Lamp',
  summary: 'A lamp, owned by whoever owns the house it hangs in.',
  events: { LampHung: InHouse, LampMoved: InHouse, LampDimmed: z.object({ level: z.int() }) },
  commands: {
    HangLamp: command({ data: InHouse, emits: ['LampHung'], roles: ['admin', 'owner'] }),
    MoveLamp: command({ data: InHouse, emits: ['LampMoved'], roles: ['admin', 'owner'] }),
    DimLamp: command({
      data: z.object({ level: z.int(), house_id: z.string().optional() }),
      emits: ['LampDimmed'],
      roles: ['admin', 'owner'],
    }),
  },
  ownership: {
    references: { house: { of: 'House', by: 'house_id', view: Owned } },
    teams: (_, { house }) => ownerIn(house),
  },
  data: z.object({ house_id: z.string().default(''), level: z.int().default(0) }),
  chart: {
    initial: 'absent',
    states: { absent: { on: { LampHung: 'lit' } }, lit: { on: { LampMoved: {}, LampDimmed: {} } } },
  },
  evolve: {
    LampHung: (_, { house_id }) => ({ house_id }),
    LampMoved: (_, { house_id }) => ({ house_id }),
    LampDimmed: (_, { level }) => ({ level }),
  },
  decide: {
    HangLamp: (_, data) => [{ type: 'LampHung', data }],
    MoveLamp: (_, data) => [{ type: 'LampMoved', data }],
    DimLamp: (_, { level }) => [{ type: 'LampDimmed', data: { level } }],
  },
});

const Between = z.object({ from_id: z.string(), to_id: z.string() });
const Wire = defineAggregate({
  name: 'Wire',
  summary: 'A wire between two houses, of whoever owns one of them.',
  events: { WireLaid: Between, WireCut: z.object({}) },
  commands: {
    LayWire: command({ data: Between, emits: ['WireLaid'], roles: ['admin'] }),
    CutWire: command({ data: z.object({}), emits: ['WireCut'], roles: ['owner'] }),
  },
  ownership: {
    references: {
      from: { of: 'House', by: 'from_id', view: Owned },
      to: { of: 'House', by: 'to_id', view: Owned },
    },
    teams: (_, { from, to }) => [...ownerIn(from), ...ownerIn(to)],
  },
  data: z.object({ from_id: z.string().default(''), to_id: z.string().default('') }),
  chart: {
    initial: 'absent',
    states: { absent: { on: { WireLaid: 'laid' } }, laid: { on: { WireCut: {} } } },
  },
  evolve: { WireLaid: (_, data) => data, WireCut: () => ({}) },
  decide: {
    LayWire: (_, data) => [{ type: 'WireLaid', data }],
    CutWire: () => [{ type: 'WireCut', data: {} }],
  },
});

const who = (actor: string, role: keyof typeof roles, ...teams: string[]): Principal => ({
  actor,
  actor_type: 'user',
  roles: [role],
  teams,
  credential: `key:${actor}`,
});
const admin = who('root', 'admin');
const ann = who('ann', 'owner', 'A');
const bob = who('bob', 'owner', 'B');

const commandFor = (command_type: string, data: object, type = 'Lamp', aggregate_id = 'l') => ({
  command_id: crypto.randomUUID(),
  command_type,
  aggregate_id,
  aggregate_type: type,
  actor_type: 'user',
  source: 'api',
  command_timestamp: '2026-01-06T10:00:00Z',
  data,
});
const hang = (house_id: string) => commandFor('HangLamp', { house_id });
const move = (house_id: string) => commandFor('MoveLamp', { house_id });
const dim = (level: number, more: object = {}) => commandFor('DimLamp', { level, ...more });

/** House `a` is team A's, house `b` is team B's. */
const open = async (store = memoryStore()) => {
  const log = { warn: vi.fn(), error: vi.fn() };
  const runtime = new Runtime({ definitions: [House, Lamp, Wire], store, log, roles });
  for (const [id, owner] of [
    ['a', 'A'],
    ['b', 'B'],
  ] as const)
    await runtime.dispatch(commandFor('BuildHouse', { owner }, 'House', id), 'test', admin);
  const told = async (input: object, by: Principal): Promise<string> => {
    try {
      const result = await runtime.dispatch(input, 'test', by);
      return isRefusal(result) ? result.refused : 'accepted';
    } catch (error) {
      return (error as Fault).code;
    }
  };
  return { runtime, told, store };
};

describe('who owns what another aggregate owns, in one turn', () => {
  it('is who owned it before, until it is moved, and the new owner from then on', async () => {
    const { told } = await open();
    await told(hang('a'), admin);
    const ended = await Promise.all([
      told(dim(1), ann),
      told(dim(2), bob),
      told(move('b'), admin),
      told(dim(3), ann),
      told(dim(4), bob),
      told(move('a'), bob),
      told(dim(5), bob),
      told(dim(6), ann),
    ]);
    expect(ended).toEqual([
      'accepted',
      'FORBIDDEN',
      'accepted',
      'FORBIDDEN',
      'accepted',
      'accepted',
      'FORBIDDEN',
      'accepted',
    ]);
  });

  it('is not whoever names what is theirs in a command for what was just made', async () => {
    const { told } = await open();
    const ended = await Promise.all([
      told(hang('a'), admin),
      told(dim(9, { house_id: 'b' }), bob),
      told(dim(8, { house_id: 'b' }), ann),
    ]);
    expect(ended).toEqual(['accepted', 'FORBIDDEN', 'accepted']);
  });

  it('is asked of the house that a command names before the lamp is there', async () => {
    const { told } = await open();
    expect(await told(hang('a'), bob)).toBe('FORBIDDEN');
    expect(await told(hang('nowhere'), bob)).toBe('FORBIDDEN');
    expect(await told(hang('a'), ann)).toBe('accepted');
  });
});

describe('who owns a part of it at every moment is told of none at which they did not', () => {
  const sell = (id: string, owner: string) => commandFor('SellHouse', { owner }, 'House', id);
  /** Another node, and a store in which it does things before a house is read. */
  const besides = async () => {
    const store = memoryStore();
    const { told: elsewhere } = await open(store);
    const before = new Map<string, () => Promise<unknown>>();
    const read: typeof store.read = async (kind, id, ...more) => {
      const act = kind.name === 'House' ? before.get(id) : undefined;
      before.delete(id);
      await act?.();
      return store.read(kind, id, ...more);
    };
    const { told } = await open({ ...store, read });
    return { elsewhere, before, told };
  };

  it('where the two that own it changed while they were looked up', async () => {
    const { elsewhere, before, told } = await besides();
    const wire = commandFor('LayWire', { from_id: 'a', to_id: 'b' }, 'Wire', 'w');
    await elsewhere(wire, admin);
    const cut = () => commandFor('CutWire', {}, 'Wire', 'w');
    expect(await told(cut(), bob)).toBe('accepted');
    before.set('b', async () => {
      await new Promise((wake) => setTimeout(wake, 10)); // house a has been read
      expect(await elsewhere(sell('a', 'B'), admin)).toBe('accepted');
      expect(await elsewhere(sell('b', 'A'), admin)).toBe('accepted');
    });
    expect(await told(cut(), bob)).toBe('accepted');
    expect(await elsewhere(sell('a', 'A'), admin)).toBe('accepted');
    expect(await told(cut(), bob)).toBe('FORBIDDEN');
  });

  it('where it was moved before its owner was looked up', async () => {
    const { elsewhere, before, told } = await besides();
    await elsewhere(hang('a'), admin);
    before.set('a', async () => {
      expect(await elsewhere(move('b'), admin)).toBe('accepted');
      expect(await elsewhere(sell('a', 'C'), admin)).toBe('accepted');
    });
    await elsewhere(sell('a', 'B'), admin);
    expect(await told(dim(1), bob)).toBe('accepted');
    expect(await told(dim(2), ann)).toBe('FORBIDDEN');
  });

  it('nor is who owned it at none told by a dry run that they did', async () => {
    const { elsewhere, before, told } = await besides();
    await elsewhere(hang('b'), admin);
    before.set('b', async () => {
      expect(await elsewhere(move('a'), admin)).toBe('accepted');
      expect(await elsewhere(sell('b', 'A'), admin)).toBe('accepted');
    });
    await elsewhere(sell('a', 'C'), admin);
    expect(await told({ ...dim(1), dry_run: true }, ann)).toBe('FORBIDDEN');
  });
});

it('owners are the same where none of them changed, and none came or went', () => {
  const at = (version: number) => ({ id: 'a', status: 'built', data: {}, version });
  const away = new Fault('STORE_UNAVAILABLE', 'away');
  const same = (before: Owner, after: Owner) =>
    areSame(new Map([['a', before]]), new Map([['a', after]]));
  expect([same(at(1), at(1)), same(null, null), same(away, away), same(away, at(1))]).toEqual(
    Array(4).fill(true),
  );
  expect([same(at(1), at(2)), same(null, at(1)), same(at(1), null), same(at(1), away)]).toEqual(
    Array(4).fill(false),
  );
});

describe('an accepted command that comes again from another', () => {
  it('is answered to who owns it by then, also where another node moved it', async () => {
    const { told, store } = await open();
    await told(hang('a'), admin);
    const accepted = dim(1);
    expect(await told(accepted, ann)).toBe('accepted');
    expect(await told(accepted, bob)).toBe('FORBIDDEN');
    const { told: toldElsewhere } = await open(store);
    expect(await toldElsewhere(move('b'), admin)).toBe('accepted');
    expect(await told(accepted, bob)).toBe('accepted');
  });

  it('is answered to who sent it, whatever they own by then, and not to a program of that name', async () => {
    const { told } = await open();
    await told(hang('a'), admin);
    const given = move('b');
    expect(await told(given, ann)).toBe('accepted');
    expect(await told(given, ann)).toBe('accepted');
    const program: Principal = { ...ann, actor_type: 'service' };
    expect(await told({ ...given, actor_type: 'service' }, program)).toBe('FORBIDDEN');
  });

  it('is asked the same of where it was one of several under one key', async () => {
    const { runtime, told } = await open();
    await told(hang('a'), admin);
    const several = [dim(1), move('b')];
    const types = new Map(several.map((one) => [one.command_id, one.command_type]));
    const keyed = { types, hash: 'h', formerly: () => new Map() };
    const sent = (by: Principal) => runtime.dispatchTogether(several, 'test', by, { keyed });
    expect(await sent(ann)).toMatchObject({ replayed: false });
    expect(await sent(ann)).toMatchObject({ replayed: true });
    expect(await sent(bob)).toMatchObject({ replayed: true });
    expect(await sent(who('eve', 'owner', 'C'))).toMatchObject({ refused: 'FORBIDDEN' });
  });
});

describe('commands that are decided together', () => {
  it('end with the one that is for others, once an earlier one gave it away: none is written', async () => {
    const { runtime, told } = await open();
    await told(hang('a'), admin);
    const result = await runtime.dispatchTogether([move('b'), dim(1)], 'test', ann);
    expect(result).toMatchObject({ refused: 'FORBIDDEN' });
    expect(await runtime.state(Lamp, 'l')).toMatchObject({ version: 1, data: { house_id: 'a' } });
    const other = await runtime.dispatchTogether([dim(1), move('b')], 'test', ann);
    expect(isRefusal(other)).toBe(false);
  });
});

describe('an owner that cannot be looked up', () => {
  it('fails the commands that ask for it, and no others of the turn', async () => {
    const { runtime, told } = await open();
    await told(hang('a'), admin);
    runtime.passivate();
    const store = memoryStore();
    const log = { warn: vi.fn(), error: vi.fn() };
    const broken = new Runtime({
      definitions: [House, Lamp],
      store: {
        ...store,
        read: async (kind, ...asked) => {
          if (kind.name === 'House') throw new Error('it is broken');
          return store.read(kind, ...asked);
        },
      },
      log,
      roles,
    });
    const tell = async (input: object, by: Principal): Promise<string> => {
      try {
        const result = await broken.dispatch(input, 'test', by);
        return isRefusal(result) ? result.refused : 'accepted';
      } catch (error) {
        return (error as Fault).code;
      }
    };
    const ended = await Promise.all([
      tell(hang('a'), admin),
      tell(dim(1), ann),
      tell(dim(2), admin),
    ]);
    expect(ended).toEqual(['accepted', 'UNEXPECTED', 'accepted']);
  });
});
