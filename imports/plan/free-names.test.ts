import { describe, expect, it, vi } from 'vitest';
import type { Landscape } from '../../src/operate/importing/importer.js';
import { turnsDuring } from '../../test/support/turns-during.js';
import type { ModelElement } from '../model.js';
import { withFreeNames } from './free-names.js';
import { KINDS } from './kinds.js';
import { withFittingNames } from './names.js';
import type { Resolved, Wanted } from './resolve.js';
import { settledIn } from './settled.js';

const ROWS = 500;
const PARTS = 400;
const NAME_MAX = 255;

const landscape: Landscape = {
  holder: async () => undefined,
  state: async () => ({ presence: 'absent', status: 'unborn', data: {} }),
  events: async () => [],
  identity: () => undefined,
};

const elementOf = (kind: ModelElement['kind'], key: string, name: string): ModelElement => ({
  key,
  kind,
  name,
  description: null,
  parent_key: 'app',
  where: `row ${key}`,
  fields: {},
});

/** How often a name was made comparable while something was done. */
const comparisonsDuring = async <T>(work: () => Promise<T>) => {
  const normalize = vi.spyOn(String.prototype, 'normalize');
  try {
    const made = await work();
    return { comparisons: normalize.mock.calls.length, made };
  } finally {
    normalize.mockRestore();
  }
};

describe('names of parts that others of their application may have', () => {
  const standing = (parts: Readonly<Record<string, object>>): Wanted['standing'] => ({
    presence: 'present',
    status: 'active',
    data: { services: parts },
  });
  const resolvedOf = (elements: readonly ModelElement[], parts: Wanted['standing']): Resolved => ({
    wanted: new Map(
      elements.map((element): [string, Wanted] => [
        element.key,
        {
          element,
          kind: KINDS[element.kind],
          about: element.key,
          id: `id-${element.key}`,
          aggregate_type: 'Application',
          aggregate_id: 'a',
          standing: parts,
          generation: 1,
          current: null,
        },
      ]),
    ),
    lost: new Map(),
    notes: [],
  });
  const free = (elements: readonly ModelElement[], parts: Readonly<Record<string, object>>) =>
    withFreeNames(resolvedOf(elements, standing(parts)), new Map(), {
      landscape,
      settled: settledIn(landscape),
    });

  it('are free unless another part that is still there has one', async () => {
    const names = async (parts: Readonly<Record<string, object>>) => {
      const { wanted } = await free([elementOf('service', '1', 'Pay')], parts);
      return [...wanted.values()].map(({ element }) => element.name);
    };
    expect(await names({})).toEqual(['Pay']);
    expect(await names({ other: { name: ' PAY ' } })).toEqual(['Pay (2)']);
    expect(await names({ other: { name: 'Pay', status: 'withdrawn' } })).toEqual(['Pay']);
    expect(await names({ other: { name: 'Pay', version: '1.0.0' } })).toEqual(['Pay']);
    expect(await names({ 'id-1': { name: 'Pay' } })).toEqual(['Pay']);
    expect(await names({ 'id-1': { name: 'Pay' }, other: { name: 'Pay' } })).toEqual(['Pay (2)']);
  });

  it('are looked up among parts that are looked through once, while others get their turn', async () => {
    const parts = Object.fromEntries(
      Array.from({ length: PARTS }, (_, n) => [`p${n}`, { name: `Part ${n}` }]),
    );
    const rows = Array.from({ length: ROWS }, (_, n) => elementOf('service', `${n}`, `Row ${n}`));
    const { comparisons, made } = await comparisonsDuring(() =>
      turnsDuring(() => free(rows, parts)),
    );
    expect(made.made.wanted.size).toBe(ROWS);
    expect(comparisons).toBeLessThan(10 * (ROWS + PARTS));
    expect(made.turns).toBeGreaterThanOrEqual(ROWS);
  });
});

describe('numbers of names', () => {
  it('are tried once, also for names that are cut to the same', async () => {
    const beginning = 'x'.repeat(NAME_MAX - '000'.length);
    const rows = Array.from({ length: ROWS }, (_, n) =>
      elementOf('service', `${n}`, `${beginning}${String(Math.floor(n / 2)).padStart(3, '0')}`),
    );
    const { comparisons, made } = await comparisonsDuring(() => withFittingNames(rows));
    const names = made.elements.map(({ name }) => name);
    expect(new Set(names).size).toBe(ROWS);
    expect(names[1]).toBe(`${'x'.repeat(NAME_MAX - ' (2)'.length)} (2)`);
    expect(comparisons).toBeLessThan(20 * ROWS);
  });

  it('begin with two and leave out those that stand', async () => {
    const rows = ['Pay', 'Pay', 'Pay (2)', 'Pay', 'pay', 'Pay (10)'].map((name, n) =>
      elementOf('service', `${n}`, name),
    );
    const more = Array.from({ length: 7 }, (_, n) => elementOf('service', `7${n}`, 'Pay'));
    const { elements } = await withFittingNames([...rows, ...more]);
    expect(elements.map(({ name }) => name)).toEqual([
      'Pay',
      'Pay (2)',
      'Pay (2) (2)',
      'Pay (3)',
      'pay (4)',
      'Pay (10)',
      'Pay (5)',
      'Pay (6)',
      'Pay (7)',
      'Pay (8)',
      'Pay (9)',
      'Pay (11)',
      'Pay (12)',
    ]);
  });
});
