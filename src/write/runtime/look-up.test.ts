import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Command } from '../../core/command.js';
import { Fault, refuse } from '../../core/refusal.js';
import { asFault, lookUp, lookUpOwners } from './look-up.js';
import { type Owner, ownerKey } from './ownership.js';

const view = z.object({ name: z.string() });
const HOUSE = { status: 'built', data: { name: 'red', secret: 'key' } };
const away = new Fault('STORE_UNAVAILABLE', 'away');

const asked = (data: object, spec: object): Command => ({ data, spec }) as unknown as Command;
const looking = (more: object = {}) => {
  const peeked: string[] = [];
  return {
    peeked,
    boundaries: undefined,
    owners: new Map(),
    now: () => 'now',
    unapproved: async () => refuse('APPROVAL_REQUIRED', 'no'),
    peek: async (type: string, id: string) => {
      peeked.push(`${type}/${id}`);
      if (id === 'lost') throw away;
      return id === 'none' ? null : (HOUSE as never);
    },
    ...more,
  };
};
const references = { house: { of: 'House', by: 'house_id', view } };

describe('what a decision needs to know of others', () => {
  it('is what it names, as far as its view shows', async () => {
    const look = looking();
    const [found] = await lookUp([asked({ house_id: 'h' }, { references })], look);
    expect(look.peeked).toEqual(['House/h']);
    expect(found).toMatchObject({
      references: { house: { status: 'built', data: { name: 'red' } } },
      unapproved: undefined,
    });
    expect(found).not.toHaveProperty('references.house.data.secret');
  });

  it.each([[{}], [{ house_id: null }], [{ house_id: 7 }]])(
    'is nothing where %j names none',
    async (data) => {
      const look = looking();
      const [found] = await lookUp([asked(data, { references })], look);
      expect(found).toMatchObject({ references: { house: null } });
      expect(look.peeked).toEqual([]);
    },
  );

  it('may be of a type that the command says, or does not say', async () => {
    const of = { by: 'kind', is: { house: 'House', shed: 'Shed' } };
    const spec = { references: { it: { of, by: 'id', view } } };
    const look = looking();
    await lookUp([asked({ kind: 'shed', id: 's' }, spec), asked({ id: 's' }, spec)], look);
    expect(look.peeked).toEqual(['Shed/s']);
  });

  it('is told without asking anybody where a command needs nothing', async () => {
    const boundaries = { tree: new Map() };
    const look = looking({ boundaries });
    const found = await lookUp([asked({}, {})], look);
    expect(found).toEqual([{ references: {}, boundaries, owners: look.owners }]);
    expect((await lookUp([asked({}, {})], looking()))[0]).toMatchObject({ boundaries: {} });
  });

  it('is whether it is approved, for those that need it', async () => {
    const [needs, needsNot] = await lookUp(
      [asked({}, { approval: true }), asked({ house_id: 'h' }, { references })],
      looking(),
    );
    expect(needs).toMatchObject({ unapproved: { refused: 'APPROVAL_REQUIRED' } });
    expect(needsNot).toMatchObject({ unapproved: undefined });
  });

  it('fails alone for the one whose reference cannot be read', async () => {
    const spec = { references };
    const found = await lookUp(
      [asked({ house_id: 'lost' }, spec), asked({ house_id: 'h' }, spec)],
      looking(),
    );
    expect(found[0]).toBe(away);
    expect(found[1]).toMatchObject({ references: { house: { status: 'built' } } });
  });
});

describe('an owner that is looked up', () => {
  it('is added as its view shows it, as nobody, or as why it is not known', async () => {
    const definition = { ownership: { references: { house: { view } } } };
    const owners = new Map<string, Owner>();
    const wanted = ['h', 'none', 'lost'].map((id) => ({ name: 'house', type: 'House', id }));
    await lookUpOwners({ definition } as unknown as Command, wanted as never, {
      owners,
      peek: looking().peek,
    });
    const [house, nobody, lost] = wanted.map((one) => owners.get(ownerKey(one as never)));
    expect(house).toEqual({ status: 'built', data: { name: 'red' } });
    expect([nobody, lost]).toEqual([null, away]);
  });
});

it('an error that nobody knows is a fault that keeps its cause', () => {
  const error = new Error('odd');
  expect(asFault(error)).toMatchObject({ code: 'UNEXPECTED', cause: error });
  expect(asFault(away)).toBe(away);
});
