import { describe, expect, it } from 'vitest';
import { givenEvents } from '../../src/testing/index.js';
import { organization, period, relation, unrelated } from '../../test/support/landscape.js';
import { organizationMap } from './organization-map.js';

const owns = (id: string, organization_id: string, end: `application:${string}` | 'server:s') =>
  relation(id, `organization:${organization_id}`, 'owns', end);

const always = { confidence: 1, effective_from: null, effective_to: null };

describe('an organization', () => {
  it('has its place and lists what it owns', () => {
    givenEvents(
      organizationMap,
      organization('it', 'group'),
      owns('r2', 'it', 'application:b'),
      owns('r3', 'it', 'server:s'),
      owns('r1', 'it', 'application:a'),
      period('r1', '2026-01-01', null),
    ).then({
      it: {
        name: 'name of it',
        parent_id: 'group',
        status: 'present',
        deleted: false,
        owned: [
          {
            relation_id: 'r1',
            type: 'application',
            id: 'a',
            confidence: 1,
            effective_from: '2026-01-01',
            effective_to: null,
          },
          { relation_id: 'r2', type: 'application', id: 'b', ...always },
          { relation_id: 'r3', type: 'server', id: 's', ...always },
        ],
        application_ids: ['a', 'b'],
        server_ids: ['s'],
        application_count: 2,
        server_count: 1,
      },
    });
  });

  it('owns no more what a relation no more says', () => {
    const given = [organization('it'), owns('r', 'it', 'application:a')];
    givenEvents(organizationMap, ...given, unrelated('r')).then({
      it: { owned: [], application_ids: [], application_count: 0, version: 1 },
    });
  });

  it('is not there because a relation names it', () => {
    const [early, wrong] = [owns('r', 'it', 'application:a'), unrelated('r')];
    givenEvents(organizationMap, early).then({
      it: { status: 'absent', deleted: true, application_ids: ['a'], version: 0 },
    });
    givenEvents(organizationMap, early, wrong).then({ it: null });
    givenEvents(organizationMap, early, organization('it')).then({
      it: { status: 'present', deleted: false, application_ids: ['a'] },
    });
  });

  it('is not concerned by other relations', () => {
    const other = relation('r', 'application:it', 'depends_on', 'application:a');
    givenEvents(organizationMap, other).then({ it: null, a: null });
  });

  it('stays with what it had when it is deleted', () => {
    const deleted = {
      type: 'Organization',
      id: 'it',
      event: 'OrganizationDeleted',
      data: { reason: 'merged' },
    } as const;
    givenEvents(organizationMap, organization('it'), deleted).then({
      it: { status: 'deleted', deleted: true, name: 'name of it' },
    });
  });
});

it('shows names of others', () => {
  const { show } = givenEvents(
    organizationMap,
    organization('it', 'group'),
    owns('r1', 'it', 'application:a'),
    owns('r2', 'it', 'server:s'),
    owns('r3', 'it', 'application:ghost'),
    organization('top'),
  );
  const others = {
    'organization-map': { group: { name: 'The Group' } },
    'application-portfolio': { a: { name: 'Payroll' } },
    'server-deployments': { s: { hostname: 'db-1' } },
  };
  expect(show('it', { others })).toMatchObject({
    parent_name: 'The Group',
    owned: [{ name: 'Payroll' }, { name: 'db-1' }, { name: null }],
  });
  expect(show('top', { others })).toMatchObject({ parent_name: null, owned: [] });
  expect(organizationMap.related?.(organizationMap.initial)).toEqual([]);
});
