import { afterEach, describe, expect, it } from 'vitest';
import type { SourceFile } from '../src/operate/importing/importer.js';
import { importing } from '../test/support/imports-in-memory.js';
import { ARCHISURANCE, realModel, sourceFile, unpacked } from '../test/support/real-models.js';
import { models } from './index.js';

const V2 = realModel('archisurance-v2.archimate');
const EXCHANGE = realModel('archisurance-oef2.xml');
const OPEN_DAY = realModel('openday-oef2.xml');
const CCS = realModel('ccs-grafico.tar.gz');

const PLURALS = {
  applications: ['ApplicationComponent'],
  'business-capabilities': ['BusinessFunction', 'Capability'],
  'data-entities': ['DataObject', 'BusinessObject'],
  organizations: ['BusinessActor'],
  servers: ['Node', 'Device'],
  services: ['ApplicationService'],
  interfaces: ['ApplicationInterface'],
};
/** Of when and by whom, not of what is. */
const VOLATILE = /^(id|version|since|occurred_at|.*_(at|by|since)|.*_ids?)$/;

type Json = Readonly<Record<string, unknown>>;
type World = Awaited<ReturnType<typeof importing>>;
const worlds: World[] = [];
const fresh = async (): Promise<World> => {
  const world = await importing(models);
  worlds.push(world);
  return world;
};
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});

const bring = async (world: World, files: readonly SourceFile[]): Promise<Json> => {
  const begun = await world.imports.begin({ format: 'archimate', files });
  if ('refused' in begun) throw new Error(begun.message);
  const ended = await world.ended(`/imports/${begun.correlation_id}`);
  await world.caughtUp();
  return ended;
};
const notes = async (world: World, { correlation_id }: Json): Promise<readonly Json[]> =>
  (await world.ask(`/imports/${String(correlation_id)}/report`)).text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Json);

const listOf = async (world: World, plural: string): Promise<readonly Json[]> => {
  const items: Json[] = [];
  for (let path = `/${plural}?limit=200`; ; ) {
    const { json } = await world.ask(path);
    items.push(...(json.items as Json[]));
    if (json.next_cursor === null) return items;
    path = `/${plural}?limit=200&cursor=${encodeURIComponent(String(json.next_cursor))}`;
  }
};
const partsIn = async (world: World, part: 'services' | 'interfaces'): Promise<number> => {
  const definition = world.runtime.registry.aggregate('Application')!;
  let sum = 0;
  for (const { id } of await listOf(world, 'applications')) {
    const { data } = await world.runtime.state(definition, String(id));
    sum += Object.keys(data[part] as object).length;
  }
  return sum;
};

/** How many of each kind there are, as documents or inside of them. */
const resources = async (world: World): Promise<Record<string, number>> => ({
  ...Object.fromEntries(
    await Promise.all(
      Object.keys(PLURALS)
        .filter((plural) => plural !== 'services' && plural !== 'interfaces')
        .map(async (plural) => [plural, (await listOf(world, plural)).length] as const),
    ),
  ),
  services: await partsIn(world, 'services'),
  interfaces: await partsIn(world, 'interfaces'),
});

/** All documents, by names: ids, order and times do not count. */
const portfolio = async (world: World): Promise<readonly string[]> => {
  const documents: [plural: string, document: Json][] = [];
  for (const plural of [...Object.keys(PLURALS).slice(0, 5), 'relations'])
    for (const one of await listOf(world, plural)) documents.push([plural, one]);
  const names = new Map(
    documents.map(([plural, { id, name, hostname }]) => [
      id,
      `${plural} ${String(name ?? hostname)}`,
    ]),
  );
  const spoken = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map((one) => JSON.stringify(spoken(one))).sort();
    if (typeof value !== 'object' || value === null) return names.get(value) ?? value;
    return Object.fromEntries(
      Object.entries(value)
        .map(([field, one]) => [field, spoken(one)] as const)
        .filter(
          ([field, one]) => !VOLATILE.test(field) || [...names.values()].includes(String(one)),
        ),
    );
  };
  return documents
    .map(([plural, document]) => `${plural} ${JSON.stringify(spoken({ ...document, id: null }))}`)
    .sort();
};

/** What the files hold, found without a parser. */
const tallyOf = (types: readonly string[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1);
  return counts;
};
const typesIn = (files: readonly SourceFile[]): readonly string[] =>
  files.length > 1
    ? files.flatMap(({ path }) => /\/([A-Z]\w+?)_[^/]+\.xml$/.exec(path)?.[1] ?? [])
    : [
        ...Buffer.from(files[0]!.bytes)
          .toString()
          .matchAll(
            /<(?:element|relationship)(?: identifier="[^"]+")?(?: source="[^"]+" target="[^"]+")? xsi:type="(?:archimate:)?(\w+)"/g,
          ),
      ]
        .map(([, type = '']) => type)
        .filter((type) => !type.endsWith('DiagramModel'));

/** Everything that the files hold is there, or a note says why it is not. */
const expectWhole = async (world: World, files: readonly SourceFile[], told: Json) => {
  const types = typesIn(files);
  const tally = tallyOf(types);
  const there = await resources(world);
  const skipped = (await notes(world, told)).filter(({ about }) => about === 'note');
  const orphans = (type: string): number =>
    skipped.filter(
      ({ kind, message }) =>
        kind === 'element-without-application' && String(message).startsWith(`${type} `),
    ).length;
  for (const [plural, from] of Object.entries(PLURALS)) {
    const inFile = from.reduce((sum, type) => sum + (tally.get(type) ?? 0) - orphans(type), 0);
    expect([plural, there[plural]]).toEqual([plural, inFile]);
  }
  const count = (pattern: RegExp): number =>
    skipped.filter(({ kind }) => pattern.test(String(kind))).length;
  const elements = types.filter((type) => !type.endsWith('Relationship'));
  const taken = Object.values(there).reduce((a, b) => a + b, 0);
  expect(taken + count(/^element-/)).toBe(elements.length);

  const placed = (
    await Promise.all(
      ['business-capabilities', 'organizations'].map((plural) => listOf(world, plural)),
    )
  )
    .flat()
    .filter(({ parent_id }) => parent_id !== null).length;
  const deployed = (await listOf(world, 'applications')).reduce(
    (sum, { deployments }) => sum + (deployments as unknown[]).length,
    0,
  );
  const related = (await listOf(world, 'relations')).length;
  const inside = (there.services ?? 0) + (there.interfaces ?? 0);
  expect(
    placed + deployed + related + inside + count(/^relation-|^dangling$|^duplicate-relation$/),
  ).toBe(types.length - elements.length);
  for (const { where, message } of skipped) {
    expect(String(where).length).toBeGreaterThan(0);
    expect(String(message).length).toBeGreaterThan(15);
  }
};

describe('portfolios of real models', () => {
  it.skipIf(!V2 || !EXCHANGE)('Archisurance is the same in three encodings', async () => {
    const portfolios: (readonly string[])[] = [];
    for (const path of [ARCHISURANCE, V2!, EXCHANGE!]) {
      const world = await fresh();
      const files = [sourceFile(path)];
      const told = await bring(world, files);
      expect(told).toMatchObject({ state: 'finished', refusals: {} });
      await expectWhole(world, files, told);
      portfolios.push(await portfolio(world));
    }
    const [native, ...others] = portfolios;
    expect(native!.length).toBeGreaterThan(60);
    for (const other of others) expect(other).toEqual(native);
  });

  it.skipIf(!OPEN_DAY || !CCS)('OpenDay and CCS are whole', async () => {
    for (const files of [[sourceFile(OPEN_DAY!)], unpacked(CCS!)]) {
      const world = await fresh();
      const told = await bring(world, files);
      expect(told).toMatchObject({ state: 'finished', refusals: {} });
      await expectWhole(world, files, told);
      expect(await bring(world, files)).toMatchObject({ state: 'finished', total: 0 });
    }
  });

  it('a changed export sends what is different, and nothing that people changed', async () => {
    const world = await fresh();
    const file = sourceFile(ARCHISURANCE);
    await bring(world, [file]);
    const [first, second] = (await listOf(world, 'applications')) as [Json, Json];
    const renamed = await world.runtime.dispatch(
      {
        command_id: crypto.randomUUID(),
        command_type: 'RenameApplication',
        aggregate_type: 'Application',
        aggregate_id: first.id,
        actor: 'ann',
        actor_type: 'user',
        source: 'api',
        command_timestamp: '2026-03-01T10:00:00Z',
        data: { name: 'What Ann calls it', reason: 'it is hers' },
      },
      'test',
    );
    expect(renamed).not.toHaveProperty('refused');
    const text = Buffer.from(file.bytes).toString();
    const changed = text
      .replace(`name="${String(first.name)}"`, 'name="What the model calls it"')
      .replace(`name="${String(second.name)}"`, 'name="Another name"')
      .replace(
        '</folder>',
        '<element xsi:type="archimate:ApplicationComponent" id="new-1" name="Brand new"/></folder>',
      );
    const files = [{ path: file.path, bytes: Buffer.from(changed) }];
    const told = await bring(world, files);
    expect(told.commands).toEqual({ RenameApplication: 1, CreateApplication: 1 });
    expect(told).toMatchObject({ state: 'finished', refusals: {}, notes: { kept: 1 } });
    const kept = (await notes(world, told)).find(({ kind }) => kind === 'kept');
    expect(kept!.message).toMatch(/name of .* is kept: changed by ann on \d{4}-\d\d-\d\d/);
    const names = (await listOf(world, 'applications')).map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['What Ann calls it', 'Another name', 'Brand new']),
    );
  });
});
