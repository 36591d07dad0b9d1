import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { commandHash } from './command.js';
import { hasFormerHash } from './former-hash.js';
import { secret } from './marks.js';
import { command } from './message.js';

const specOf = (more: z.ZodRawShape = {}) =>
  command({
    data: z.object({
      name: z.string().trim(),
      floor: z.int().default(0),
      pin: secret(z.string()).optional(),
      ...more,
    }),
    emits: ['DoorBuilt'],
    roles: ['builder'],
  });
const asking = (asked: Readonly<Record<string, unknown>>, more?: z.ZodRawShape) => {
  const spec = specOf(more);
  return { command_type: 'BuildDoor', spec, asked, data: spec.data.parse(asked) };
};
const later = { kind: z.string().default('oak'), colour: z.string().default('red') };

describe('the hash that events of the first versions carry', () => {
  // As it was stored: it must never be looked for under another.
  const stored = '4eb35891f4f1002e8f4834fd40e6ea1766c8208056a0f2a64f92a32b45e597c3';

  it('is that of what the schema made of what was asked', () => {
    const { spec, data } = asking({ name: ' front ' });
    expect(commandHash('BuildDoor', spec, data)).toBe(stored);
    expect(hasFormerHash(asking({ name: ' front ' }), stored)).toBe(true);
    expect(hasFormerHash(asking({ name: 'front', floor: 0 }), stored)).toBe(true);
    expect(hasFormerHash(asking({ name: 'back' }), stored)).toBe(false);
    expect(hasFormerHash(asking({ name: 'front', floor: 1 }), stored)).toBe(false);
  });

  it('is known when the schema has got defaults since', () => {
    expect(hasFormerHash(asking({ name: 'front' }, later), stored)).toBe(true);
    expect(hasFormerHash(asking({ name: 'front', kind: 'oak' }, later), stored)).toBe(false);
  });

  it('is looked for in a bounded number of ways, however many defaults there are', () => {
    const names = Array.from({ length: 40 }, (_, n) => `field_${n}`);
    const many = Object.fromEntries(names.map((name) => [name, z.string().default('')]));
    const { spec, data } = asking({ name: 'front' }, many);
    const hash = commandHash('BuildDoor', spec, data);
    expect(hasFormerHash(asking({ name: 'front' }, many), hash)).toBe(true);
    expect(hasFormerHash(asking({ name: 'back' }, many), hash)).toBe(false);
  });

  it('says nothing of a secret', () => {
    const { spec, data } = asking({ name: 'front', pin: '1234' });
    const hash = commandHash('BuildDoor', spec, data);
    expect(hasFormerHash(asking({ name: 'front', pin: '9876' }), hash)).toBe(true);
  });
});
