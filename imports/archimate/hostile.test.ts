import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ImportError } from '../../src/operate/importing/importer.js';
import { element, link, nativeText } from '../../test/support/archimate.js';
import { ownTime } from '../../test/support/own-time.js';
import { ARCHISURANCE, sourceFile } from '../../test/support/real-models.js';
import { readArchimate } from './index.js';

const small = Buffer.from(
  nativeText([
    element('Capability', 'a', 'A &amp; B'),
    element('Capability', 'b'),
    element('ApplicationComponent', 'c'),
    element('ApplicationService', 's'),
    link('Composition', 'a', 'b'),
    link('Realization', 'c', 's'),
    link('Serving', 's', 'a'),
    link('Access', 'c', 'd', 'accessType="3"'),
  ]),
);
const whole = Buffer.from(sourceFile(ARCHISURANCE).bytes);

type Change = { readonly at: number; readonly remove: number; readonly put: string };
const PIECES = [
  '<',
  '>',
  '/>',
  '"',
  '&',
  '&lt;',
  ']]>',
  '<![CDATA[',
  '<!--',
  '<?x ?>',
  '<!DOCTYPE x [',
  '\0',
  'id="a"',
  ' source="b"',
  'xsi:type="archimate:Node"',
  '<folder>',
  '</folder>',
  '</element>',
  '<element xsi:type="archimate:',
  'Relationship',
  '__proto__',
  'constructor',
  'é',
  '\uFFFF',
];
const change: fc.Arbitrary<Change> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.nat(40),
  put: fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 10 })),
});

const changed = (bytes: Buffer, changes: readonly Change[]): Buffer =>
  changes.reduce((before, { at, remove, put }) => {
    const from = Math.floor(at * before.length);
    return Buffer.concat([
      before.subarray(0, from),
      Buffer.from(put),
      before.subarray(from + remove),
    ]);
  }, bytes);

/** A model in which everything fits together, or a refusal. */
const expectModelOrRefusal = (bytes: Uint8Array): void => {
  try {
    const { elements, relations } = readArchimate([{ path: 'm.archimate', bytes }]);
    const keys = new Set<string>();
    for (const { key, parent_key } of elements) {
      if (parent_key !== null) expect(keys).toContain(parent_key);
      expect(keys).not.toContain(key);
      keys.add(key);
    }
    for (const { source_key, target_key } of relations) {
      expect(keys).toContain(source_key);
      expect(keys).toContain(target_key);
    }
  } catch (error) {
    if (!(error instanceof ImportError)) throw error;
    expect(error.code).toMatch(/^[A-Z_]+$/);
  }
};

describe('a damaged file', () => {
  it('gives a model or a refusal, whatever was changed in a small one', () => {
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) =>
        expectModelOrRefusal(changed(small, changes)),
      ),
      { numRuns: 3_000 },
    );
  });

  it('gives a model or a refusal, whatever was changed in a real one', () => {
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) =>
        expectModelOrRefusal(changed(whole, changes)),
      ),
      { numRuns: 100 },
    );
  });

  it('gives a refusal for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(() => readArchimate([{ path: 'm.archimate', bytes }])).toThrowError(ImportError);
      }),
    );
  });
});

const ELEMENTS = 3_000;
const RELATIONS = 6_000;
const WITHIN_MS = 4_000;

describe('a large model', () => {
  const read = (lines: readonly string[]) => {
    const bytes = Buffer.from(nativeText(lines));
    let model: ReturnType<typeof readArchimate> | undefined;
    const took = ownTime(() => {
      model = readArchimate([{ path: 'm.archimate', bytes }]);
    });
    expect(took).toBeLessThan(WITHIN_MS);
    return model!;
  };

  it('is read within seconds', () => {
    const apps = Array.from({ length: ELEMENTS }, (_, at) =>
      element('ApplicationComponent', `a${at}`),
    );
    const flows = Array.from({ length: RELATIONS }, (_, at) =>
      link('Flow', `a${at % ELEMENTS}`, `a${(at * 7 + 1 + Math.floor(at / ELEMENTS)) % ELEMENTS}`),
    );
    const { elements, relations, skipped } = read([...apps, ...flows]);
    const loops = skipped.filter(({ kind }) => kind === 'relation-to-itself').length;
    expect([elements.length, relations.length + loops]).toEqual([ELEMENTS, RELATIONS]);
  });

  it('is read within seconds when it is one long chain, told from below or from above', () => {
    const chain = Array.from({ length: 10_000 }, (_, at) => at);
    const things = chain.map((at) => element('Capability', `c${at}`));
    const links = chain.slice(1).map((at) => link('Composition', `c${at - 1}`, `c${at}`));
    for (const order of [links, [...links].reverse()]) {
      const { elements } = read([...things, ...order, link('Composition', 'c9999', 'c0')]);
      expect(elements.filter(({ parent_key }) => parent_key === null)).toHaveLength(1);
    }
  });
});
