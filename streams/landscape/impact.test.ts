import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { Done } from '../../src/core/steps.js';
import { givenEvents } from '../../src/testing/index.js';
import {
  application,
  capability,
  consumed,
  deployed,
  entity,
  integration,
  offered,
  organization,
  period,
  relation,
  server,
} from '../../test/support/landscape.js';
import { ImpactParams, type impact } from './impact.js';
import { landscape } from './landscape.js';

type Answer = Done<ReturnType<typeof impact>>;
type Given = Parameters<typeof givenEvents<typeof landscape>>[1];
const NOW = '2026-06-30T12:00:00.000Z';

const asked = (given: readonly Given[], params: Record<string, string>): Answer =>
  givenEvents(landscape, ...given).report('impact', params, NOW) as Answer;
const reached = (answer: Answer): Record<string, number> =>
  Object.fromEntries(answer.elements.map(({ type, id, distance }) => [`${type}:${id}`, distance]));
const app = (id: string) => `application:${id}` as const;
const needs = (from: string, to: string, confidence = 1) =>
  relation(`${from}-${to}`, app(from), 'depends_on', app(to), confidence);

describe('impact', () => {
  const chain = [
    ...['a', 'b', 'c', 'd'].map((id) => application(id)),
    needs('a', 'b', 0.9),
    needs('b', 'c', 0.4),
    needs('c', 'd'),
  ];

  it('tells who would suffer, by the shortest way, the nearest first', () => {
    const answer = asked([...chain, needs('b', 'd', 0.8)], { id: 'd' });
    expect(reached(answer)).toEqual({ [app('b')]: 1, [app('c')]: 1, [app('a')]: 2 });
    expect(answer).toMatchObject({
      effective_on: '2026-06-30',
      start: [{ type: 'application', id: 'd', name: 'name of d', status: 'active' }],
      reached: 3,
      truncated: false,
      more_beyond_depth: false,
      by_type: { application: 3 },
    });
    expect(answer.elements[2]).toEqual({
      type: 'application',
      id: 'a',
      name: 'name of a',
      status: 'active',
      distance: 2,
      confidence: 0.8,
      path: [
        {
          relation_type: 'depends_on',
          relation_id: 'b-d',
          confidence: 0.8,
          effective_from: null,
          effective_to: null,
          direction: 'in',
          to: { type: 'application', id: 'b', name: 'name of b', status: 'active' },
        },
        {
          relation_type: 'depends_on',
          relation_id: 'a-b',
          confidence: 0.9,
          effective_from: null,
          effective_to: null,
          direction: 'in',
          to: { type: 'application', id: 'a', name: 'name of a', status: 'active' },
        },
      ],
    });
  });

  it('goes along the edges, against them, or both ways', () => {
    const both = asked(chain, { id: 'b', direction: 'both' });
    expect(reached(asked(chain, { id: 'b', direction: 'out' }))).toEqual({
      [app('c')]: 1,
      [app('d')]: 2,
    });
    expect(reached(asked(chain, { id: 'b', direction: 'in' }))).toEqual({ [app('a')]: 1 });
    expect(reached(both)).toEqual({ [app('a')]: 1, [app('c')]: 1, [app('d')]: 2 });
  });

  it('knows which end of an edge needs the other', () => {
    const given = [
      server('s'),
      application('shop', { capability_id: 'sell' }),
      application('crm'),
      capability('sell', 'trade'),
      capability('trade'),
      entity('orders'),
      application('dwh'),
      deployed('shop', 's'),
      offered('shop', 'order'),
      consumed('shop', 'order', 'crm'),
      integration('feed', 'shop', 'dwh'),
      organization('it'),
      relation('w', app('shop'), 'writes', 'data_entity:orders'),
      relation('o', 'organization:it', 'owns', app('shop')),
    ];
    expect(reached(asked(given, { id: 's' }))).toEqual({
      'application:shop': 1,
      'application_service:order': 2,
      'business_capability:sell': 2,
      'data_entity:orders': 2,
      'integration:feed': 2,
      'organization:it': 2,
      'application:crm': 3,
      'application:dwh': 3,
      'business_capability:trade': 3,
    });
    expect(reached(asked(given, { id: 'crm', direction: 'needed' }))).toEqual({
      'application_service:order': 1,
      'application:shop': 2,
      'server:s': 3,
    });
    const named = asked(given, { id: 'shop' }).elements.find(({ id }) => id === 'feed');
    expect(named?.name).toBe('name of shop → name of dwh');
  });

  it('names every edge between what it reaches as it was stated, also off the shortest ways', () => {
    const asStated = ({ edges }: Answer) =>
      edges.map((one) => `${one.source_id} ${one.relation_type} ${one.target_id}`).toSorted();
    const given = [...chain, needs('b', 'd'), relation('x', app('c'), 'calls', app('b'))];
    const all = [
      'a depends_on b',
      'b depends_on c',
      'b depends_on d',
      'c calls b',
      'c depends_on d',
    ];
    expect(asStated(asked(given, { id: 'd' }))).toEqual(all);
    expect(asStated(asked(given, { id: 'a', direction: 'needed' }))).toEqual(all);
    // What is further away than was asked for has no edge here; what is filtered out neither.
    expect(asStated(asked(given, { id: 'd', depth: '1' }))).toEqual(all.slice(1));
    const near = asked(given, { id: 'a', direction: 'needed', depth: '1' });
    expect(asStated(near)).toEqual(['a depends_on b']);
    expect(asStated(asked(given, { id: 'b', relation_types: 'calls' }))).toEqual(['c calls b']);
    expect(asked(given, { id: 'd' })).toMatchObject({ more_edges: 0 });
  });

  it('ends in circles', () => {
    const circle = [...chain, needs('d', 'a')];
    expect(reached(asked(circle, { id: 'a', depth: '20' }))).toEqual({
      [app('d')]: 1,
      [app('c')]: 2,
      [app('b')]: 3,
    });
  });

  it('says when there is more: further away, or more than was asked for', () => {
    const near = asked(chain, { id: 'd', depth: '1' });
    expect([reached(near), near.more_beyond_depth]).toEqual([{ [app('c')]: 1 }, true]);
    const few = asked(chain, { id: 'd', max_nodes: '2' });
    expect([reached(few), few.truncated]).toEqual([{ [app('c')]: 1, [app('b')]: 2 }, true]);
    expect(asked(chain, { id: 'd', depth: '3', max_nodes: '3' })).toMatchObject({
      truncated: false,
      more_beyond_depth: false,
    });
  });

  it('takes only some relations: of a type, of a confidence, in effect on a day', () => {
    const calls = relation('x', app('a'), 'calls', app('d'));
    const given = [...chain, calls, period('x', '2026-01-01', '2026-12-31')];
    expect(reached(asked(given, { id: 'd', relation_types: 'calls, reads' }))).toEqual({
      [app('a')]: 1,
    });
    expect(reached(asked(given, { id: 'd', min_confidence: '0.5' }))).toEqual({
      [app('a')]: 1,
      [app('c')]: 1,
    });
    const on = (effective_on: string) =>
      reached(asked(given, { id: 'd', relation_types: 'calls', effective_on }));
    expect([on('2025-12-31'), on('2027-01-01')]).toEqual([{}, {}]);
    expect([on('2026-01-01'), on('2026-12-31')]).toEqual([{ [app('a')]: 1 }, { [app('a')]: 1 }]);
  });

  it('takes the surest of several edges', () => {
    const given = [application('a'), application('b'), needs('a', 'b', 0.3)];
    const sure = relation('s', app('a'), 'calls', app('b'), 0.9);
    expect(asked([...given, sure], { id: 'b' }).elements).toMatchObject([
      { id: 'a', confidence: 0.9, path: [{ relation_id: 's' }] },
    ]);
  });

  it('begins at everything of that id, unless the type is said', () => {
    const given = [server('x'), capability('x'), application('a'), deployed('a', 'x')];
    expect(asked(given, { id: 'x' }).start.map(({ type }) => type)).toEqual([
      'server',
      'business_capability',
    ]);
    expect(asked(given, { id: 'x', type: 'server' })).toMatchObject({
      start: [{ type: 'server' }],
      elements: [{ id: 'a' }],
    });
  });

  it('begins at what only an edge names, and nowhere when nothing does', () => {
    expect(asked([needs('a', 'ghost')], { id: 'ghost' })).toMatchObject({
      start: [{ id: 'ghost', name: '', status: 'absent' }],
      elements: [{ id: 'a', status: 'absent' }],
    });
    expect(asked(chain, { id: 'nobody' })).toMatchObject({ start: [], elements: [], reached: 0 });
  });

  it('takes no other parameters', () => {
    const wrong = (params: object) => ImpactParams.safeParse({ id: 'a', ...params }).success;
    expect(wrong({})).toBe(true);
    for (const params of [
      { id: '' },
      { depth: '0' },
      { depth: '21' },
      { max_nodes: '2001' },
      { relation_types: 'hates' },
      { min_confidence: '2' },
      { direction: 'up' },
      { effective_on: '2026-02-30' },
      { type: 'planet' },
    ])
      expect([params, wrong(params)]).toEqual([params, false]);
  });

  const ids = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g');
  test.prop([fc.array(fc.tuple(ids, ids), { maxLength: 14 })])(
    'reaches what plain search reaches, as far away, whatever the graph',
    (pairs) => {
      const edges = pairs.filter(([from, to]) => from !== to);
      const given = [...new Set(edges.map(([from, to]) => `${from} ${to}`))].map((pair) => {
        const [from, to] = pair.split(' ') as [string, string];
        return needs(from, to);
      });
      const distances = new Map([['a', 0]]);
      for (let grown = true; grown; ) {
        grown = false;
        for (const [from, to] of edges) {
          const far = distances.get(from);
          if (far === undefined || (distances.get(to) ?? Number.MAX_VALUE) <= far + 1) continue;
          distances.set(to, far + 1);
          grown = true;
        }
      }
      distances.delete('a');
      const answer = asked(given, { id: 'a', direction: 'out', depth: '20' });
      const got = answer.elements.map(({ id, distance }) => [id, distance] as const);
      expect(new Map(got)).toEqual(distances);
      for (const { id, distance, path } of answer.elements) {
        expect(path).toHaveLength(distance);
        expect(path.at(-1)?.to.id).toBe(id);
        let at = 'a';
        for (const { to } of path) {
          expect(edges).toContainEqual([at, to.id]);
          at = to.id;
        }
      }
    },
  );
});
