import { describe, expect, it } from 'vitest';
import type { SourceFile } from '../../src/operate/importing/importer.js';
import { ARCHISURANCE, realModel, sourceFile, unpacked } from '../../test/support/real-models.js';
import type { Model } from '../model.js';
import { readArchimate } from './index.js';

const V2 = realModel('archisurance-v2.archimate');
const EXCHANGE = realModel('archisurance-oef2.xml');
const OPEN_DAY = realModel('openday-oef2.xml');
const CCS = realModel('ccs-grafico.tar.gz');

/** What a file holds, found without a parser: types of elements and of relationships. */
type Found = { readonly elements: readonly string[]; readonly relations: readonly string[] };

const text = ({ bytes }: SourceFile): string => Buffer.from(bytes).toString();
const all = (source: string, pattern: RegExp): readonly string[] =>
  [...source.matchAll(pattern)].map(([, found = '']) => found);
const isRelation = (type: string): boolean => type.endsWith('Relationship');
const isView = (type: string): boolean => type.endsWith('DiagramModel');

const foundInNative = (file: SourceFile): Found => {
  const types = all(text(file), /<element xsi:type="archimate:(\w+)"/g).filter(
    (type) => !isView(type),
  );
  return {
    elements: types.filter((type) => !isRelation(type)),
    relations: types.filter(isRelation),
  };
};
const foundInExchange = (file: SourceFile): Found => ({
  elements: all(text(file), /<element identifier="[^"]+" xsi:type="(\w+)"/g),
  relations: all(text(file), /<relationship identifier=[^>]* xsi:type="(\w+)"/g),
});
const foundInGrafico = (files: readonly SourceFile[]): Found => {
  const types = files.flatMap(({ path }) => all(path, /\/([A-Z]\w+?)_[^/]+\.xml$/g));
  return {
    elements: types.filter((type) => !isRelation(type)),
    relations: types.filter(isRelation),
  };
};

const KINDS: Readonly<Record<string, string>> = {
  BusinessFunction: 'business_capability',
  Capability: 'business_capability',
  BusinessActor: 'organization',
  ApplicationComponent: 'application',
  ApplicationService: 'service',
  ApplicationInterface: 'interface',
  DataObject: 'data_entity',
  BusinessObject: 'data_entity',
  Node: 'server',
  Device: 'server',
};

const tally = (names: readonly string[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};

/** Nothing is lost: everything that the file holds is taken or skipped, once and with a reason. */
const expectWhole = (model: Model, { elements, relations }: Found): void => {
  expect(model.counts).toMatchObject(tally([...elements, ...relations]));
  const skipped = (start: string) => model.skipped.filter(({ kind }) => kind.startsWith(start));
  const orphans = skipped('element-without-application').map(({ message }) =>
    message.startsWith('ApplicationService') ? 'service' : 'interface',
  );
  const expected = elements.flatMap((type) => KINDS[type] ?? []);
  expect(tally([...model.elements.map(({ kind }) => kind), ...orphans])).toEqual(tally(expected));
  expect(model.elements.length + skipped('element-').length).toBe(elements.length);
  const taken = new Set(model.relations.map(({ key }) => key.replace(/#.*/, '')));
  const parts = model.elements.filter(({ parent_key }) => parent_key !== null);
  expect(taken.size + parts.length + skipped('relation-').length).toBe(relations.length);
  for (const { kind, where, message } of model.skipped) {
    expect(where, kind).toMatch(/:\d+$/);
    expect(message.length).toBeGreaterThan(15);
  }
};

/** A model as people see it, by names: ids, order and places do not count. */
const portfolio = ({ elements, relations }: Model) => {
  const name = new Map(elements.map((one) => [one.key, `${one.kind} ${one.name}`]));
  return {
    elements: elements
      .map((one) => [
        name.get(one.key),
        one.description,
        one.fields,
        one.parent_key === null ? null : name.get(one.parent_key),
      ])
      .map((one) => JSON.stringify(one))
      .sort(),
    relations: relations
      .map(({ source_key, type, target_key, fields }) => [
        name.get(source_key),
        type,
        name.get(target_key),
        fields,
      ])
      .map((one) => JSON.stringify(one))
      .sort(),
  };
};

describe('Archisurance', () => {
  const file = sourceFile(ARCHISURANCE);
  const model = readArchimate([file]);

  it('is read whole', () => {
    const found = foundInNative(file);
    expect([found.elements.length, found.relations.length]).toEqual([120, 176]);
    expectWhole(model, found);
    expect(tally(model.elements.map(({ kind }) => kind))).toEqual({
      organization: 17,
      application: 10,
      service: 3,
      data_entity: 14,
      server: 9,
      business_capability: 6,
    });
    expect(tally(model.relations.map(({ type }) => type))).toEqual({
      depends_on: 7,
      uses: 2,
      writes: 3,
      deployed_on: 1,
    });
  });

  it.skipIf(!V2 || !EXCHANGE)('is the same portfolio in its other two encodings', () => {
    const [v2, exchange] = [sourceFile(V2!), sourceFile(EXCHANGE!)];
    const [second, third] = [readArchimate([v2]), readArchimate([exchange])];
    expectWhole(second, foundInNative(v2));
    expectWhole(third, foundInExchange(exchange));
    expect(portfolio(second)).toEqual(portfolio(model));
    expect(portfolio(third)).toEqual(portfolio(model));
    const keys = (of: Model) => of.elements.map(({ key }) => key).sort();
    expect(keys(second)).toEqual(keys(model));
    expect(keys(third)).toEqual(keys(model));
    expect([second.source, third.source]).toEqual([model.source, model.source]);
  });
});

describe('models of others', () => {
  it.skipIf(!OPEN_DAY)('OpenDay is read whole', () => {
    const file = sourceFile(OPEN_DAY!);
    const found = foundInExchange(file);
    expect([found.elements.length, found.relations.length]).toEqual([27, 37]);
    expectWhole(readArchimate([file]), found);
  });

  it.skipIf(!CCS)('CCS is read whole, and the same from the folder above', () => {
    const files = unpacked(CCS!);
    const found = foundInGrafico(files);
    expect([found.elements.length, found.relations.length]).toEqual([358, 489]);
    const model = readArchimate(files);
    expectWhole(model, found);
    const names = model.elements
      .filter(({ kind }) => kind === 'data_entity')
      .map(({ name }) => name.toLowerCase());
    expect(Object.values(tally(names)).filter((count) => count > 1)).toHaveLength(10);
    const inside = files.map(({ path, bytes }) => ({ path: path.replace('model/', ''), bytes }));
    expect(portfolio(readArchimate(inside))).toEqual(portfolio(model));
  });
});
