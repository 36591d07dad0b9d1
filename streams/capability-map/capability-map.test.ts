import { describe, expect, it } from 'vitest';
import type { Projection } from '../../src/core/projection.js';
import { type Done, done } from '../../src/core/steps.js';
import { givenEvents } from '../../src/testing/index.js';
import { offered, period, relation } from '../../test/support/landscape.js';
import { applicationPortfolio } from '../application-portfolio/application-portfolio.js';
import { applicationServices } from '../application-services/application-services.js';
import { landscape } from '../landscape/landscape.js';
import { TREE_DEPTH_MAX } from '../tree.js';
import { capabilityMap } from './capability-map.js';
import { capabilityTree, type TreeNode } from './tree.js';

const capability = (id: string, parent_id: string | null = null) =>
  ({
    type: 'BusinessCapability',
    id,
    event: 'CapabilityCreated',
    data: { name: `name of ${id}`, parent_id, description: null },
  }) as const;
const application = (
  id: string,
  capability_id: string | null,
  lifecycle: 'planned' | 'active' | 'deprecated' | 'retired' = 'active',
) =>
  ({
    type: 'Application',
    id,
    event: 'ApplicationCreated',
    data: { name: id, owner: 'it', data_classification: 'internal', lifecycle, capability_id },
  }) as const;
const critical = (id: string, new_criticality: 'low' | 'high' | 'critical') =>
  ({
    type: 'Application',
    id,
    event: 'CriticalitySet',
    data: { previous_criticality: null, new_criticality, justification: 'audit' },
  }) as const;
const assigned = (id: string, capability_id: string, previous_capability_id: string | null) =>
  ({
    type: 'Application',
    id,
    event: 'CapabilityAssigned',
    data: { capability_id, previous_capability_id },
  }) as const;
const retired = (id: string) =>
  ({
    type: 'Application',
    id,
    event: 'LifecycleCorrected',
    data: {
      original_event_id: 'x',
      previous_lifecycle: 'active',
      corrected_lifecycle: 'retired',
      reason: 'was gone',
      approval_id: 'chg-1',
    },
  }) as const;
const deleted = (id: string) =>
  ({
    type: 'BusinessCapability',
    id,
    event: 'CapabilityDeleted',
    data: { reason: 'merged' },
  }) as const;

const deletedApplication = (id: string) =>
  ({
    type: 'Application',
    id,
    event: 'ApplicationDeleted',
    data: { reason: 'gone', approval_id: 'chg-1' },
  }) as const;
type Tree = Done<ReturnType<typeof capabilityTree>>;

describe('the map', () => {
  it('lists the applications that support a capability', () => {
    const { show } = givenEvents(
      capabilityMap,
      capability('pay'),
      application('b', 'pay', 'retired'),
      application('a', 'pay'),
      critical('a', 'high'),
      critical('a', 'low'),
    );
    expect(show('pay')).toMatchObject({
      id: 'pay',
      name: 'name of pay',
      status: 'present',
      deleted: false,
      version: 1,
      applications: [
        { application_id: 'a', name: 'a', owner: 'it', lifecycle: 'active', criticality: 'low' },
        {
          application_id: 'b',
          name: 'b',
          owner: 'it',
          lifecycle: 'retired',
          criticality: null,
        },
      ],
      application_ids: ['a', 'b'],
      application_count: 2,
      current_application_count: 1,
      max_criticality: 'low',
    });
  });

  describe('of what relations and services say', () => {
    const log = [
      capability('pay'),
      capability('bill'),
      application('a', 'pay'),
      application('b', null),
      application('c', null),
      offered('c', 'invoices'),
      application('d', null, 'retired'),
      offered('b', 'dunning', 'bill'),
      application('e', null),
      deletedApplication('e'),
    ];
    const says = [
      relation('r1', 'application:a', 'supports', 'business_capability:pay'),
      relation('r2', 'application:b', 'supports', 'business_capability:pay'),
      relation('r3', 'application_service:invoices', 'supports', 'business_capability:pay'),
      relation('r4', 'application:d', 'supports', 'business_capability:pay'),
      relation('r5', 'application:e', 'supports', 'business_capability:pay'),
      relation('r6', 'application:b', 'supports', 'business_capability:bill'),
    ];
    const all = [...log, ...says];
    const takenBy = <P extends Projection>(one: P) =>
      givenEvents(
        one as Projection,
        ...all.filter(({ type }) => one.sources.some((from) => from.definition?.name === type)),
      );
    const documentsOf = (one: Projection) => Object.fromEntries(takenBy(one).documents);
    const others = {
      'application-portfolio': documentsOf(applicationPortfolio),
      'application-services': documentsOf(applicationServices),
    };
    const world = takenBy(capabilityMap);

    it('counts each application once, services through the application that offers them', () => {
      expect(world.show('pay', { others })).toMatchObject({
        application_ids: ['a', 'b', 'c', 'd'],
        application_count: 4,
        current_application_count: 3,
        supporter_ids: ['a', 'b', 'd', 'e', 'invoices'],
      });
      expect(world.show('bill', { others })).toMatchObject({ application_ids: ['b'] });
    });

    it('says the same in the tree and in what stands behind a capability', () => {
      const { nodes, gaps } = world.report('tree', {}, undefined, others) as Tree;
      expect(gaps).toBe(0);
      const behind = takenBy(landscape).report('capability', { capability: 'pay' }) as {
        readonly applications: readonly { readonly id: string }[];
      };
      expect(behind.applications.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
      expect(nodes.find(({ id }) => id === 'pay')).toMatchObject({ own: { current: 3 } });
    });

    it('leaves out a relation outside of its period', () => {
      const ended = givenEvents(
        capabilityMap,
        capability('pay'),
        says[1]!,
        period('r2', null, '2026-01-05'),
      );
      expect(ended.show('pay', { others })).toMatchObject({ application_count: 0 });
      const now = '2026-01-05T23:00:00.000Z';
      expect(ended.show('pay', { others, now })).toMatchObject({ application_ids: ['b'] });
    });

    it('knows a capability that only a relation speaks of as one that is not there', () => {
      const undone = { ...says[1]!, event: 'RelationDeleted', data: { reason: 'wrong' } } as const;
      givenEvents(capabilityMap, says[1]!).then({
        pay: { status: 'absent', deleted: true, supporter_ids: ['b'] },
      });
      givenEvents(capabilityMap, says[1]!, undone).then({ pay: null });
    });
  });

  it('moves an application from one capability to another, and off the map', () => {
    const moved = [
      capability('x'),
      capability('y'),
      application('a', 'x'),
      assigned('a', 'y', 'x'),
    ];
    givenEvents(capabilityMap, ...moved).then({
      x: { supporter_ids: [] },
      y: { supporter_ids: ['a'] },
    });
    givenEvents(capabilityMap, ...moved, {
      type: 'Application',
      id: 'a',
      event: 'CapabilityRemoved',
      data: { previous_capability_id: 'y', reason: null },
    }).then({ x: { supporter_count: 0 }, y: { supporter_count: 0 } });
    givenEvents(capabilityMap, ...moved, {
      type: 'Application',
      id: 'a',
      event: 'ApplicationDeleted',
      data: { reason: 'gone', approval_id: 'chg-1' },
    }).then({ y: { supporter_count: 0 } });
  });

  it('knows a capability that only an application speaks of as one that is not there', () => {
    const early = [application('a', 'pay')];
    givenEvents(capabilityMap, ...early).then({
      pay: { id: 'pay', name: '', status: 'absent', deleted: true, supporter_ids: ['a'] },
    });
    givenEvents(capabilityMap, ...early, assigned('a', 'other', 'pay')).then({
      pay: null,
      other: { supporter_ids: ['a'] },
    });
    givenEvents(capabilityMap, ...early, capability('pay')).then({
      pay: { name: 'name of pay', status: 'present', deleted: false, supporter_ids: ['a'] },
    });
  });

  it('keeps a deleted capability and those who still name it', () => {
    givenEvents(capabilityMap, capability('pay'), application('a', 'pay'), deleted('pay')).then({
      pay: { status: 'deleted', deleted: true, supporter_ids: ['a'] },
    });
  });

  it('follows parents, corrections among them, and shows the name of the parent', () => {
    const given = givenEvents(
      capabilityMap,
      capability('top'),
      { ...capability('low'), event_id: 'low-created' },
      {
        type: 'BusinessCapability',
        id: 'low',
        event: 'ParentAssignmentCorrected',
        data: {
          original_event_id: 'low-created',
          previous_parent_id: null,
          corrected_parent_id: 'top',
          reason: 'typo',
          approval_id: 'chg-1',
        },
      },
    );
    given.then({ low: { parent_id: 'top' } });
    const others = { 'capability-map': { top: given.documents.get('top')! } };
    expect(given.show('low', { others })).toMatchObject({ parent_name: 'name of top' });
    expect(given.show('low')).toMatchObject({ parent_name: null });
    expect(given.show('top')).toMatchObject({ parent_name: null });
  });
});

describe('the tree', () => {
  const world = givenEvents(
    capabilityMap,
    capability('top'),
    capability('mid', 'top'),
    capability('leaf', 'mid'),
    capability('bare', 'top'),
    application('a', 'leaf'),
    application('b', 'leaf', 'deprecated'),
    application('c', 'mid', 'planned'),
    application('d', 'bare', 'active'),
    critical('b', 'critical'),
    critical('d', 'critical'),
    retired('d'),
  );
  const tree = (params: Readonly<Record<string, string>> = {}) =>
    world.report('tree', params) as Tree;
  const only = (nodes: readonly TreeNode[]): TreeNode => {
    expect(nodes).toHaveLength(1);
    return nodes[0]!;
  };

  it('rolls numbers up from every depth', () => {
    const { nodes, ...all } = tree();
    expect(all).toMatchObject({ root: null, capabilities: 4, gaps: 1, overlaps: 1, dangling: [] });
    const top = only(nodes);
    expect(top).toMatchObject({
      id: 'top',
      orphan: false,
      child_count: 2,
      gap: false,
      overlap: false,
      own: { active: 0, current: 0, max_criticality: null },
      total: {
        planned: 1,
        active: 1,
        deprecated: 1,
        retired: 1,
        current: 3,
        max_criticality: 'critical',
      },
    });
    const [bare, mid] = top.children;
    expect(bare).toMatchObject({ id: 'bare', gap: true, total: { max_criticality: null } });
    expect(mid).toMatchObject({ id: 'mid', own: { planned: 1 }, total: { current: 3 } });
    expect(only(mid!.children)).toMatchObject({ id: 'leaf', overlap: true, own: { current: 2 } });
  });

  it('is cut at a depth, but counts what is below', () => {
    const top = only(tree({ depth: '1' }).nodes);
    expect(top.total.current).toBe(3);
    expect(
      top.children.map(({ id, child_count, children }) => [id, child_count, children]),
    ).toEqual([
      ['bare', 0, []],
      ['mid', 1, []],
    ]);
    expect(only(tree({ depth: '0' }).nodes)).toMatchObject({ child_count: 2, children: [] });
  });

  it('starts where it is told to, with as much overlap as it is told', () => {
    const mid = only(tree({ root: 'mid', overlap_above: '2' }).nodes);
    expect(mid).toMatchObject({ id: 'mid', children: [{ id: 'leaf', overlap: false }] });
    expect(tree({ root: 'nowhere' })).toMatchObject({ root: 'nowhere', nodes: [] });
  });

  it.each([{ depth: '-1' }, { depth: String(TREE_DEPTH_MAX + 1) }, { overlap_above: 'x' }])(
    'does not take %o',
    (params) => {
      expect(capabilityMap.reports.tree!.params.safeParse(params).success).toBe(false);
    },
  );

  it('puts those at the top whose parent is gone or never was, and says who is left behind', () => {
    const { nodes, dangling } = givenEvents(
      capabilityMap,
      capability('top'),
      capability('below', 'top'),
      capability('lost', 'never-was'),
      application('a', 'top'),
      deleted('top'),
    ).report('tree') as Tree;
    expect(nodes.map(({ id, orphan }) => [id, orphan])).toEqual([
      ['below', true],
      ['lost', true],
    ]);
    expect(dangling).toEqual([{ id: 'top', name: 'name of top', applications: 1 }]);
  });

  const branch = (id: string, parent_id: string | null) => ({
    id,
    name: id,
    parent_id,
    deleted: false,
    applications: [{ lifecycle: 'active', criticality: null }] as const,
  });

  it('ends in a circle of parents, where everything is shown once', () => {
    const circle = [branch('a', 'c'), branch('b', 'a'), branch('c', 'b')];
    const { nodes } = done(capabilityTree(circle, { depth: 5, overlap_above: 1 }));
    const a = only(nodes);
    expect(a).toMatchObject({ id: 'a', orphan: true, total: { current: 3 } });
    expect(only(only(a.children).children)).toMatchObject({ id: 'c', children: [] });
  });

  it('is not afraid of depth', () => {
    const many = 20_000;
    const chain = Array.from({ length: many }, (_, n) => branch(`c${n}`, n ? `c${n - 1}` : null));
    const { nodes } = done(capabilityTree(chain, { depth: TREE_DEPTH_MAX, overlap_above: 1 }));
    expect(only(nodes).total.active).toBe(many);
  });
});
