import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AcceptedCommands, packedHash } from './accepted-commands.js';

const SEQUENCE_MAX = 2 ** 48 - 1;
const entry = fc.tuple(fc.uuid(), fc.integer({ min: 1, max: SEQUENCE_MAX }));
const of = (entries: readonly (readonly [string, number])[]): AcceptedCommands => {
  const accepted = new AcceptedCommands();
  for (const [id, sequence] of entries) accepted.add(id, sequence);
  return accepted;
};

describe('the commands that an aggregate accepted', () => {
  it('come back from their packed form, and hash to the same on either way (property)', () => {
    fc.assert(
      fc.property(fc.uniqueArray(entry, { selector: ([id]) => id }), (entries) => {
        const accepted = of(entries);
        const again = AcceptedCommands.from(accepted.packed());
        for (const [id, sequence] of entries) expect(again.get(id)).toBe(sequence);
        expect(again.size).toBe(entries.length);
        expect(again.packed()).toEqual(accepted.packed());
        expect([accepted.hash(), again.hash()]).toEqual(
          [accepted, again].map((one) => packedHash(one.packed())),
        );
      }),
    );
  });

  it('only grow: what was packed before is the beginning of what is packed later', () => {
    const accepted = new AcceptedCommands();
    let before = accepted.packed();
    for (let sequence = 1; sequence <= 100; sequence++) {
      const kept = Uint8Array.from(before);
      accepted.add(crypto.randomUUID(), sequence);
      expect(before).toEqual(Buffer.from(kept));
      const packed = accepted.packed();
      expect(packed.subarray(0, before.length)).toEqual(before);
      expect(packed).toHaveLength(before.length + 22);
      before = packed;
    }
  });

  it('stay where they were first', () => {
    const id = crypto.randomUUID();
    const accepted = of([[id, 7]]);
    const { hash } = { hash: accepted.hash() };
    accepted.add(id, 9);
    expect(accepted.get(id)).toBe(7);
    expect([accepted.size, accepted.hash()]).toEqual([1, hash]);
  });

  it('are known by their UUID, in whatever case it comes', () => {
    const id = crypto.randomUUID();
    const accepted = of([[id.toUpperCase(), 7]]);
    expect([accepted.has(id), accepted.get(id.toUpperCase())]).toEqual([true, 7]);
    expect(AcceptedCommands.from(accepted.packed()).has(id.toUpperCase())).toBe(true);
    expect(accepted.has(crypto.randomUUID())).toBe(false);
  });

  it('keep the largest sequence, and refuse a larger one rather than to keep another', () => {
    const id = crypto.randomUUID();
    expect(AcceptedCommands.from(of([[id, SEQUENCE_MAX]]).packed()).get(id)).toBe(SEQUENCE_MAX);
    expect(() => of([[id, SEQUENCE_MAX + 1]])).toThrow(RangeError);
  });

  it('are none when forgotten, and can be added again', () => {
    const id = crypto.randomUUID();
    const accepted = of([[id, 7]]);
    accepted.clear();
    expect([accepted.size, accepted.has(id), accepted.packed().length]).toEqual([0, false, 0]);
    expect(accepted.hash()).toBe(new AcceptedCommands().hash());
    accepted.add(id, 8);
    expect(accepted.packed()).toEqual(of([[id, 8]]).packed());
  });

  it('cannot be read from bytes that are no list of them', () => {
    expect(() => AcceptedCommands.from(new Uint8Array(23))).toThrow(
      '23 bytes are no list of accepted commands',
    );
  });
});
