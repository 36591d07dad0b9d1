import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { markedPaths, markedValues, marksOutOfReach, personal, redactor, secret } from './marks.js';

const pin = secret(z.string());

describe('a marked field is found', () => {
  it.each<[string, z.ZodType, readonly string[]]>([
    ['in an object', z.object({ pin, name: z.string() }), ['pin']],
    ['in an object in an object', z.object({ lock: z.object({ pin }) }), ['lock.pin']],
    ['in a list', z.object({ pins: z.array(pin) }), ['pins.*']],
    ['in a list of objects', z.object({ locks: z.array(z.object({ pin })) }), ['locks.*.pin']],
    ['in a record', z.object({ pins: z.record(z.string(), pin) }), ['pins.*']],
    ['in a tuple', z.object({ pair: z.tuple([z.string(), pin]) }), ['pair.*']],
    ['in the rest of a tuple', z.object({ row: z.tuple([z.string()]).rest(pin) }), ['row.*']],
    ['in a union', z.object({ key: z.union([z.number(), pin]) }), ['key']],
    [
      'in one kind of several',
      z.object({
        key: z.discriminatedUnion('kind', [
          z.object({ kind: z.literal('card') }),
          z.object({ kind: z.literal('code'), pin }),
        ]),
      }),
      ['key.pin'],
    ],
    [
      'in an intersection',
      z.object({ x: z.intersection(z.object({ pin }), z.object({ a: z.string() })) }),
      ['x.pin'],
    ],
    ['when optional', z.object({ pin: pin.optional() }), ['pin']],
    ['when nullable', z.object({ pin: pin.nullable() }), ['pin']],
    ['when nullish, with a default', z.object({ pin: pin.nullish().default(null) }), ['pin']],
    ['when read-only or caught', z.object({ pin: pin.readonly(), b: pin.catch('') }), ['pin', 'b']],
    ['when the list is optional', z.object({ pins: z.array(pin).optional() }), ['pins.*']],
    ['when checked further', z.object({ pin: pin.min(4).trim().refine(Boolean) }), ['pin']],
    ['when described', z.object({ pin: pin.describe('the code') }), ['pin']],
    ['when transformed', z.object({ pin: pin.transform((one) => one.length) }), ['pin']],
    ['behind a preprocess', z.object({ pin: z.preprocess((one) => one, pin) }), ['pin']],
    ['behind a pipe', z.object({ pin: z.string().toLowerCase().pipe(pin) }), ['pin']],
    ['behind lazy', z.object({ pin: z.lazy(() => pin) }), ['pin']],
    ['among unknown keys', z.object({ pins: z.object({}).catchall(pin) }), ['pins.*']],
    [
      'when a whole object is marked',
      z.object({ lock: secret(z.object({ a: pin })) }),
      ['lock', 'lock.a'],
    ],
    ['at the root', pin, ['']],
  ])('%s', (_, schema, paths) => {
    expect(markedPaths(schema, ['secret'])).toEqual(paths);
  });

  it('by its own mark only', () => {
    const schema = z.object({ pin, owner: personal(z.string()), name: z.string() });
    expect(markedPaths(schema, ['secret'])).toEqual(['pin']);
    expect(markedPaths(schema, ['personal'])).toEqual(['owner']);
    expect(markedPaths(schema, ['secret', 'personal'])).toEqual(['pin', 'owner']);
    expect(markedPaths(schema, [])).toEqual([]);
  });

  it('in a schema that holds itself, without end', () => {
    const Node: z.ZodType = z.object({ pin, inner: z.lazy(() => Node).optional() });
    expect(markedPaths(Node, ['secret'])).toContain('pin');
  });
});

describe('a redactor', () => {
  const schema = z.object({
    name: z.string(),
    pin: pin.optional(),
    locks: z.array(z.object({ pin, at: z.string() })).optional(),
    tokens: z.record(z.string(), pin).nullable().optional(),
    vault: secret(z.object({ code: z.string() })).optional(),
  });
  const redact = redactor(schema, ['secret']);

  it('hides what is marked and nothing else, and leaves the original as it is', () => {
    const value = {
      name: 'front',
      pin: '1234',
      locks: [
        { pin: 'a', at: 'top' },
        { pin: 'b', at: 'bottom' },
      ],
      tokens: { github: 't1', 'a.b': 't2' },
      vault: { code: '9' },
    };
    const before = structuredClone(value);
    expect(redact(value)).toEqual({
      name: 'front',
      pin: '[redacted]',
      locks: [
        { pin: '[redacted]', at: 'top' },
        { pin: '[redacted]', at: 'bottom' },
      ],
      tokens: { github: '[redacted]', 'a.b': '[redacted]' },
      vault: '[redacted]',
    });
    expect(value).toEqual(before);
  });

  it('shows that nothing was there, and bears any other shape', () => {
    expect(redact({ name: 'x' })).toEqual({ name: 'x' });
    expect(redact({ name: 'x', pin: null, tokens: null })).toEqual({
      name: 'x',
      pin: null,
      tokens: null,
    });
    expect(redact({ locks: 'none', tokens: ['t'] })).toEqual({
      locks: 'none',
      tokens: ['[redacted]'],
    });
    for (const other of [null, undefined, 'text', 7]) expect(redact(other)).toBe(other);
  });

  it('hides a secret of any type', () => {
    const numbers = redactor(z.object({ pin: secret(z.number()) }), ['secret']);
    expect(numbers({ pin: 0 })).toEqual({ pin: '[redacted]' });
    expect(numbers({ pin: [1, { a: 2 }] })).toEqual({ pin: '[redacted]' });
  });

  it('returns the very value when nothing is marked', () => {
    const value = { name: 'x' };
    expect(redactor(z.object({ name: z.string() }), ['secret'])(value)).toBe(value);
  });

  it('lists what it would hide', () => {
    const values = markedValues(schema, ['secret']);
    expect(
      values({ name: 'x', pin: 'p', locks: [{ pin: 'q', at: 'y' }], vault: { code: 7 } }),
    ).toEqual(['p', 'q', '7']);
    expect(values({ name: 'x' })).toEqual([]);
    expect(markedValues(z.object({}), ['secret'])({ pin: 'p' })).toEqual([]);
  });

  it('finds a marked field whose name holds a dot', () => {
    const dotted = z.object({ 'api.key': secret(z.string()), api: z.object({ key: z.string() }) });
    const value = { 'api.key': 'hunter2', api: { key: 'public' } };
    expect(redactor(dotted, ['secret'])(value)).toEqual({
      'api.key': '[redacted]',
      api: { key: 'public' },
    });
    expect(markedValues(dotted, ['secret'])(value)).toEqual(['hunter2']);
  });

  it('says when marks are out of reach: in a schema that holds itself', () => {
    const Vault = z.object({
      pin: secret(z.string()),
      get inner() {
        return Vault.optional();
      },
    });
    const Tree = z.object({
      name: z.string(),
      get child() {
        return Tree.optional();
      },
    });
    expect(marksOutOfReach(z.object({ vault: Vault }))).toBe(true);
    expect(marksOutOfReach(z.object({ tree: Tree }))).toBe(false);
    expect(marksOutOfReach(z.object({ pin: secret(z.string()) }))).toBe(false);
  });
});
