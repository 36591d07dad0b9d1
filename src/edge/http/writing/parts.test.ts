import { describe, expect, it } from 'vitest';
import { LAMPS_OF_A_HOUSE } from '../../../../test/support/lamps-of-a-house.js';
import { type Json, KEY, world as worldOf } from '../../../../test/support/writable-lamps.js';

const world = () => worldOf(undefined, undefined, LAMPS_OF_A_HOUSE);
const BECAUSE = { 'x-business-justification': 'broken', 'x-approval-id': 'a1' };
const match = (version: number) => ({ 'if-match': `"${version}"` });

describe('a new part', () => {
  it('is for the aggregate that its owner names, by an id that is said or made', async () => {
    const { post } = await world();
    const said = await post({ lamp_id: 'mine', name: 'a' });
    expect([said.status, said.json.part_id, said.json.aggregate_id]).toEqual([201, 'mine', 'h']);
    const made = await post({ name: 'b' });
    expect(made.json.part_id).toMatch(/^[0-9a-f-]{36}$/);
    expect(made.json.commands).toMatchObject([
      { fields: ['name'], events: [{ data: { lamp_id: made.json.part_id } }] },
    ]);
  });

  it('says all that is missing at once, by the names of the resource', async () => {
    const { ask } = await world();
    const { status, json } = await ask('POST', '/lamps', { tags: [] });
    expect([status, json.code]).toEqual([422, 'VALIDATION_ERROR']);
    expect((json.errors as Json[]).map(({ field }) => field).sort()).toEqual(['house_id', 'name']);
    const alone = await ask('POST', '/lamps', { name: 'x' });
    expect([alone.status, alone.code]).toEqual([422, 'VALIDATION_ERROR']);
    expect(alone.json).toMatchObject({ errors: [{ field: 'house_id', rule: 'REQUIRED' }] });
    expect(alone.json.message).not.toMatch(/aggregate_id/);
    const bad = await ask('POST', '/lamps', { house_id: 'a b', name: 'x' });
    expect(bad.json).toMatchObject({ errors: [{ field: 'house_id', rule: 'FORMAT' }] });
    const unknown = await ask('POST', '/lamps', { house_id: 'h', nam: 'x' });
    expect(unknown.json.message).toMatch(/did you mean "name"/);
  });

  it('needs an aggregate that is there', async () => {
    const { ask } = await world();
    const { json, code } = await ask('POST', '/lamps', { house_id: 'none', name: 'x' });
    expect(code).toBe('REFERENCE_NOT_FOUND');
    expect(json).toMatchObject({ errors: [{ field: 'house_id', rule: 'REFERENCE' }] });
    await ask('POST', '/houses/h/commands/tear-down-house', {});
    const gone = await ask('POST', '/lamps', { house_id: 'h', name: 'x' });
    expect(gone.code).toBe('REFERENCE_NOT_FOUND');
  });
});

describe('a part that is there', () => {
  it('is found by what the log says, also where its aggregate is gone', async () => {
    const { ask, patch, id } = await world();
    expect((await patch({ name: 'x' })).json).toMatchObject({ aggregate_id: 'h', part_id: id });
    await ask('POST', '/houses/h/commands/tear-down-house', {});
    expect((await patch({ name: 'y' })).status).toBe(410);
    expect((await patch({ name: 'x' })).status).toBe(410);
    expect((await ask('DELETE', `/lamps/${id}?reason=x`, undefined, BECAUSE)).status).toBe(410);
  });

  it.each(['PATCH', 'PUT', 'DELETE'])(
    'is what If-Match is about, not the rest of its aggregate: %s',
    async (method) => {
      const { ask, post, patch, id, first } = await world();
      const body = method === 'DELETE' ? { reason: 'x' } : { description: 'y' };
      const asked = (version: number) =>
        ask(method, `/lamps/${id}`, body, { ...BECAUSE, ...match(version) });
      await post({ name: 'other' });
      await patch({ name: 'mine' });
      for (const version of [first, first + 1, first + 3, 99]) {
        const { status, code } = await asked(version);
        expect([version, status, code]).toEqual([version, 409, 'CONCURRENCY_CONFLICT']);
      }
      await post({ name: 'third' });
      const fresh = await asked(first + 2);
      expect([fresh.status, fresh.json.aggregate_version]).toEqual([200, first + 4]);
    },
  );

  it('stays what it is and where', async () => {
    const { patch, replace, id } = await world();
    const same = { id, lamp_id: id, house_id: 'h', light: 'dark', description: 'x' };
    expect((await replace(same)).json).toMatchObject({ commands: [{ fields: ['description'] }] });
    for (const [field, value] of Object.entries({ id: 'a', lamp_id: 'a', house_id: 'b' })) {
      const put = await replace({ ...same, [field]: value });
      expect(put.json).toMatchObject({ errors: [{ field, rule: 'READ_ONLY' }] });
      const patched = await patch({ [field]: value });
      expect(patched.json).toMatchObject({ errors: [{ field, rule: 'READ_ONLY' }] });
    }
  });

  it.each(['none', '..%2F', 'x'.repeat(200), 'constructor', '__proto__'])(
    'is 404 where there is none: %s',
    async (id) => {
      const { ask, journal } = await world();
      for (const [method, body] of [
        ['PATCH', { name: 'x' }],
        ['PUT', { tags: [] }],
        ['DELETE', { reason: 'x', business_justification: 'y', approval_id: 'a' }],
      ] as const) {
        const { status, json } = await ask(method, `/lamps/${id}`, body);
        expect([method, status, json.code]).toEqual([method, 404, 'NOT_FOUND']);
        expect(json.message).toMatch(/there is no Lamp with this id/);
      }
      expect((await journal()).every(({ aggregate_id }) => aggregate_id !== id)).toBe(true);
    },
  );
});

describe('the same key', () => {
  it.each([
    ['POST', { house_id: 'h', name: 'new' }],
    ['PATCH', { name: 'mine', tags: ['a'] }],
    ['PUT', { name: 'mine', wires: ['a', 'b'] }],
    ['DELETE', { reason: 'x', business_justification: 'y', approval_id: 'a' }],
  ])('has the first answer again, whatever others changed: %s', async (method, body) => {
    const { ask, post, patch, state, id } = await world();
    const path = method === 'POST' ? '/lamps' : `/lamps/${id}`;
    const first = await ask(method, path, body, KEY);
    expect(first.status).toBe(method === 'POST' ? 201 : 200);
    await post({ name: 'another' });
    if (method !== 'DELETE') await patch({ name: 'theirs', tags: [], wires: ['c'] });
    const { version } = await state();
    const again = await ask(method, path, body, { ...KEY, ...match(1) });
    expect(again.status).toBe(200);
    expect(again.json).toEqual({ ...first.json, replayed: true });
    expect((await state()).version).toBe(version);
  });

  it('is for one part, and for one aggregate', async () => {
    const { ask, post, patch } = await world();
    await ask('POST', '/houses/other/commands/build-house', { address: 'x' });
    const second = await post({ name: 'second' }, KEY);
    const elsewhere = await ask('POST', '/lamps', { house_id: 'other', name: 'second' }, KEY);
    expect(elsewhere.code).toBe('COMMAND_ID_REUSED');
    await patch({ name: 'x' }, KEY);
    const other = await ask('PATCH', `/lamps/${second.json.part_id}`, { name: 'x' }, KEY);
    expect(other.code).toBe('COMMAND_ID_REUSED');
  });
});
