import { describe, expect, it } from 'vitest';
import { type Principal, TRUSTED } from '../../core/access.js';
import type { Command } from '../../core/command.js';
import { refuse } from '../../core/refusal.js';
import { addressed, ofAll, ofOne, signed, strange } from './incoming.js';

const ADA = { actor: 'ada', actor_type: 'user' } as Principal;

describe('who a command is from', () => {
  it('is whoever sent it, where it names nobody or him', () => {
    const by = { actor: 'ada', actor_type: 'user' };
    expect(signed({ data: 1 }, ADA)).toEqual({ data: 1, ...by });
    expect(signed({ actor: 'ada', actor_type: 'system' }, ADA)).toEqual(by);
  });

  it('is left as it is said for somebody else, or by whom everything is believed', () => {
    const other = { actor: 'zoe', actor_type: 'system' };
    expect(signed(other, ADA)).toEqual(other);
    expect(signed({}, TRUSTED)).toEqual({});
    expect(signed({}, undefined)).toEqual({});
    expect(signed({ actor: 7 }, ADA)).toEqual({ actor: 7 });
  });

  it.each([[null], ['text'], [7], [[{ actor: 'ada' }]]])('%j is no command to sign', (input) => {
    expect(signed(input, ADA)).toBe(input);
  });
});

describe('several commands', () => {
  const Lamp = { name: 'Lamp' };
  const command = (more: object = {}): Command =>
    ({
      definition: Lamp,
      aggregate_id: 'a',
      command_id: crypto.randomUUID(),
      dry_run: false,
      ...more,
    }) as unknown as Command;
  const first = command();

  it('are for the aggregate of the first one, unless they say another', () => {
    expect(addressed({ data: 1 }, first)).toEqual({ data: 1, aggregate_id: 'a' });
    expect(addressed({ aggregate_id: 'b' }, first)).toEqual({ aggregate_id: 'b' });
    expect(addressed({}, undefined)).toEqual({});
    for (const none of [null, 'text', []]) expect(addressed(none, first)).toBe(none);
  });

  it.each([
    ['another aggregate', { aggregate_id: 'b' }, 'MALFORMED_COMMAND'],
    ['one of another type', { definition: { name: 'House' } }, 'MALFORMED_COMMAND'],
    ['a dry run among others', { dry_run: true }, 'MALFORMED_COMMAND'],
    ['the id of the first', { command_id: first.command_id }, 'COMMAND_ID_REUSED'],
  ])('are strange with %s', (_, more, code) => {
    expect(strange(command(more), [first, command()])).toMatchObject({ refused: code });
  });

  it('are strange with an id of any that came before', () => {
    const second = command();
    expect(strange(command({ command_id: second.command_id }), [first, second])).toMatchObject({
      refused: 'COMMAND_ID_REUSED',
    });
    expect(strange(command(), [first, second])).toBeUndefined();
    expect(strange(first, [])).toBeUndefined();
  });

  it('are named in the refusal of one of them, by type or by place', () => {
    const refusal = refuse('TOO_BRIGHT', 'too bright', { details: { most: 100 } });
    const named = { command_type: 'DimLamp', command_id: 'c-1' };
    expect(ofOne(refusal, 2, named)).toEqual({
      ...refusal,
      message: 'DimLamp: too bright',
      details: { most: 100, command: { index: 2, ...named } },
    });
    for (const nameless of [null, 'text', { command_type: 7 }])
      expect(ofOne(refusal, 2, nameless).message).toBe('command 2: too bright');
  });

  it('are refused by the first that is wrong, with the others', () => {
    const [one, two, three] = ['ONE', 'TWO', 'THREE'].map((code) => refuse(code, code));
    expect(ofAll([one!])).toBe(one);
    const details = { command: { index: 0 } };
    expect(ofAll([{ ...one!, details }, two!, three!])).toEqual({
      ...one,
      details: { ...details, others: [two, three] },
    });
  });

  it('tell nothing of the others to whoever may not send one of them', () => {
    const denied = refuse('FORBIDDEN', 'not you');
    expect(ofAll([refuse('ONE', 'one'), denied, refuse('TWO', 'two')])).toBe(denied);
  });
});
