import { describe, expect, it } from 'vitest';
import type { Landscape } from '../src/operate/importing/importer.js';
import { compareModel } from './plan/compare.js';

const ELEMENTS = 4_000;

describe('the comparison of a large model', () => {
  it('goes on while others get their turn, also where nothing has to be waited for', async () => {
    const landscape: Landscape = {
      holder: async () => undefined,
      state: async () => ({ presence: 'absent', status: 'unborn', data: {} }),
      events: async () => [],
      identity: () => undefined,
    };
    const tags = Array.from({ length: 50 }, (_, at) => `t${at}`);
    const model = {
      source: 'cmdb',
      format: 'csv',
      relations: [],
      skipped: [],
      notes: [],
      counts: {},
      elements: Array.from({ length: ELEMENTS }, (_, at) => ({
        key: String(at),
        kind: 'application' as const,
        name: 'n',
        description: null,
        parent_key: null,
        where: 'w',
        fields: { tags },
      })),
    };
    let turns = 0;
    const others = setInterval(() => turns++, 1);
    const { notes } = await compareModel(model, landscape, { because: 'import', earlier: [] });
    clearInterval(others);
    expect(notes).toHaveLength(ELEMENTS - 1);
    expect(turns).toBeGreaterThan(3);
  });
});
