import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { type Principal, type Roles, TRUSTED } from '../../core/access.js';
import { defineAggregate } from '../../core/define-aggregate.js';
import { command } from '../../core/message.js';
import { isRefusal, refuse } from '../../core/refusal.js';
import type { JournalEntry } from '../store/command-journal.js';
import { memoryStore } from '../store/memory-store.js';
import { Runtime } from './runtime.js';

const roles = {
  reader: { summary: 'Looks.', may: ['read'] },
  curator: { summary: 'Hangs paintings.', may: ['read'] },
  keeper: { summary: 'Looks after the own.', may: ['read'], ownedOnly: true },
  loader: { summary: 'Brings in lists.', may: ['import'], sources: ['import'] },
  chronicler: { summary: 'Tells what was.', may: ['history'] },
  relay: { summary: 'Passes on what others tell.', may: ['webhook'] },
} as const satisfies Roles;

const none = z.object({});
const Painting = defineAggregate({
  name: 'Painting',
  summary: 'A painting.',
  events: {
    PaintingHung: z.object({ gallery: z.string() }),
    PaintingCleaned: none,
    PaintingMoved: z.object({ gallery: z.string() }),
    PaintingSold: none,
  },
  commands: {
    HangPainting: command({
      data: z.object({ gallery: z.string() }),
      emits: ['PaintingHung'],
      roles: ['curator', 'loader'],
    }),
    CleanPainting: command({
      data: none,
      emits: ['PaintingCleaned'],
      roles: ['curator', 'keeper'],
    }),
    MovePainting: command({
      data: z.object({ gallery: z.string() }),
      emits: ['PaintingMoved'],
      roles: ['curator', 'keeper'],
    }),
    SellPainting: command({
      data: none,
      emits: ['PaintingSold'],
      roles: ['curator', 'loader'],
      approval: true,
    }),
  },
  data: z.object({ gallery: z.string().default(''), cleaned: z.number().default(0) }),
  chart: {
    initial: 'absent',
    states: {
      absent: { on: { PaintingHung: 'hanging' } },
      hanging: { on: { PaintingCleaned: {}, PaintingMoved: {}, PaintingSold: 'sold' } },
      sold: {},
    },
  },
  ownership: { teams: ({ gallery }) => [gallery] },
  evolve: {
    PaintingHung: (_, { gallery }) => ({ gallery }),
    PaintingCleaned: ({ cleaned }) => ({ cleaned: cleaned + 1 }),
    PaintingMoved: (_, { gallery }) => ({ gallery }),
  },
  decide: {
    HangPainting: (_, data) => [{ type: 'PaintingHung', data }],
    CleanPainting: () => [{ type: 'PaintingCleaned', data: {} }],
    MovePainting: (_, data) => [{ type: 'PaintingMoved', data }],
    SellPainting: () => [{ type: 'PaintingSold', data: {} }],
  },
});
const Permit = defineAggregate({
  name: 'Permit',
  summary: 'A permit to sell.',
  events: { PermitGiven: z.object({ by: z.string(), of: z.string() }) },
  commands: {
    GivePermit: command({
      data: z.object({ of: z.string() }),
      emits: ['PermitGiven'],
      roles: ['curator'],
      inPerson: true,
    }),
  },
  data: z.object({ by: z.string().default(''), of: z.string().default('') }),
  chart: { initial: 'absent', states: { absent: { on: { PermitGiven: 'given' } }, given: {} } },
  approves: ({ data }, { subject, aggregate_id }) => {
    if (data.by === subject) return refuse('APPROVAL_SELF', 'it is your own');
    return data.of === aggregate_id ? undefined : refuse('APPROVAL_REQUIRED', 'it is for another');
  },
  evolve: { PermitGiven: (_, given) => given },
  decide: {
    GivePermit: (_, { of }, { subject }) => [{ type: 'PermitGiven', data: { by: subject, of } }],
  },
});

const who = (actor: string, of: readonly string[], teams: readonly string[] = []): Principal => ({
  actor,
  actor_type: 'user',
  roles: of,
  teams,
  credential: `key:${actor}`,
});
const curator = who('carla', ['curator']);
const other = who('otto', ['curator']);

const open = async () => {
  const store = memoryStore();
  const journal: JournalEntry[] = [];
  const looked = vi.spyOn(store, 'read');
  vi.spyOn(store, 'journal').mockImplementation((entry) => void journal.push(entry));
  const log = { warn: vi.fn(), error: vi.fn() };
  const runtime = new Runtime({ definitions: [Painting, Permit], store, log, roles });
  const send = async (
    command_type: string,
    by: Principal | undefined,
    { id = 'p-1', type = 'Painting', data = {}, ...more }: Record<string, unknown> = {},
  ) => {
    const result = await runtime.dispatch(
      {
        command_id: crypto.randomUUID(),
        command_type,
        aggregate_id: id,
        data,
        aggregate_type: type,
        actor_type: 'user',
        source: 'api',
        command_timestamp: '2026-01-06T10:00:00Z',
        ...more,
      },
      'test',
      by,
    );
    return isRefusal(result) ? result.refused : (result.events[0]!.actor as string);
  };
  await send('HangPainting', curator, { data: { gallery: 'east' } });
  looked.mockClear();
  return { runtime, journal, looked, send };
};

describe('who may send a command', () => {
  it('is who has one of its roles; anybody else is refused before anything is read', async () => {
    const { send, looked, journal } = await open();
    expect(await send('CleanPainting', undefined)).toBe('UNAUTHENTICATED');
    for (const by of [who('rita', ['reader']), who('nemo', []), who('x', ['constructor'])])
      expect(await send('CleanPainting', by, { id: 'p-2' })).toBe('FORBIDDEN');
    // Not even what is wrong with the data is said.
    const wrong = { data: { nonsense: 1 } };
    expect(await send('CleanPainting', who('rita', ['reader']), wrong)).toBe('FORBIDDEN');
    const late = { command_timestamp: 'soon' };
    expect(await send('CleanPainting', who('rita', ['reader']), late)).toBe('FORBIDDEN');
    expect(await send('CleanPainting', curator, late)).toBe('MALFORMED_COMMAND');
    // Whoever nobody knows is not told which commands there are.
    expect(await send('NoSuchCommand', undefined)).toBe('UNAUTHENTICATED');
    expect(await send('NoSuchCommand', curator)).toBe('UNKNOWN_COMMAND');
    expect(looked).not.toHaveBeenCalled();
    expect(journal.find(({ actor }) => actor === 'rita')).toMatchObject({
      outcome: 'refused',
      code: 'FORBIDDEN',
      credential: 'key:rita',
    });
    expect(await send('CleanPainting', curator)).toBe('carla');
  });

  it('speaks for themselves, or for others when telling history', async () => {
    const { send } = await open();
    expect(await send('CleanPainting', curator, { actor: 'carla' })).toBe('carla');
    expect(await send('CleanPainting', curator, { actor: 'otto' })).toBe('FORBIDDEN');
    expect(await send('CleanPainting', curator, { source: 'import' })).toBe('FORBIDDEN');
    const loader = who('svc', ['loader']);
    const hung = { id: 'p-3', data: { gallery: 'west' } };
    expect(await send('HangPainting', loader, hung)).toBe('FORBIDDEN');
    expect(await send('HangPainting', loader, { ...hung, source: 'import' })).toBe('svc');
    const old = { ...hung, id: 'p-4', source: 'import', actor: 'old' };
    expect(await send('HangPainting', loader, old)).toBe('FORBIDDEN');
    expect(await send('HangPainting', who('svc', ['loader', 'chronicler']), old)).toBe('old');
  });

  it('is who the way in found out, however the command writes it', async () => {
    const { runtime } = await open();
    const clean = {
      command_type: 'CleanPainting',
      aggregate_id: 'p-1',
      aggregate_type: 'Painting',
      data: {},
      source: 'api',
      command_timestamp: '2026-01-06T10:00:00Z',
    };
    const svc: Principal = { ...who('svc', ['curator']), actor_type: 'service' };
    for (const actor of ['svc', ' svc ', '\u00a0svc\u2003', undefined])
      for (const actor_type of ['user', 'system', undefined]) {
        const command = { ...clean, command_id: crypto.randomUUID(), actor, actor_type };
        const result = await runtime.dispatch(command, 'test', svc);
        const [event] = isRefusal(result) ? [] : result.events;
        expect(event, JSON.stringify([actor, actor_type, result])).toMatchObject({
          actor: 'svc',
          actor_type: 'service',
          source: 'api',
        });
      }
  });

  it('says no way in that was not granted', async () => {
    const { send } = await open();
    for (const source of ['ui', 'api'])
      expect(await send('CleanPainting', curator, { source })).toBe('carla');
    for (const source of ['import', 'webhook', 'system'])
      expect(await send('CleanPainting', curator, { source })).toBe('FORBIDDEN');
    const relay = who('hook', ['curator', 'relay']);
    expect(await send('CleanPainting', relay, { source: 'webhook' })).toBe('hook');
    const every = who('root', Object.keys(roles));
    expect(await send('CleanPainting', every, { source: 'system' })).toBe('FORBIDDEN');
  });

  it('tells no history in the name of this program', async () => {
    const { send } = await open();
    const teller = who('svc', ['curator', 'loader', 'chronicler']);
    const told = { source: 'import', actor: 'old' };
    expect(await send('CleanPainting', teller, { ...told, actor_type: 'service' })).toBe('old');
    expect(await send('CleanPainting', teller, { ...told, actor_type: 'system' })).toBe(
      'FORBIDDEN',
    );
    const unreadable = ['\u200b', 'a\u001b[2Jn', 'ann\nroot', '\u202enimda'];
    const own = ['system', 'System', 'watch:landscape', ' WATCH:x', 'sys\u200btem', '*'];
    for (const actor of [...own, ...unreadable])
      expect(await send('CleanPainting', teller, { ...told, actor }), actor).toBe('FORBIDDEN');
    for (const actor of ['systems', 'night watch: x', 'ecosystem'])
      expect(await send('CleanPainting', teller, { ...told, actor }), actor).toBe(actor);
  });

  it('speaks for nobody else in what is sent in person, though telling history', async () => {
    const { send } = await open();
    const both = who('bea', ['curator', 'loader', 'chronicler']);
    const told = { source: 'import', actor: 'otto' };
    expect(await send('CleanPainting', both, told)).toBe('otto');
    const permit = { type: 'Permit', id: 'ok', data: { of: 'p-1' } };
    expect(await send('GivePermit', both, { ...permit, ...told })).toBe('FORBIDDEN');
    expect(await send('GivePermit', both, { ...permit, source: 'import' })).toBe('bea');
  });

  it('is in no role by the name of something that every object has', async () => {
    const { send } = await open();
    const nobody = who('x', ['constructor']);
    expect(await send('CleanPainting', nobody, { source: 'import' })).toBe('FORBIDDEN');
  });

  it('is an owner, for what their teams own; of the rest they learn nothing', async () => {
    const { send } = await open();
    expect(await send('CleanPainting', who('kim', ['keeper'], ['east', 'x']))).toBe('kim');
    for (const teams of [['west'], [], ['']])
      for (const id of ['p-1', 'never'])
        expect(await send('CleanPainting', who('kim', ['keeper'], teams), { id })).toBe(
          'FORBIDDEN',
        );
    expect(await send('CleanPainting', who('kim', ['keeper', 'curator'], []))).toBe('kim');
    expect(await send('CleanPainting', who('kim', ['keeper'], ['*']))).toBe('kim');
  });

  it('is not told what became of the commands of others by sending them again', async () => {
    const { send, runtime } = await open();
    const command_id = crypto.randomUUID();
    const kim = who('kim', ['keeper'], ['west']);
    expect(await send('CleanPainting', curator, { command_id })).toBe('carla');
    expect(await send('CleanPainting', kim, { command_id })).toBe('FORBIDDEN');
    const other_data = { command_id, data: { gallery: 'west' } };
    expect(await send('MovePainting', kim, other_data)).toBe('FORBIDDEN');
    const again = {
      command_id,
      command_type: 'CleanPainting',
      aggregate_id: 'p-1',
      data: {},
      aggregate_type: 'Painting',
      source: 'api',
      command_timestamp: '2026-01-06T10:00:00Z',
    };
    expect(await runtime.dispatchTogether([again], 'test', kim)).toMatchObject({
      refused: 'FORBIDDEN',
    });
    const elsewhere = { ...again, aggregate_id: 'never' };
    const reused = await runtime.dispatch(elsewhere, 'test', kim);
    expect(reused).toMatchObject({ refused: 'COMMAND_ID_REUSED' });
    expect(JSON.stringify(reused)).not.toContain('p-1');
    expect(await send('CleanPainting', other, { command_id })).toBe('carla');
  });

  it('is known by what they may send, before anything that was sent is read', async () => {
    const { runtime } = await open();
    const commands = Object.entries(Painting.commands).map(([type, spec]) => ({ type, spec }));
    expect(runtime.mayNone(undefined, commands)).toMatchObject({ refused: 'UNAUTHENTICATED' });
    expect(runtime.mayNone(who('rita', ['reader']), commands)).toMatchObject({
      refused: 'FORBIDDEN',
    });
    expect(runtime.mayNone(curator, commands)).toBeUndefined();
    const log = { warn: vi.fn(), error: vi.fn() };
    const openToAll = new Runtime({ definitions: [Painting, Permit], store: memoryStore(), log });
    expect(openToAll.mayNone(undefined, commands)).toBeUndefined();
    await openToAll.drain();
  });

  it('is journalled with the address they were denied at, if it is known', async () => {
    const { runtime, journal } = await open();
    const denied = (address?: string) => {
      runtime.denied(refuse('FORBIDDEN', 'not you'), 'http', { by: curator, address });
      return journal.at(-1)!;
    };
    expect(denied('10.0.0.7')).toMatchObject({ actor: 'carla', ip_address: '10.0.0.7' });
    expect(Object.keys(denied())).not.toContain('ip_address');
  });

  it('is journalled for so long as they ask again and again, the rest as a sum at the end', async () => {
    const { runtime, journal } = await open();
    journal.length = 0;
    for (let n = 0; n < 30; n++)
      runtime.denied(refuse('FORBIDDEN', 'not you'), 'http', { by: curator });
    expect(journal).toHaveLength(20);
    await runtime.drain();
    expect(journal.slice(20)).toMatchObject([{ actor: 'carla', times: 10 }]);
  });

  it('is told so of their own, also of the one by which they gave it away', async () => {
    const { send } = await open();
    const kim = who('kim', ['keeper'], ['east']);
    const away = { command_id: crypto.randomUUID(), data: { gallery: 'west' } };
    expect(await send('MovePainting', kim, away)).toBe('kim');
    expect(await send('MovePainting', kim, away)).toBe('kim');
    expect(await send('CleanPainting', kim)).toBe('FORBIDDEN');
  });

  it('stands in the journal as who was recognized, whatever name what was refused bears', async () => {
    const { runtime, journal, send } = await open();
    const last = () => journal.at(-1)!;
    const ceo = { actor: 'ceo' };
    expect(await send('CleanPainting', curator, ceo)).toBe('FORBIDDEN');
    expect(last()).toMatchObject({ actor: 'carla', actor_type: 'user', credential: 'key:carla' });
    expect(await send('NoSuchCommand', curator, ceo)).toBe('UNKNOWN_COMMAND');
    expect(last().actor).toBe('carla');
    await runtime.dispatchTogether([{ ...ceo, command_type: 'CleanPainting' }], 'test', curator);
    expect(last()).toMatchObject({ actor: 'carla', command_type: 'CleanPainting' });
    runtime.refused(refuse('MALFORMED_COMMAND', 'no'), 'test', ceo, curator);
    expect(last().actor).toBe('carla');
    // Of whom nobody knows who they are, a name is nobody's.
    expect(await send('CleanPainting', undefined, ceo)).toBe('UNAUTHENTICATED');
    expect(last()).not.toHaveProperty('actor');
    // A part of this program tells for whom it asks.
    expect(await send('NoSuchCommand', TRUSTED, ceo)).toBe('UNKNOWN_COMMAND');
    expect(last().actor).toBe('ceo');
    // What history tells of others is a command, refused or not.
    const told = { source: 'import', actor: 'old', id: 'p-9' };
    expect(
      await send('CleanPainting', who('che', ['chronicler', 'curator', 'loader']), told),
    ).not.toBe('old');
    expect(last().actor).toBe('old');
  });

  it('is this program itself', async () => {
    const { send } = await open();
    expect(await send('CleanPainting', TRUSTED, { actor: 'anyone' })).toBe('anyone');
  });

  it('is a role that there is', () => {
    const log = { warn: vi.fn(), error: vi.fn() };
    expect(
      () => new Runtime({ definitions: [Painting], store: memoryStore(), log, roles: {} }),
    ).toThrow(/HangPainting is for the role "curator", but there is no such role/);
  });
});

describe('a command that needs an approval', () => {
  const sell = { metadata: { approval_id: 'ok' } };

  it('is allowed by one that exists and covers it, from somebody else', async () => {
    const { send } = await open();
    expect(await send('SellPainting', other)).toBe('APPROVAL_REQUIRED');
    expect(await send('SellPainting', other, sell)).toBe('APPROVAL_REQUIRED');
    expect(await send('SellPainting', other, { metadata: { approval_id: 'not > a.id' } })).toBe(
      'APPROVAL_REQUIRED',
    );
    await send('GivePermit', curator, { type: 'Permit', id: 'ok', data: { of: 'p-1' } });
    await send('GivePermit', curator, { type: 'Permit', id: 'far', data: { of: 'p-9' } });
    expect(await send('SellPainting', other, { metadata: { approval_id: 'far' } })).toBe(
      'APPROVAL_REQUIRED',
    );
    expect(await send('SellPainting', curator, sell)).toBe('APPROVAL_SELF');
    expect(await send('SellPainting', other, sell)).toBe('otto');
  });

  it('is not allowed by the same person under another name', async () => {
    const { send } = await open();
    const laptop: Principal = { ...who('carla-laptop', ['curator']), subject: 'carla' };
    const permit = { type: 'Permit', id: 'ok', data: { of: 'p-1' } };
    expect(await send('GivePermit', laptop, permit)).toBe('carla-laptop');
    expect(await send('SellPainting', curator, sell)).toBe('APPROVAL_SELF');
    // Nor when it is told in the name of somebody else.
    const told = { ...sell, source: 'import', actor: 'otto' };
    const teller = { ...who('svc', ['curator', 'loader', 'chronicler']), subject: 'carla' };
    expect(await send('SellPainting', teller, told)).toBe('APPROVAL_SELF');
    expect(await send('SellPainting', other, sell)).toBe('otto');
  });

  it('is history when somebody who may tell it does, with its time, and only then', async () => {
    const loader = who('svc', ['loader']);
    const { send } = await open();
    const imported = { source: 'import', metadata: { approval_id: 'chg-7' } };
    expect(await send('SellPainting', loader, imported)).toBe('APPROVAL_REQUIRED');
    const effective_at = '2019-01-06T10:00:00Z';
    const told = { source: 'import', metadata: { approval_id: 'chg-7', effective_at } };
    expect(await send('SellPainting', loader, told)).toBe('FORBIDDEN');
    expect(await send('SellPainting', who('svc', ['loader', 'chronicler']), told)).toBe('svc');
  });
});
