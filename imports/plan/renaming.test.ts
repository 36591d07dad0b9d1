import { describe, expect, it } from 'vitest';
import type { PlannedCommand, Standing } from '../../src/operate/importing/importer.js';
import { inFreeOrder, isOnTheWay } from './renaming.js';

type Was = readonly [id: string, name: string, parent?: string];
const type = 'Organization';
const landscape = (all: readonly Was[]) => ({
  state: async (_: string, id: string): Promise<Standing> => {
    const [, name, parent_id = null] = all.find(([one]) => one === id)!;
    return { presence: 'present', status: 'active', data: { name, parent_id } };
  },
});
const rename = (aggregate_id: string, name: string): PlannedCommand => ({
  command_type: 'RenameOrganization',
  aggregate_type: type,
  aggregate_id,
  about: name,
  data: { name },
});
const ordered = async (all: readonly Was[], ...commands: PlannedCommand[]) =>
  (await inFreeOrder(commands, landscape(all))).map(({ aggregate_id, data: { name } }) => [
    aggregate_id,
    isOnTheWay(name) ? '…' : name,
  ]);

describe('renames in an order in which each finds its name free', () => {
  it('gives a name away before another takes it', async () => {
    const was: Was[] = [
      ['a', 'A'],
      ['b', 'B'],
      ['c', 'C'],
    ];
    expect(await ordered(was, rename('a', 'B'), rename('b', 'C'), rename('c', 'D'))).toEqual([
      ['c', 'D'],
      ['b', 'C'],
      ['a', 'B'],
    ]);
  });

  it('swaps two by calling one something else for a moment', async () => {
    const was: Was[] = [
      ['a', 'A'],
      ['b', 'B'],
    ];
    expect(await ordered(was, rename('a', ' b '), rename('b', 'A'))).toEqual([
      ['a', '…'],
      ['b', 'A'],
      ['a', ' b '],
    ]);
  });

  it('leaves alone what only looks the same: another parent, or other letters of its own', async () => {
    const was: Was[] = [
      ['a', 'A', 'one'],
      ['b', 'B', 'two'],
      ['c', 'c'],
    ];
    expect(await ordered(was, rename('a', 'B'), rename('b', 'A'), rename('c', 'C'))).toEqual([
      ['a', 'B'],
      ['b', 'A'],
      ['c', 'C'],
    ]);
  });
});
