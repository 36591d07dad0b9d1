import { describe, expect, it } from 'vitest';
import type { Landscape, PlannedCommand } from '../../src/operate/importing/importer.js';
import { compareModel } from './compare.js';
import { PlanSize, planCharsMax } from './plan-size.js';

const command = (text: string): PlannedCommand => ({
  command_type: 'AddGlossaryTerm',
  aggregate_type: 'DataEntity',
  aggregate_id: 'a',
  about: 'DataEntity "A"',
  data: { term: text },
});

describe('the size of a plan', () => {
  it.each([
    ['few with much', [command('t'.repeat(3_000))]],
    ['many with little', Array.from({ length: 12 }, () => command('t'))],
  ])('is bounded: %s', (_, commands) => {
    const size = new PlanSize('cmdb', 3_000);
    size.add([command('t')]);
    expect(() => size.add(commands)).toThrow(
      expect.objectContaining({ name: 'ImportError', code: 'PLAN_TOO_LARGE' }),
    );
  });

  it('is bounded by the memory of the node, with room for another import beside it', () => {
    const small = planCharsMax(512 * 1024 ** 2);
    expect(small).toBe(8 * 1024 ** 2);
    const size = new PlanSize('cmdb', small);
    expect(() => size.add([command('t'.repeat(small))])).toThrow(/import it in parts, or give/);
    expect(planCharsMax(2 ** 50)).toBe(192 * 1024 ** 2);
  });

  it('ends a comparison in which a list of a mapping becomes a command for each row', async () => {
    const NAME = 'n'.repeat(255);
    const terms = Array.from({ length: 500 }, (_, at) => `${at}`.padEnd(255, 't'));
    const landscape: Landscape = {
      holder: async () => undefined,
      state: async () => ({ presence: 'absent', status: 'unborn', data: {} }),
      events: async () => [],
      identity: () => undefined,
    };
    const model = {
      source: 'cmdb',
      format: 'csv',
      relations: [],
      skipped: [],
      notes: [],
      counts: {},
      elements: Array.from({ length: 600 }, (_, at) => ({
        key: String(at),
        kind: 'data_entity' as const,
        name: NAME,
        description: null,
        parent_key: null,
        where: 'w',
        fields: { glossary_terms: terms },
      })),
    };
    await expect(
      compareModel(model, landscape, { because: 'import', earlier: [] }),
    ).rejects.toMatchObject({
      code: 'PLAN_TOO_LARGE',
      message: expect.stringMatching(/^cmdb: comes to more than \d+ commands/),
    });
  });
});
