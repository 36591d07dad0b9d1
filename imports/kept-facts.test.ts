import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importing } from '../test/support/imports-in-memory.js';
import { models } from './index.js';

type Json = Readonly<Record<string, unknown>>;

const bytes = (text: string) => new TextEncoder().encode(text);
const element = (type: string, id: string, name: string): string =>
  `<element xsi:type="archimate:${type}" id="${id}" name="${name}"/>`;
const link = (type: string, id: string, [from, to]: readonly [string, string], name = ''): string =>
  `<element xsi:type="archimate:${type}Relationship" id="${id}" source="${from}" target="${to}" name="${name}"/>`;
const model = (id: string, ...elements: readonly string[]): string =>
  `<archimate:model xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:archimate="http://www.archimatetool.com/archimate" name="${id}" id="${id}" version="5.0.0"><folder name="F" id="f-${id}" type="application">${elements.join('\n')}</folder></archimate:model>`;

describe('what a model says', () => {
  let world: Awaited<ReturnType<typeof importing>>;
  beforeAll(async () => {
    world = await importing(models);
  });
  afterAll(() => world.close());

  const bring = async (text: string, { dryRun = false } = {}): Promise<Json> => {
    const begun = await world.imports.begin({
      ...{ format: 'archimate', dryRun },
      files: [{ path: 'm.archimate', bytes: bytes(text) }],
    });
    if ('refused' in begun) throw new Error(begun.message);
    return world.ended(`/imports/${begun.correlation_id}`);
  };
  const items = async (path: string): Promise<readonly Json[]> => {
    await world.caughtUp();
    const { json } = await world.ask(path);
    return json.items as readonly Json[];
  };
  const reportOf = async ({ correlation_id }: Json): Promise<string> =>
    (await world.ask(`/imports/${String(correlation_id)}/report`)).text;

  it('is one truth in every view: who supports a capability, who consumes a service', async () => {
    const done = await bring(
      model(
        'views',
        ...[element('Capability', 'c1', 'Billing'), element('Capability', 'c2', 'Dunning')],
        ...[element('ApplicationComponent', 'a', 'Invoicer')],
        ...[element('ApplicationComponent', 'b', 'Portal')],
        element('ApplicationService', 's', 'Invoices'),
        link('Realization', 'r1', ['a', 'c1']),
        link('Realization', 'r2', ['a', 's']),
        link('Realization', 'r3', ['s', 'c2']),
        link('Serving', 'r4', ['s', 'b']),
      ),
    );
    expect(done).toMatchObject({ state: 'finished', refusals: {} });
    const map = await items('/business-capabilities?sort=name');
    expect(map).toMatchObject([
      { name: 'Billing', application_count: 1, applications: [{ name: 'Invoicer' }] },
      { name: 'Dunning', application_count: 1, applications: [{ name: 'Invoicer' }] },
    ]);
    const { json } = await world.ask('/views/capability-map/tree');
    expect(json.answer).toMatchObject({ capabilities: 2, gaps: 0 });
    expect(await items('/services')).toMatchObject([
      { name: 'Invoices', consumer_count: 1, consumers: [{ name: 'Portal' }] },
    ]);
    expect(await items('/business-capabilities?supporter_count=0')).toEqual([]);
  });
});
