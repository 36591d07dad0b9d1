import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { actors } from '../../../actors/index.js';
import { registry } from '../../core/registry.js';
import { CommandTally } from './command-tally.js';

const known = registry(actors);

describe('the tally of commands', () => {
  it('counts by the names of the definition, whatever a caller called it', () => {
    const tally = new CommandTally(known);
    const [definition] = actors;
    const [command] = Object.keys(definition!.commands);
    const named = { aggregate_type: definition!.name, command_type: command! };
    tally.add({ ...named, outcome: 'accepted', tookMs: 2 });
    tally.add({ ...named, aggregate_type: definition!.slug, outcome: 'accepted', tookMs: 4 });
    expect(tally.counts).toEqual([{ ...named, outcome: 'accepted', code: '', count: 2 }]);
    const [{ seconds }] = tally.durations as [(typeof tally.durations)[number]];
    expect([seconds.count, seconds.sum]).toEqual([2, 0.006]);
  });

  test.prop([
    fc.array(
      fc.record({ aggregate_type: fc.string(), command_type: fc.string(), code: fc.string() }),
    ),
  ])('has one counter for all that nobody defined', (inputs) => {
    const tally = new CommandTally(known);
    for (const input of inputs) tally.add({ ...input, outcome: 'refused', tookMs: 1 });
    const names = new Set(
      tally.counts.map(({ aggregate_type, command_type }) => `${aggregate_type}/${command_type}`),
    );
    expect([...names].filter((name) => name !== 'unknown/unknown')).toEqual([]);
    expect(tally.counts.reduce((sum, { count }) => sum + count, 0)).toBe(inputs.length);
    expect(tally.durations.length).toBeLessThanOrEqual(1);
  });

  it('counts what is no code as another', () => {
    const tally = new CommandTally(known);
    for (const code of ['x CODE', 'CODE x', 'code', '1', 'C'.repeat(65)])
      tally.add({ outcome: 'refused', code });
    expect(tally.counts).toMatchObject([{ code: 'other', count: 5 }]);
  });

  it('has a bounded number of codes', () => {
    const tally = new CommandTally(known);
    for (let n = 0; n < 2_000; n++)
      tally.add({ outcome: 'refused', code: `CODE_${n}`, aggregate_type: '', command_type: '' });
    expect(tally.counts).toHaveLength(501);
    expect(tally.counts.at(-1)).toMatchObject({ code: 'other', count: 1_500 });
    // One that was counted before keeps its name.
    tally.add({ outcome: 'refused', code: 'CODE_1', aggregate_type: 'new', command_type: '' });
    expect(tally.counts.find(({ code }) => code === 'CODE_1')).toMatchObject({ count: 2 });
    expect(tally.durations).toEqual([]);
  });
});
