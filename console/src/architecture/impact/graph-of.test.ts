import { describe, expect, it } from 'vitest';
import { countsInWords, keyOf, type Named } from '../landscape/name-of.js';
import {
  graphOf as drawn,
  keysOnWay,
  NODES_MAX,
  pairsOnWay,
  READABLE,
  type Shown,
} from './graph-of.js';
import type { Reached, Stated, Step } from './impact-answer.js';
import { placed } from './placed.js';
import { drawnInWords, headline, saidOf, verbOf, wayInWords } from './way-in-words.js';

const named = (type: string, id: string): Named => ({
  type,
  id,
  name: `the ${id}`,
  status: 'active',
});
const step = (to: Named, relation_type: string, direction: Step['direction'] = 'in'): Step => ({
  relation_type,
  direction,
  relation_id: null,
  confidence: 1,
  to,
});
const reached = (path: readonly Step[]): Reached => ({
  ...path.at(-1)!.to,
  distance: path.length,
  confidence: 1,
  path,
});

const server = named('server', 'eks');
const app = (id: string): Step => step(named('application', id), 'deployed_on');
const cap = (id: string): Step => step(named('business_capability', id), 'supports', 'out');
const CLOSED = { open: new Set<string>(), needed: new Set<string>() };

const graphOf = (start: Named, elements: readonly Reached[], shown: Shown) =>
  drawn(start, { elements, edges: [] }, shown);
const stated = (source: Named, relation_type: string, target: Named): Stated => ({
  source_type: source.type,
  source_id: source.id,
  relation_type,
  target_type: target.type,
  target_id: target.id,
  relation_id: null,
  confidence: 1,
});

describe('the picture of an impact', () => {
  const crm = named('application', 'crm');
  const sales = named('business_capability', 'sales');
  const shop = named('application', 'shop');

  it('draws every relation between what it shows, as it was stated', () => {
    const elements = [
      reached([app('crm')]),
      reached([app('shop')]),
      reached([app('crm'), cap('sales')]),
    ];
    const edges = [
      stated(crm, 'deployed_on', server),
      stated(shop, 'deployed_on', server),
      stated(crm, 'supports', sales),
      stated(shop, 'supports', sales),
      stated(shop, 'depends_on', crm),
      stated(crm, 'calls', shop),
      stated(crm, 'reads', shop),
      stated(shop, 'depends_on', named('application', 'not shown')),
    ];
    const { links } = drawn(server, { elements, edges }, CLOSED);
    const said = links.map(({ from, to, says }) => {
      const arrows = says.map((one) => `${one.forward ? '>' : '<'} ${one.relation_type}`);
      return `${from} ${to}: ${arrows.join(', ')}`;
    });
    expect(said).toEqual([
      'server:eks application:crm: < deployed_on',
      'server:eks application:shop: < deployed_on',
      'application:crm business_capability:sales: > supports',
      'application:shop business_capability:sales: > supports',
      'application:crm application:shop: < depends_on, > calls, > reads',
    ]);
    expect(saidOf(links[0]!.says)).toBe('runs on');
    expect(saidOf(links[4]!.says)).toBe('← depends on, calls →, reads →');
    expect([...pairsOnWay(server, elements[2])]).toHaveLength(4);
  });

  it('draws what is said of elements that one box holds at that box', () => {
    const apps = Array.from({ length: 40 }, (_, nth) => app(`app-${nth}`));
    const elements = [...apps.map((one) => reached([one])), reached([cap('sales')])];
    const edges = [stated(apps[7]!.to, 'supports', sales), stated(apps[8]!.to, 'supports', sales)];
    const { nodes, links } = drawn(server, { elements, edges }, CLOSED);
    const group = nodes.find(({ kind }) => kind === 'group')!;
    expect(links.find(({ from }) => from === group.key)).toMatchObject({
      to: 'business_capability:sales',
      says: [{ relation_type: 'supports', forward: true }],
    });
  });

  it('has a line for each step of the shortest ways, whatever else is named', () => {
    const all = [reached([app('crm')]), reached([app('crm'), cap('sales')])];
    const { nodes, links } = graphOf(server, all, CLOSED);
    expect(nodes.map(({ key }) => key)).toEqual([
      'server:eks',
      'application:crm',
      'business_capability:sales',
    ]);
    expect(links.map(({ from, to }) => `${from} ${to}`)).toEqual([
      'server:eks application:crm',
      'application:crm business_capability:sales',
    ]);
  });

  const many = Array.from({ length: 300 }, (_, n) => app(`app-${n}`));
  const crowd = [
    ...many.map((one) => reached([one])),
    ...many.slice(0, 40).map((one, n) => reached([one, cap(`cap-${n}`)])),
  ];

  it('puts many alike into a box, which opens', () => {
    const { nodes } = graphOf(server, crowd, CLOSED);
    expect(nodes.length).toBeLessThanOrEqual(READABLE);
    const group = nodes.find(({ kind }) => kind === 'group')!;
    expect(group).toMatchObject({ type: 'application', count: 300 });
    const opened = graphOf(server, crowd, { ...CLOSED, open: new Set([group.key]) });
    expect(opened.nodes.length).toBeGreaterThan(READABLE);
    expect(opened.nodes.length).toBeLessThanOrEqual(NODES_MAX + 10);
    expect(opened.nodes.find(({ kind }) => kind === 'group')).toMatchObject({ count: 240 });
  });

  it('shows the way to the chosen one whatever is in boxes', () => {
    const chosen = crowd.at(-1)!;
    const needed = keysOnWay(server, chosen);
    const { nodes } = graphOf(server, crowd, { ...CLOSED, needed });
    expect(nodes.map(({ key }) => key)).toEqual(expect.arrayContaining([...needed]));
  });

  it('counts what is further away, and draws it when it is opened', () => {
    const apps = many.slice(0, 8);
    const deep = [
      ...apps.map((one) => reached([one])),
      ...apps.flatMap((one) =>
        ['x', 'y', 'z'].map((n) => reached([one, cap(`${one.to.id}-${n}`)])),
      ),
    ];
    const { nodes } = graphOf(server, deep, CLOSED);
    const first = nodes.find(({ key }) => key === 'application:app-0');
    expect(first).toMatchObject({ behind: 3 });
    const opened = graphOf(server, deep, { ...CLOSED, open: new Set(['application:app-0']) });
    expect(opened.nodes).toHaveLength(nodes.length + 3);
    expect(opened.nodes.find(({ key }) => key === 'application:app-0')).toMatchObject({
      behind: 0,
    });
  });

  it('loses nothing: what is not drawn is counted', () => {
    const { nodes } = graphOf(server, crowd, CLOSED);
    const told = nodes.map((one) => (one.kind === 'group' ? one.count : 1 + one.behind));
    // The start counts itself, and capabilities behind a box are told by the list alone.
    expect(told.reduce((a, b) => a + b, 0)).toBe(1 + 300);
  });

  it('stands further right what is further away, nothing on something else', () => {
    const graph = graphOf(server, crowd.slice(0, 20), CLOSED);
    const places = placed(graph);
    const [start, ...rest] = graph.nodes.map(({ key }) => places.get(key)!);
    expect(rest.every(({ x }) => x > start!.x)).toBe(true);
    expect(new Set(rest.map(({ x, y }) => `${x} ${y}`)).size).toBe(rest.length);
  });
});

describe('a way in words', () => {
  it('reads from the start', () => {
    const path = [step(named('application', 'crm'), 'deployed_on'), cap('sales')];
    expect(wayInWords('eks', path)).toBe('eks → runs the crm → supports the sales');
    expect(keyOf(path[1]!.to)).toBe('business_capability:sales');
    expect(verbOf({ relation_type: 'not_known_yet', direction: 'in' })).toBe('not known yet');
  });

  it('sums up', () => {
    const counts = countsInWords({ server: 1, application: 2, business_capability: 1 });
    expect(counts).toBe('2 applications, 1 server and 1 capability');
    expect(headline('eks', { direction: 'affected', type: 'server', counts })).toBe(
      'If eks retires, this affects 2 applications, 1 server and 1 capability.',
    );
    const nothing = countsInWords({});
    expect(headline('crm', { direction: 'needed', type: 'application', counts: nothing })).toBe(
      'crm needs nothing.',
    );
  });
});

it('says how many relations the picture leaves out', () => {
  expect(drawnInWords(0)).toBe('Every relation between two boxes is drawn');
  expect(drawnInWords(1_200)).toContain('1,200 more are not drawn');
});
