import { describe, expect, it } from 'vitest';
import { givenEvents } from '../../src/testing/index.js';
import { serverDeployments } from './server-deployments.js';

type Environment = 'dev' | 'staging' | 'prod';
const server = (id: string, environment: Environment = 'prod') =>
  ({
    type: 'Server',
    id,
    event: 'ServerCreated',
    data: { hostname: `${id}.org`, environment, criticality: 'high', region: null, platform: 'vm' },
  }) as const;
const application = (id: string) =>
  ({
    type: 'Application',
    id,
    event: 'ApplicationCreated',
    data: {
      name: `name of ${id}`,
      owner: 'it',
      data_classification: 'internal',
      lifecycle: 'active',
      capability_id: null,
    },
  }) as const;
const deployed = (id: string, server_id: string, environment: Environment = 'prod') =>
  ({
    type: 'Application',
    id,
    event: 'DeployedToServer',
    data: { server_id, environment, previous_server_ids: [] },
  }) as const;
const removed = (id: string, server_id: string, environment: Environment = 'prod') =>
  ({
    type: 'Application',
    id,
    event: 'UndeployedFromServer',
    data: { server_id, environment, remaining_server_ids: [], reason: null },
  }) as const;
const gone = (id: string) =>
  ({
    type: 'Application',
    id,
    event: 'ApplicationDeleted',
    data: { reason: 'gone', approval_id: 'chg-1' },
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

describe('a server', () => {
  it('lists what runs on it', () => {
    givenEvents(
      serverDeployments,
      server('s'),
      application('b'),
      application('a'),
      deployed('b', 's'),
      deployed('a', 's'),
      deployed('a', 'other'),
    ).then({
      s: {
        hostname: 's.org',
        environment: 'prod',
        platform: 'vm',
        status: 'in_service',
        orphan: false,
        deleted: false,
        deployment_count: 2,
        application_ids: ['a', 'b'],
        deployments: ['a', 'b'].map((id) => ({
          application_id: id,
          name: `name of ${id}`,
          owner: 'it',
          lifecycle: 'active',
          environment: 'prod',
        })),
      },
      other: { status: 'absent', deleted: true, orphan: false, application_ids: ['a'] },
    });
  });

  it('is an orphan when nothing runs on it', () => {
    givenEvents(serverDeployments, server('s')).then({ s: { orphan: true } });
    const left = [server('s'), application('a'), deployed('a', 's'), removed('a', 's')];
    givenEvents(serverDeployments, ...left).then({ s: { orphan: true, deployment_count: 0 } });
  });

  it('forgets an application that is deleted while it is deployed', () => {
    givenEvents(
      serverDeployments,
      server('s'),
      application('a'),
      deployed('a', 's'),
      deployed('a', 'unknown'),
      gone('a'),
    ).then({ s: { orphan: true, application_ids: [] }, unknown: null });
  });

  it('still lists an application that is retired where it runs', () => {
    givenEvents(
      serverDeployments,
      server('s'),
      application('a'),
      deployed('a', 's'),
      retired('a'),
    ).then({ s: { orphan: false, application_ids: ['a'] } });
  });

  it('is mismatched while something is deployed on it as of another environment', () => {
    const given = [server('s', 'staging'), application('a'), deployed('a', 's', 'prod')];
    givenEvents(serverDeployments, ...given).then({ s: { mismatched: true } });
    const right = [...given, removed('a', 's', 'prod'), deployed('a', 's', 'staging')];
    givenEvents(serverDeployments, ...right).then({ s: { mismatched: false } });
    givenEvents(serverDeployments, ...given.slice(1)).then({ s: { mismatched: false } });
  });

  it('is no orphan once it is out of service or deleted', () => {
    const decommissioned = {
      type: 'Server',
      id: 's',
      event: 'ServerDecommissioned',
      data: { reason: 'old' },
    } as const;
    const deleted = {
      type: 'Server',
      id: 's',
      event: 'ServerDeleted',
      data: { reason: 'old' },
    } as const;
    givenEvents(serverDeployments, server('s'), decommissioned).then({
      s: { status: 'decommissioned', orphan: false, deleted: false },
    });
    givenEvents(serverDeployments, server('s'), decommissioned, deleted).then({
      s: { status: 'deleted', orphan: false, deleted: true },
    });
  });

  it('follows its own changes and leaves what runs on it alone', () => {
    givenEvents(serverDeployments, server('s'), application('a'), deployed('a', 's'), {
      type: 'Server',
      id: 's',
      event: 'OwningTeamAssigned',
      data: { previous_owning_team: null, new_owning_team: 'ops' },
    }).then({ s: { owning_team: 'ops', application_ids: ['a'], version: 2 } });
  });
});

it('reports per environment', () => {
  const answer = givenEvents(
    serverDeployments,
    server('p1'),
    server('p2'),
    server('d1', 'dev'),
    server('d2', 'dev'),
    application('a'),
    application('b'),
    deployed('a', 'p1'),
    deployed('b', 'p1'),
    deployed('a', 'p2'),
    deployed('a', 'd1', 'dev'),
    {
      type: 'Server',
      id: 'd2',
      event: 'ServerDecommissioned',
      data: { reason: 'old' },
    },
    { ...server('x'), event: 'ServerCreated' },
    { type: 'Server', id: 'x', event: 'ServerDeleted', data: { reason: 'old' } },
  ).report('environments');
  const nothing = { servers: 0, decommissioned: 0, orphans: 0, deployments: 0, applications: 0 };
  expect(answer).toEqual({
    environments: [
      {
        environment: 'dev',
        servers: 1,
        decommissioned: 1,
        orphans: 0,
        deployments: 1,
        applications: 1,
      },
      { environment: 'staging', ...nothing },
      { ...nothing, environment: 'prod', servers: 2, deployments: 3, applications: 2 },
    ],
  });
});
